//! The appointment as far as notifications need it: when, who, and whether it still holds.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::channel::named;
use crate::ids::{AppointmentId, BusinessId, PersonId};
use crate::reason::UnknownName;

/// Where an appointment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppointmentStatus {
    /// Asked for, not yet agreed.
    Requested,
    /// Agreed.
    Confirmed,
    /// Called off.
    Cancelled,
    /// Took place.
    Completed,
    /// The client did not come.
    NoShow,
}
named!(AppointmentStatus {
    Requested => "requested", Confirmed => "confirmed", Cancelled => "cancelled", Completed => "completed", NoShow => "no_show"
});

/// An appointment. Every change raises its revision in the store, and what was planned for an older revision is dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct Appointment {
    /// The platform's own id.
    pub id: AppointmentId,
    /// The tenant.
    pub business: BusinessId,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// When it starts.
    pub starts_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: Option<DateTime<Utc>>,
    /// The zone it was booked in.
    pub timezone: Option<Tz>,
    /// What is done.
    pub service: String,
    /// Where.
    pub location: Option<String>,
    /// Who comes.
    pub clients: Vec<PersonId>,
    /// Who receives them.
    pub practitioner: Option<PersonId>,
}

/// What an appointment event says of the status, where its data is silent.
pub fn status_after(event_name: &str) -> Option<AppointmentStatus> {
    match event_name {
        "appointment.requested" | "appointment.cancellation_requested" => None,
        "appointment.cancelled" => Some(AppointmentStatus::Cancelled),
        "appointment.completed" => Some(AppointmentStatus::Completed),
        "appointment.no_show" => Some(AppointmentStatus::NoShow),
        _ => Some(AppointmentStatus::Confirmed),
    }
}
