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

/// Where an appointment stands after an event, or `None` if the event does not change it.
///
/// What ends an appointment decides by itself; before that the event's own data has the word.
pub fn status_after(event_name: &str, said: Option<AppointmentStatus>) -> Option<AppointmentStatus> {
    let change = event_name.strip_prefix("appointment.")?;
    match change {
        "cancelled" => Some(AppointmentStatus::Cancelled),
        "completed" => Some(AppointmentStatus::Completed),
        "no_show" => Some(AppointmentStatus::NoShow),
        "cancellation_requested" => None,
        "requested" => Some(said.unwrap_or(AppointmentStatus::Requested)),
        _ => Some(said.unwrap_or(AppointmentStatus::Confirmed)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AppointmentStatus::{Cancelled, Confirmed, NoShow, Requested};

    #[test]
    fn an_event_says_where_the_appointment_stands() {
        let table = [
            ("appointment.booked", None, Some(Confirmed)),
            ("appointment.booked", Some(Requested), Some(Requested)),
            ("appointment.requested", None, Some(Requested)),
            ("appointment.cancelled", Some(Confirmed), Some(Cancelled)),
            ("appointment.no_show", None, Some(NoShow)),
            ("appointment.cancellation_requested", Some(Confirmed), None),
            ("payment.received", Some(Confirmed), None),
        ];
        for (event, said, expected) in table {
            assert_eq!(status_after(event, said), expected, "{event}");
        }
    }
}
