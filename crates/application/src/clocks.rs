//! When the rules of time zones change, what was agreed is a time on the clock: appointments keep theirs, at another instant.

use carillon_domain::appointment::Change;
use carillon_domain::business::PLATFORM_ZONE;
use carillon_domain::{Appointment, Booking, civil};
use carillon_ports::appointments::Booked;

use crate::accept::unless_overtaken;
use crate::ahead::Pages;
use crate::{Ports, Refusal, ReplanReminders, rebooking};

/// The name of the event behind an appointment that follows the clocks.
pub const SHIFTED: &str = "appointment.shifted";

/// The name under which the version is kept that plans were made with.
const MARK: &str = "time_zones";

/// Follows changes of time zones.
#[derive(Clone)]
pub struct FollowClocks {
    ports: Ports,
}

impl FollowClocks {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Moves what lies ahead to where the clocks show what was agreed, when `version` of the time zones is not the one that plans were made
    /// with; answers how many appointments moved. Should we die half-way, the version is not noted, and all of it is done again.
    pub async fn run(&self, version: &str) -> Result<usize, Refusal> {
        let appointments = &self.ports.appointments;
        let known = appointments.find_mark(MARK).await?;
        if known.as_deref() == Some(version) {
            return Ok(0);
        }
        // Where no version is noted, nothing was ever planned by one: there is nothing to move, but perhaps to plan.
        let moved = if known.is_some() { self.follow().await? } else { 0 };
        ReplanReminders::new(&self.ports).compare_all().await?;
        appointments.put_mark(MARK, version).await?;
        Ok(moved)
    }

    async fn follow(&self) -> Result<usize, Refusal> {
        let (mut page, mut moved) = (Pages::of_all(self.ports.clock.now()), 0);
        while let Some(booked) = page.next(&self.ports).await? {
            for Booked { booking, .. } in &booked {
                moved += usize::from(unless_overtaken(|| self.shift(booking)).await?);
            }
        }
        Ok(moved)
    }

    /// Moves one appointment; `false` when it is where it should be, or was changed since.
    async fn shift(&self, booking: &Booking) -> Result<bool, Refusal> {
        let appointment = &booking.appointment;
        let zone = appointment.timezone.unwrap_or(PLATFORM_ZONE);
        let starts_at = civil::instant(booking.local_start, zone);
        let offset = starts_at - appointment.starts_at;
        let business = self.ports.directory.find_business(&appointment.business).await?;
        let Some(business) = business.filter(|_| !offset.is_zero()) else { return Ok(false) };
        let ends_at = appointment.ends_at.map(|ends_at| ends_at + offset);
        let shifted = Appointment { starts_at, ends_at, ..appointment.clone() };
        let stored = rebooking::store(&self.ports, &shifted, &business, SHIFTED, booking.changed_at).await?;
        Ok(matches!(stored.change, Change::Changed(_)))
    }
}
