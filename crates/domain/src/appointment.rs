//! The appointment as far as notifications need it: when, who, and whether it still holds.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::business::PLATFORM_ZONE;
use crate::channel::named;
use crate::civil;
use crate::event::Part;
use crate::ids::{AppointmentId, BusinessId, PersonId};
use crate::reason::UnknownName;
use crate::value::Value;

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

/// An appointment.
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
    /// Where the client can look at it or change it.
    pub url: Option<String>,
}

impl Appointment {
    /// Whether it still lies ahead and is agreed: only then anybody is reminded of it.
    pub fn is_ahead(&self, now: DateTime<Utc>) -> bool {
        self.status == AppointmentStatus::Confirmed && self.starts_at > now
    }

    /// Whether its readers see no difference to another state of it: all is equal but where its link leads.
    pub fn shows_same(&self, other: &Self) -> bool {
        Self { url: None, ..self.clone() } == Self { url: None, ..other.clone() }
    }

    /// Whether a person comes to it or receives those who come.
    pub fn takes_part(&self, person: &PersonId) -> bool {
        self.clients.contains(person) || self.practitioner.as_ref() == Some(person)
    }

    /// Who takes which part in it, as a text for `reader` names them.
    pub fn parts(&self, reader: &PersonId) -> BTreeMap<Part, PersonId> {
        let client = self.clients.iter().find(|client| *client == reader).or(self.clients.first());
        let parts = [("client", client), ("practitioner", self.practitioner.as_ref())];
        parts.into_iter().filter_map(|(part, person)| Some((part.to_owned(), person?.clone()))).collect()
    }

    /// What lists of appointments say of it; its client is whoever takes that part in the event that brings the list.
    pub fn visit(&self, client: &str) -> Value {
        let mut visit = self.data().take("appointment").unwrap_or_else(Value::map);
        for name in ["id", "status"] {
            drop(visit.take(name));
        }
        visit.set("client", Value::map());
        visit.set("client.part", Value::from(client));
        visit
    }

    /// What texts see of it: the data of an event that says just this.
    pub fn data(&self) -> Value {
        let zone = self.timezone.unwrap_or(PLATFORM_ZONE);
        let time = |time: DateTime<Utc>| Value::Text(time.with_timezone(&zone).to_rfc3339());
        let mut data = Value::map();
        data.set("appointment", Value::map());
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                data.set(name, value);
            }
        };
        set("appointment.id", Some(Value::from(self.id.as_str())));
        set("appointment.status", Some(Value::from(self.status.as_str())));
        set("appointment.service", Some(Value::from(self.service.as_str())));
        set("appointment.location", self.location.as_deref().map(Value::from));
        set("appointment.starts_at", Some(time(self.starts_at)));
        set("appointment.ends_at", self.ends_at.map(time));
        set("appointment.timezone", self.timezone.map(|zone| Value::from(zone.name())));
        set("action_url", self.url.as_deref().map(Value::from));
        data
    }
}

/// An appointment as it is kept, with how it came to be so.
#[derive(Debug, Clone, PartialEq)]
pub struct Booking {
    /// As it is now.
    pub appointment: Appointment,
    /// Raised by every change, from 1.
    pub revision: i64,
    /// The revision that last changed when it takes place or whether: what was said for an older one no longer holds.
    pub timing: i64,
    /// When that change was accepted.
    pub timed_at: DateTime<Utc>,
    /// When the last change happened, by the clock of who told us: an older one that comes later is no news.
    pub changed_at: DateTime<Utc>,
    /// What the clocks of its zone show when it starts: this was agreed, whatever becomes of the zone's rules.
    pub local_start: NaiveDateTime,
}

/// What a change does to a booking.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It is new, or different from now on.
    Changed(Box<Booking>),
    /// It is so already.
    Same,
    /// Something newer is known.
    Late,
}

impl Booking {
    /// What becomes of what is known when an appointment is said to be like this since `happened_at`.
    pub fn change(
        known: Option<&Self>,
        appointment: &Appointment,
        happened_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Change {
        let new = |revision, timing, timed_at| {
            let zone = appointment.timezone.unwrap_or(PLATFORM_ZONE);
            Change::Changed(Box::new(Self {
                local_start: civil::shown(appointment.starts_at, zone),
                appointment: appointment.clone(),
                revision,
                timing,
                timed_at,
                changed_at: happened_at,
            }))
        };
        let Some(known) = known else { return new(1, 1, now) };
        if happened_at < known.changed_at {
            return Change::Late;
        }
        if known.appointment == *appointment {
            return Change::Same;
        }
        let revision = known.revision + 1;
        let (before, after) = (&known.appointment, appointment);
        if (before.starts_at, before.status) == (after.starts_at, after.status) {
            new(revision, known.timing, known.timed_at)
        } else {
            new(revision, revision, now)
        }
    }
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

/// Whether an event says something by its name alone that the appointment does not hold: that another practitioner comes, of whom no id
/// is known.
pub fn says_by_its_name(event_name: &str, appointment: &Appointment) -> bool {
    event_name == "appointment.practitioner_changed" && appointment.practitioner.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use AppointmentStatus::{Cancelled, Confirmed, NoShow, Requested};

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + hour * 3_600, 0).unwrap()
    }

    fn appointment(starts_in: i64) -> Appointment {
        Appointment {
            id: "a".parse().unwrap(),
            business: "b".parse().unwrap(),
            status: Confirmed,
            starts_at: at(starts_in),
            ends_at: None,
            timezone: None,
            service: "Coupe".to_owned(),
            location: None,
            clients: vec!["c".parse().unwrap()],
            practitioner: None,
            url: None,
        }
    }

    #[test]
    fn only_a_change_of_time_or_state_makes_what_was_said_untrue() {
        let booked = Booking::change(None, &appointment(48), at(0), at(0));
        let Change::Changed(booked) = booked else { panic!("{booked:?}") };
        assert_eq!((booked.revision, booked.timing, booked.timed_at), (1, 1, at(0)));
        let reassigned = Appointment { practitioner: "p".parse().ok(), ..appointment(48) };
        let Change::Changed(reassigned) = Booking::change(Some(&booked), &reassigned, at(1), at(1)) else {
            panic!("not changed")
        };
        assert_eq!((reassigned.revision, reassigned.timing, reassigned.timed_at), (2, 1, at(0)));
        for moved in [appointment(50), Appointment { status: Cancelled, ..appointment(48) }] {
            let Change::Changed(moved) = Booking::change(Some(&reassigned), &moved, at(2), at(2)) else {
                panic!("not changed")
            };
            assert_eq!((moved.revision, moved.timing, moved.timed_at), (3, 3, at(2)));
        }
    }

    #[test]
    fn what_is_known_already_or_older_than_what_is_known_changes_nothing() {
        let Change::Changed(booked) = Booking::change(None, &appointment(48), at(5), at(5)) else {
            panic!("not changed")
        };
        assert_eq!(Booking::change(Some(&booked), &appointment(48), at(6), at(6)), Change::Same);
        assert_eq!(Booking::change(Some(&booked), &appointment(50), at(4), at(6)), Change::Late);
    }

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
