//! Appointments.

use carillon_application::Refusal;
use carillon_application::appointments::AppointmentView;
use carillon_application::readiness::Readiness;
use carillon_domain::appointment::AppointmentStatus;
use carillon_domain::replan::Existing;
use carillon_domain::{
    Appointment, AppointmentId, BusinessId, Channel, KindName, MessageId, PersonId, Reason, Status, moment,
    zone,
};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::dto::names::{AppointmentStatusName, ChannelName, ReasonName, StatusName};
use crate::dto::reading::Reading;
use crate::query::{FromQuery, Pairs};

/// An appointment, as PUT takes it. Replaces all that was known: what is left out is gone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "business_id": "salon-1",
    "client_ids": ["client-77"],
    "practitioner_id": "staff-3",
    "service": "Coupe et brushing",
    "location": "12 rue des Lilas, Paris",
    "starts_at": "2027-03-04T14:30:00+01:00",
    "ends_at": "2027-03-04T15:15:00+01:00",
    "timezone": "Europe/Paris",
    "status": "confirmed"
}))]
pub(crate) struct AppointmentBody {
    /// The business.
    #[schema(example = "salon-1")]
    business_id: String,
    /// Who comes: people who are known.
    #[serde(default)]
    #[schema(example = json!(["client-77"]))]
    client_ids: Vec<String>,
    /// The same for one.
    #[schema(example = "client-77")]
    client_id: Option<String>,
    /// Who receives them.
    #[schema(example = "staff-3")]
    practitioner_id: Option<String>,
    /// What is done.
    #[schema(example = "Coupe et brushing")]
    service: String,
    /// Where.
    #[schema(example = "12 rue des Lilas, Paris")]
    location: Option<String>,
    /// When it starts (RFC 3339 with offset).
    #[schema(format = DateTime, example = "2027-03-04T14:30:00+01:00")]
    starts_at: String,
    /// When it ends (RFC 3339 with offset).
    #[schema(format = DateTime, example = "2027-03-04T15:15:00+01:00")]
    ends_at: Option<String>,
    /// The time zone (IANA) of the place: texts, calendar files and reminder rules by time of day follow it. That of the business where
    /// absent.
    #[schema(example = "Europe/Paris")]
    timezone: Option<String>,
    /// Where it stands; `confirmed` where absent.
    #[schema(value_type = Option<AppointmentStatusName>)]
    status: Option<AppointmentStatus>,
    /// Where the client can look at it or change it.
    #[schema(example = "https://salon.example/a/4821")]
    action_url: Option<String>,
}

/// An appointment with its reminders.
#[derive(Serialize, ToSchema)]
#[schema(as = Appointment)]
pub(crate) struct AppointmentShown {
    /// The platform's own id.
    #[schema(value_type = String, example = "a-4821")]
    id: AppointmentId,
    /// The business.
    #[schema(value_type = String, example = "salon-1")]
    business_id: BusinessId,
    /// Raised by every change, from 1.
    #[schema(example = 1)]
    revision: i64,
    /// Where it stands.
    #[schema(value_type = AppointmentStatusName)]
    status: AppointmentStatus,
    /// When it starts.
    #[schema(value_type = String, format = DateTime, example = "2027-03-04T13:30:00Z")]
    starts_at: DateTime<Utc>,
    /// When it ends.
    #[schema(value_type = Option<String>, format = DateTime, example = "2027-03-04T14:15:00Z")]
    ends_at: Option<DateTime<Utc>>,
    /// What the clocks of its zone show when it starts.
    #[schema(example = "2027-03-04T14:30:00")]
    local_start: String,
    /// The time zone that it was agreed in.
    #[schema(value_type = Option<String>, example = "Europe/Paris")]
    timezone: Option<Tz>,
    /// What is done.
    #[schema(example = "Coupe et brushing")]
    service: String,
    /// Where.
    #[schema(example = "12 rue des Lilas, Paris")]
    location: Option<String>,
    /// Who comes.
    #[schema(value_type = Vec<String>, example = json!(["client-77"]))]
    client_ids: Vec<PersonId>,
    /// Who receives them.
    #[schema(value_type = Option<String>, example = "staff-3")]
    practitioner_id: Option<PersonId>,
    /// Where the client can look at it or change it.
    #[schema(example = "https://salon.example/a/4821")]
    action_url: Option<String>,
    /// Its reminders, those included that do not leave.
    reminders: Vec<ReminderShown>,
    /// Whether each client will be reached.
    readiness: Vec<ReadinessShown>,
}

/// A reminder of an appointment.
#[derive(Serialize, ToSchema)]
#[schema(as = Reminder)]
pub(crate) struct ReminderShown {
    /// Its message.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3d")]
    message_id: MessageId,
    /// The rule that planned it.
    #[schema(example = "24h")]
    rule: String,
    /// The text.
    #[schema(value_type = String, example = "client.reminder_24h")]
    kind: KindName,
    /// For whom.
    #[schema(value_type = String, example = "client-77")]
    recipient_id: PersonId,
    /// By what.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// Where it stands.
    #[schema(value_type = StatusName)]
    status: Status,
    /// Why it does not leave, or not yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ReasonName>)]
    reason: Option<Reason>,
    /// When it leaves, or would have left.
    #[schema(value_type = String, format = DateTime, example = "2027-03-03T13:30:00Z")]
    due_at: DateTime<Utc>,
    /// After this it is of no use.
    #[schema(value_type = Option<String>, format = DateTime, example = "2027-03-04T07:30:00Z")]
    useful_until: Option<DateTime<Utc>>,
}

/// What to expect of one client.
#[derive(Serialize, ToSchema)]
#[schema(as = Readiness)]
pub(crate) struct ReadinessShown {
    /// Who.
    #[schema(value_type = String, example = "client-77")]
    client_id: PersonId,
    /// Whether a reminder has reached them, or will as far as anybody can tell.
    #[schema(example = true)]
    reached: bool,
    /// What stands against the reminders that will not reach them.
    obstacles: Vec<ObstacleShown>,
}

/// Why a channel does not reach somebody.
#[derive(Serialize, ToSchema)]
#[schema(as = Obstacle)]
pub(crate) struct ObstacleShown {
    /// The channel.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// Why.
    #[schema(value_type = ReasonName)]
    reason: Reason,
}

/// Whose appointment is meant.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WhoseAppointment {
    /// The business, for a platform key that sees several appointments of this id.
    #[param(value_type = Option<String>, example = "salon-1")]
    pub(crate) business_id: Option<BusinessId>,
}

impl FromQuery for WhoseAppointment {
    fn read(query: &mut Pairs) -> Self {
        Self { business_id: query.take("business_id") }
    }
}

impl AppointmentBody {
    /// The same in the words of the domain; every field that cannot be read is named.
    pub(crate) fn appointment(self, id: AppointmentId) -> Result<Appointment, Refusal> {
        let mut reading = Reading::new("invalid_appointment");
        let time = |text: &str| {
            let time = moment::read(text);
            time.map(|time| time.to_utc())
                .ok_or("must be an RFC 3339 time with offset, such as 2026-12-03T14:30:00+01:00")
        };
        let mut clients = Vec::new();
        for (index, id) in self.client_ids.iter().enumerate() {
            clients.extend(reading.field(&format!("/client_ids/{index}"), id, str::parse::<PersonId>));
        }
        clients.extend(reading.optional("/client_id", self.client_id.as_deref(), str::parse::<PersonId>));
        let business = reading.field("/business_id", &self.business_id, str::parse::<BusinessId>);
        let starts_at = reading.field("/starts_at", &self.starts_at, time);
        let ends_at = reading.optional("/ends_at", self.ends_at.as_deref(), time);
        let practitioner =
            reading.optional("/practitioner_id", self.practitioner_id.as_deref(), str::parse::<PersonId>);
        let timezone = reading.optional("/timezone", self.timezone.as_deref(), zone::read);
        let appointment = business.zip(starts_at).map(|(business, starts_at)| Appointment {
            id,
            business,
            status: self.status.unwrap_or(AppointmentStatus::Confirmed),
            starts_at,
            ends_at,
            timezone,
            service: self.service,
            location: self.location,
            clients,
            practitioner,
            url: self.action_url,
        });
        reading.finish(appointment)
    }
}

impl From<AppointmentView> for AppointmentShown {
    fn from(view: AppointmentView) -> Self {
        let booking = view.booked.booking;
        let appointment = booking.appointment;
        Self {
            id: appointment.id,
            business_id: appointment.business,
            revision: booking.revision,
            status: appointment.status,
            starts_at: appointment.starts_at,
            ends_at: appointment.ends_at,
            local_start: booking.local_start.format("%Y-%m-%dT%H:%M:%S").to_string(),
            timezone: appointment.timezone,
            service: appointment.service,
            location: appointment.location,
            client_ids: appointment.clients,
            practitioner_id: appointment.practitioner,
            action_url: appointment.url,
            reminders: view.booked.reminders.into_iter().map(ReminderShown::from).collect(),
            readiness: view.readiness.into_iter().map(ReadinessShown::from).collect(),
        }
    }
}

impl From<Existing> for ReminderShown {
    fn from(one: Existing) -> Self {
        Self {
            message_id: one.message,
            rule: one.key.rule,
            kind: one.kind,
            recipient_id: one.key.person,
            channel: one.key.channel,
            status: one.status,
            reason: one.reason,
            due_at: one.due_at,
            useful_until: one.useful_until,
        }
    }
}

impl From<Readiness> for ReadinessShown {
    fn from(readiness: Readiness) -> Self {
        let obstacle = |(channel, reason)| ObstacleShown { channel, reason };
        Self {
            client_id: readiness.person,
            reached: readiness.reached,
            obstacles: readiness.obstacles.into_iter().map(obstacle).collect(),
        }
    }
}
