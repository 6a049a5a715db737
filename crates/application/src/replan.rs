//! Planning again: when a business changes its rules, and as a safety net, so that no reminder depends on one path through the code.
//!
//! What if we crash? Each change is one transaction: for all appointments of a business when its rules change, a page of appointments at
//! a time otherwise. What was not reached is found the next time. Two planners at once: the store takes one of them.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use carillon_domain::replan::{Difference, Missed};
use carillon_domain::{Business, BusinessId, Event, Value};
use carillon_ports::StoreError;
use carillon_ports::appointments::{Ahead, Booked, Replanning};
use chrono::{DateTime, TimeDelta, Utc};

use crate::accept::{announce, ready, unless_overtaken};
use crate::ahead::Pages;
use crate::rebooking::compare;
use crate::reminders::{self, Zones};
use crate::{Ports, Refusal, measure};

/// The name of the event behind reminders that were planned again.
pub const PLANNED: &str = "reminders.planned";

/// How far ahead the safety net looks.
const NET: TimeDelta = TimeDelta::hours(72);

/// What changes with a change of rules.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// One an appointment of which something changes.
    pub appointments: Vec<(Booked, Difference)>,
}

/// What a look at what is planned has changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Reminders that were missing.
    pub appeared: usize,
    /// Reminders that should not have been.
    pub vanished: usize,
    /// Reminders that were planned for another time.
    pub moved: usize,
}

impl Repaired {
    /// How many were wrong.
    pub fn total(self) -> usize {
        self.appeared + self.vanished + self.moved
    }

    /// Whether some path through the code forgot something. A reminder moves also because its reader did, to another zone.
    pub fn is_alarming(self) -> bool {
        self.appeared + self.vanished > 0
    }

    fn add(&mut self, difference: &Difference) {
        self.appeared += difference.appear.iter().filter(|one| one.left_out.is_none()).count();
        self.vanished += difference.vanish.len();
        self.moved += difference.moved.len();
    }
}

impl AddAssign for Repaired {
    fn add_assign(&mut self, other: Self) {
        self.appeared += other.appeared;
        self.vanished += other.vanished;
        self.moved += other.moved;
    }
}

/// Plans reminders again.
#[derive(Clone)]
pub struct ReplanReminders {
    ports: Ports,
}

impl ReplanReminders {
    /// Wires the use cases.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// What would change if a business had these settings.
    pub async fn preview(&self, business: &Business) -> Result<Changes, Refusal> {
        let (now, mut changes) = (self.ports.clock.now(), Changes::default());
        let mut page = Pages::of_business(&business.id, now);
        while let Some(booked) = page.next(&self.ports).await? {
            let zones = self.zones(business, &booked).await?;
            for one in booked {
                let difference = self.difference(&one, business, &zones, Missed::LeaveOut, now).0;
                if !difference.is_empty() {
                    changes.appointments.push((one, difference));
                }
            }
        }
        Ok(changes)
    }

    /// Gives a business its settings, and plans all its reminders by them, in one transaction.
    pub async fn settle(&self, business: &Business) -> Result<Repaired, Refusal> {
        unless_overtaken(|| self.settle_once(business, None)).await
    }

    /// The same once, and only while the business is as it was read; overtaken otherwise.
    pub(crate) async fn settle_once(
        &self,
        business: &Business,
        known: Option<&Business>,
    ) -> Result<Repaired, Refusal> {
        let now = self.ports.clock.now();
        let mut change = self.replanning(&business.id, now);
        let mut repaired = Repaired::default();
        change.business = Some(business.clone());
        change.known = known.cloned();
        let mut page = Pages::of_business(&business.id, now);
        while let Some(booked) = page.next(&self.ports).await? {
            repaired += self.fill(&mut change, business, &booked, Missed::LeaveOut, now).await?;
        }
        self.commit(change).await.map(|()| repaired)
    }

    /// Plans what is not planned at all of the next days: the safety net.
    pub async fn plan_missing(&self) -> Result<Repaired, Refusal> {
        let now = self.ports.clock.now();
        self.repair(Pages::of(Ahead { business: None, from: now, to: Some(now + NET), unplanned: true }))
            .await
    }

    /// Compares everything that lies ahead with what is planned for it, and mends what differs.
    pub async fn compare_all(&self) -> Result<Repaired, Refusal> {
        let now = self.ports.clock.now();
        let repaired = self.repair(Pages::of_all(now)).await?;
        measure::reminders_repaired(repaired.total());
        Ok(repaired)
    }

    async fn repair(&self, mut page: Pages) -> Result<Repaired, Refusal> {
        let mut repaired = Repaired::default();
        while let Some(booked) = page.next(&self.ports).await? {
            let mut by_business: BTreeMap<BusinessId, Vec<Booked>> = BTreeMap::new();
            for one in booked {
                by_business.entry(one.booking.appointment.business.clone()).or_default().push(one);
            }
            for (id, booked) in by_business {
                repaired += self.repair_some(&id, &booked).await?;
            }
        }
        Ok(repaired)
    }

    /// Appointments that change while they are looked at are left to the next look: their own change has planned them.
    async fn repair_some(&self, id: &BusinessId, booked: &[Booked]) -> Result<Repaired, Refusal> {
        let Some(business) = self.ports.directory.find_business(id).await? else {
            return Ok(Repaired::default());
        };
        let now = self.ports.clock.now();
        let mut change = self.replanning(id, now);
        let repaired = self.fill(&mut change, &business, booked, Missed::CatchUp, now).await?;
        if change.bookings.is_empty() {
            return Ok(Repaired::default());
        }
        match self.commit(change).await {
            Ok(()) => Ok(repaired),
            Err(Refusal::Store(StoreError::Overtaken)) => Ok(Repaired::default()),
            Err(error) => Err(error),
        }
    }

    /// Adds to a change what must change of these appointments.
    async fn fill(
        &self,
        change: &mut Replanning,
        business: &Business,
        booked: &[Booked],
        missed: Missed,
        now: DateTime<Utc>,
    ) -> Result<Repaired, Refusal> {
        let (zones, mut repaired) = (self.zones(business, booked).await?, Repaired::default());
        for one in booked {
            let booking = &one.booking;
            let (difference, appear) = self.difference(one, business, &zones, missed, now);
            if difference.is_empty() {
                continue;
            }
            repaired.add(&difference);
            let (notifications, messages) =
                reminders::make(&self.ports, change.event.id, booking, &appear, now);
            change.bookings.push((booking.appointment.id.clone(), booking.revision));
            change.notifications.extend(notifications);
            change.messages.extend(messages);
            change.vanish.extend(difference.vanish.iter().map(|gone| gone.message));
            change.moved.extend(difference.moved);
        }
        Ok(repaired)
    }

    fn difference<'a>(
        &'a self,
        booked: &Booked,
        business: &Business,
        zones: &Zones,
        missed: Missed,
        now: DateTime<Utc>,
    ) -> (Difference, Vec<reminders::Reminder<'a>>) {
        compare(&self.ports, &booked.booking, business, zones, &booked.reminders, missed, now)
    }

    async fn zones(&self, business: &Business, booked: &[Booked]) -> Result<Zones, Refusal> {
        let bookings: Vec<_> = booked.iter().map(|one| &one.booking).collect();
        reminders::zones(&self.ports, &business.settings, &bookings, &BTreeMap::new()).await
    }

    fn replanning(&self, business: &BusinessId, now: DateTime<Utc>) -> Replanning {
        let event = Event {
            id: self.ports.ids.event(now),
            name: PLANNED.to_owned(),
            business: Some(business.clone()),
            occurred_at: now,
            accepted_at: now,
            // What a reminder says comes from the appointment itself.
            data: Value::Null,
            parts: BTreeMap::new(),
        };
        Replanning {
            event,
            business: None,
            known: None,
            bookings: Vec::new(),
            notifications: Vec::new(),
            messages: Vec::new(),
            vanish: Vec::new(),
            moved: Vec::new(),
        }
    }

    /// Commits, then announces what is due at once.
    async fn commit(&self, change: Replanning) -> Result<(), Refusal> {
        let due = ready(&change.notifications, &change.messages, None);
        if !self.ports.appointments.replan(change).await? {
            return Err(Refusal::Store(StoreError::Overtaken));
        }
        announce(&self.ports, &due).await;
        Ok(())
    }
}
