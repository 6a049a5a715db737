//! Why what an event announces is not sent: the request is silent, the event is about the past, or it says nothing new.

use std::collections::HashMap;

use carillon_domain::appointment::Change;
use carillon_domain::{Class, Event, Kind, PersonId, Reason};
use chrono::{DateTime, TimeDelta, Utc};

use crate::rebooking::Rebooking;
use crate::{Ports, Refusal};

/// An event that happened longer before it was accepted announces nothing any more, unless a kind is CRITICAL: a back-fill is no news.
const NEWS_FOR: TimeDelta = TimeDelta::hours(24);

/// What decides whether an event's announcements are sent.
pub(crate) struct Announcement<'a> {
    event: &'a Event,
    is_silent: bool,
    is_late: bool,
    /// For an event that leaves an appointment as its readers see it: the newest revision that each of them was told of.
    unchanged_since: Option<HashMap<PersonId, i64>>,
    /// The revision of the appointment before the event.
    known_revision: i64,
}

impl<'a> Announcement<'a> {
    /// Reads what recipients were told, where the event changes nothing that they can see.
    pub(crate) async fn of(
        ports: &Ports,
        event: &'a Event,
        rebooking: Option<&Rebooking>,
        is_silent: bool,
    ) -> Result<Self, Refusal> {
        let known = rebooking.and_then(|rebooking| rebooking.known.as_ref());
        let repeats = rebooking.is_some_and(Rebooking::shows_no_change);
        let unchanged_since = match known.map(|known| &known.booking.appointment).filter(|_| repeats) {
            Some(appointment) => {
                Some(ports.appointments.list_told(&appointment.business, &appointment.id).await?)
            }
            None => None,
        };
        Ok(Self {
            event,
            is_silent,
            is_late: rebooking.is_some_and(|rebooking| rebooking.change == Change::Late),
            unchanged_since,
            known_revision: known.map_or(0, |known| known.booking.revision),
        })
    }

    /// When the event was accepted.
    pub(crate) fn accepted_at(&self) -> DateTime<Utc> {
        self.event.accepted_at
    }

    /// Why a kind is not sent to a recipient, or `None` if it is. `until` is the time up to which the kind is of use.
    pub(crate) fn withheld(
        &self,
        kind: &Kind,
        until: Option<DateTime<Utc>>,
        recipient: &PersonId,
    ) -> Option<Reason> {
        let accepted_at = self.accepted_at();
        let is_old = accepted_at - self.event.occurred_at > NEWS_FOR && kind.class != Class::Critical;
        let told = self.unchanged_since.as_ref().and_then(|told| told.get(recipient));
        if self.is_late {
            Some(Reason::Superseded)
        } else if self.is_silent {
            Some(Reason::Silent)
        } else if is_old || until.is_some_and(|until| until <= accepted_at) {
            Some(Reason::PastAppointment)
        } else if told.is_some_and(|revision| *revision >= self.known_revision) {
            Some(Reason::Unchanged)
        } else {
            None
        }
    }
}
