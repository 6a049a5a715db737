//! Why what an event announces is not sent: the request is silent, the event is about the past, or it says nothing new.

use std::collections::BTreeSet;

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
    /// Recipients to whom the event is no news: it leaves the appointment as they were told it is.
    informed: BTreeSet<PersonId>,
}

impl<'a> Announcement<'a> {
    /// Reads what recipients were told, where the event changes nothing that they can see.
    pub(crate) async fn of(
        ports: &Ports,
        event: &'a Event,
        rebooking: Option<&Rebooking>,
        is_silent: bool,
    ) -> Result<Self, Refusal> {
        let informed = match rebooking.filter(|rebooking| rebooking.shows_no_change()) {
            Some(rebooking) => informed(ports, rebooking).await?,
            None => BTreeSet::new(),
        };
        let is_late = rebooking.is_some_and(|rebooking| rebooking.change == Change::Late);
        Ok(Self { event, is_silent, is_late, informed })
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
        if self.is_late {
            Some(Reason::Superseded)
        } else if self.is_silent {
            Some(Reason::Silent)
        } else if is_old || until.is_some_and(|until| until <= accepted_at) {
            Some(Reason::PastAppointment)
        } else if self.informed.contains(recipient) {
            Some(Reason::Unchanged)
        } else {
            None
        }
    }
}

/// The recipients who were told of the appointment as it was before the event.
async fn informed(ports: &Ports, rebooking: &Rebooking) -> Result<BTreeSet<PersonId>, Refusal> {
    let Some(known) = rebooking.known.as_ref().map(|known| &known.booking) else {
        return Ok(BTreeSet::new());
    };
    let told = ports.appointments.list_told(&known.appointment.business, &known.appointment.id).await?;
    Ok(told.into_iter().filter(|(_, newest)| *newest >= known.revision).map(|(person, _)| person).collect())
}
