//! Reminders that came too late to be of use: the business gets one list of whom to call.
//!
//! What if we crash? The list and the note that it was given are one commit. Two planners at once: the note decides, and the other gives up.

use std::collections::BTreeMap;

use carillon_domain::ids::{BusinessId, PersonId};
use carillon_domain::{Actor, Event, Role, Value};
use carillon_ports::StoreError;
use carillon_ports::appointments::MissedReminder;
use carillon_ports::store::Acceptance;
use chrono::{DateTime, TimeDelta, Utc};

use crate::accept::accept;
use crate::channels::{self, Setting, Wanted};
use crate::{Ports, Refusal};

/// The name of the event behind such a list.
pub const MISSED: &str = "reminders.missed";

/// The kind that carries it.
const KIND: &str = "owner.clients_to_call";
/// How long a list waits for more: after an outage everything that is late is found within moments.
const GATHER: TimeDelta = TimeDelta::seconds(60);
/// How many reminders are looked at together.
const AT_ONCE: u32 = 1_000;
/// How many visits a list names.
const MOST_LISTED: usize = 100;

/// Tells businesses whom to call.
#[derive(Clone)]
pub struct TellWhomToCall {
    ports: Ports,
}

impl TellWhomToCall {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Tells every business of what came too late since the last time; answers of how many reminders.
    pub async fn run(&self) -> Result<usize, Refusal> {
        let now = self.ports.clock.now();
        let missed = self.ports.appointments.list_missed(now - GATHER, AT_ONCE).await?;
        let count = missed.len();
        let mut by_business: BTreeMap<BusinessId, Vec<MissedReminder>> = BTreeMap::new();
        for one in missed {
            by_business.entry(one.business.clone()).or_default().push(one);
        }
        for (business, missed) in by_business {
            match self.tell(&business, missed, now).await {
                Ok(()) | Err(Refusal::Store(StoreError::Overtaken)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(count)
    }

    async fn tell(
        &self,
        id: &BusinessId,
        missed: Vec<MissedReminder>,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let ports = &self.ports;
        let tells_of = missed.iter().map(|one| one.message).collect();
        let visits = visits(missed, now);
        let event = event(ports, id, &visits, now);
        let mut acceptance = Acceptance { tells_of, ..Acceptance::of(event) };
        let business = ports.directory.find_business(id).await?;
        let kind = KIND.parse().ok().and_then(|name| ports.catalogue.find_kind(&name));
        // Nobody is told of what lies in the past, or no longer takes place: that is only noted.
        if let (Some(business), Some(kind), false) = (&business, kind, visits.is_empty()) {
            let owners =
                ports.directory.list_people(Some(id), Actor::BusinessUser, Some(Role::Owner)).await?;
            let wanted: Vec<Wanted<'_>> = owners.iter().map(|owner| Wanted::now(kind, owner, now)).collect();
            let data = acceptance.event.data.clone();
            let setting = Setting { event: acceptance.event.id, data: &data, business: Some(business), now };
            (acceptance.notifications, acceptance.messages) = channels::plan(ports, setting, &wanted).await?;
        }
        accept(ports, acceptance, ()).await
    }
}

/// Those whose visit still lies ahead, each once, by start.
fn visits(missed: Vec<MissedReminder>, now: DateTime<Utc>) -> Vec<MissedReminder> {
    let ahead = |one: &MissedReminder| {
        one.booking.as_ref().is_some_and(|booking| {
            booking.appointment.is_ahead(now) && booking.appointment.takes_part(&one.person)
        })
    };
    let starts = |one: &MissedReminder| one.booking.as_ref().map(|booking| booking.appointment.starts_at);
    let mut visits: Vec<MissedReminder> = missed.into_iter().filter(ahead).collect();
    visits.sort_by(|a, b| (starts(a), &a.person).cmp(&(starts(b), &b.person)));
    visits.dedup_by(|a, b| {
        let id = |one: &MissedReminder| one.booking.as_ref().map(|booking| booking.appointment.id.clone());
        a.person == b.person && id(a) == id(b)
    });
    visits
}

fn event(ports: &Ports, business: &BusinessId, visits: &[MissedReminder], now: DateTime<Utc>) -> Event {
    let mut named: BTreeMap<String, PersonId> = BTreeMap::new();
    let mut listed = Vec::new();
    for (index, one) in visits.iter().take(MOST_LISTED).enumerate() {
        let Some(booking) = &one.booking else { continue };
        let part = format!("client.{}", index + 1);
        let mut visit = booking.appointment.visit(&part);
        for name in ["ends_at", "location"] {
            drop(visit.take(name));
        }
        visit.set("channel", Value::from(one.channel.as_str()));
        named.insert(part, one.person.clone());
        listed.push(visit);
    }
    let mut data = Value::map();
    data.set("missed", Value::map());
    data.set("missed.count", Value::Integer(i64::try_from(visits.len()).unwrap_or_default()));
    data.set("missed.visits", Value::List(listed));
    Event {
        id: ports.ids.event(now),
        name: MISSED.to_owned(),
        business: Some(business.clone()),
        occurred_at: now,
        accepted_at: now,
        data,
        parts: named,
    }
}
