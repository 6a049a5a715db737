//! What a change of an appointment does to its reminders.

use std::collections::BTreeMap;

use carillon_domain::appointment::Change;
use carillon_domain::ids::{EventId, MessageId, PersonId};
use carillon_domain::replan::{Difference, Existing, Missed, difference};
use carillon_domain::{Appointment, Booking, Business, Event, Message, Notification, Person};
use carillon_ports::appointments::Booked;
use carillon_ports::store::Acceptance;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::accept::accept;
use crate::reminders::{self, Reminder, Zones};
use crate::{Ports, Refusal};

/// An appointment about to change.
#[derive(Debug, Clone)]
pub struct Rebooking {
    /// As it is known so far.
    pub known: Option<Booked>,
    /// What the change makes of it.
    pub change: Change,
}

/// What is to be committed with the change.
#[derive(Debug, Default)]
pub struct Rebooked {
    /// The booking, where it changes.
    pub booking: Option<Booking>,
    /// Reminders of the present timing that are called off.
    pub vanish: Vec<MessageId>,
    /// Reminders that are planned.
    pub notifications: Vec<Notification>,
    /// Their messages.
    pub messages: Vec<Message>,
}

impl Rebooking {
    /// Looks up what is known, and decides what it becomes. An appointment that is said without a zone keeps the one that is known, else
    /// has `zone`: its local time is part of what was agreed. `timed_at` is when people hear of the change.
    pub async fn of(
        ports: &Ports,
        appointment: &Appointment,
        zone: Option<Tz>,
        happened_at: DateTime<Utc>,
        timed_at: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let known = ports.appointments.find_appointment(&appointment.business, &appointment.id).await?;
        let before = known.as_ref().map(|booked| &booked.booking);
        let known_zone = before.and_then(|booking| booking.appointment.timezone);
        let timezone = appointment.timezone.or(known_zone).or(zone);
        let change =
            Booking::change(before, &Appointment { timezone, ..appointment.clone() }, happened_at, timed_at);
        Ok(Self { known, change })
    }

    /// The booking as it is from now on.
    pub fn booking(&self) -> Option<&Booking> {
        match &self.change {
            Change::Changed(booking) => Some(booking),
            Change::Same | Change::Late => self.known.as_ref().map(|booked| &booked.booking),
        }
    }

    /// Whether readers see the same appointment after the change as before it.
    pub fn shows_no_change(&self) -> bool {
        let known = self.known.as_ref().map(|booked| &booked.booking.appointment);
        match &self.change {
            Change::Changed(booking) => known.is_some_and(|known| booking.appointment.shows_same(known)),
            Change::Same => true,
            Change::Late => false,
        }
    }

    /// Plans the reminders anew, as far as they are not right already. `named` are the people who are stored with the change.
    pub async fn plan(
        &self,
        ports: &Ports,
        event: EventId,
        business: &Business,
        named: &BTreeMap<PersonId, Person>,
        now: DateTime<Utc>,
    ) -> Result<Rebooked, Refusal> {
        let Change::Changed(booking) = &self.change else { return Ok(Rebooked::default()) };
        let zones = reminders::zones(ports, &business.settings, &[booking], named).await?;
        // What was planned for an older timing is called off by the commit itself.
        let existing: &[Existing] = match &self.known {
            Some(known) if known.booking.timing == booking.timing => &known.reminders,
            Some(_) | None => &[],
        };
        // What is entered after it began has no reminders, not even left-out ones.
        if existing.is_empty() && booking.appointment.starts_at <= now {
            return Ok(Rebooked { booking: Some((**booking).clone()), ..Rebooked::default() });
        }
        let (difference, appear) = compare(ports, booking, business, &zones, existing, Missed::LeaveOut, now);
        let (notifications, messages) = reminders::make(ports, event, booking, &appear, now);
        let vanish = difference.vanish.iter().map(|one| one.message).collect();
        Ok(Rebooked { booking: Some((**booking).clone()), vanish, notifications, messages })
    }
}

/// Stores an appointment without a word to anybody, under the name of an event; answers what that changed.
pub async fn store(
    ports: &Ports,
    appointment: &Appointment,
    business: &Business,
    event: &str,
    happened_at: DateTime<Utc>,
) -> Result<Rebooking, Refusal> {
    let now = ports.clock.now();
    let rebooking = Rebooking::of(ports, appointment, None, happened_at, now).await?;
    if !matches!(rebooking.change, Change::Changed(_)) {
        return Ok(rebooking);
    }
    let client = appointment.clients.first().map(|client| ("client".to_owned(), client.clone()));
    let event = Event {
        id: ports.ids.event(now),
        name: event.to_owned(),
        business: Some(appointment.business.clone()),
        occurred_at: happened_at,
        accepted_at: now,
        parts: client.into_iter().collect(),
        data: appointment.data(),
    };
    let rebooked = rebooking.plan(ports, event.id, business, &BTreeMap::new(), now).await?;
    let acceptance = Acceptance {
        booking: rebooked.booking,
        vanish: rebooked.vanish,
        notifications: rebooked.notifications,
        messages: rebooked.messages,
        ..Acceptance::of(event)
    };
    accept(ports, acceptance, ()).await?;
    Ok(rebooking)
}

/// Compares what an appointment should have with what it has; the reminders that appear come with their kinds.
pub(crate) fn compare<'a>(
    ports: &'a Ports,
    booking: &Booking,
    business: &Business,
    zones: &Zones,
    existing: &[Existing],
    missed: Missed,
    now: DateTime<Utc>,
) -> (Difference, Vec<Reminder<'a>>) {
    let all = reminders::of(ports, &ports.catalogue.kinds(), booking, business, zones);
    let wanted: Vec<_> = all.iter().map(|reminder| reminder.wanted.clone()).collect();
    let difference = difference(&wanted, existing, missed, now);
    let appear = difference
        .appear
        .iter()
        .filter_map(|wanted| {
            let kind = all.iter().find(|reminder| reminder.wanted.key == wanted.key)?.kind;
            Some(Reminder { wanted: wanted.clone(), kind })
        })
        .collect();
    (difference, appear)
}
