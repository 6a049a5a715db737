//! Appointments that lie ahead, some at a time: however many there are, few are held.

use carillon_domain::BusinessId;
use carillon_ports::appointments::{Ahead, Booked, Cursor};
use chrono::{DateTime, Utc};

use crate::{Ports, Refusal};

/// How many appointments are looked at together.
const AT_ONCE: u32 = 500;

/// What lies ahead, page by page.
pub(crate) struct Pages {
    which: Ahead,
    after: Option<Cursor>,
    ended: bool,
}

impl Pages {
    /// Of all businesses.
    pub(crate) fn of_all(from: DateTime<Utc>) -> Self {
        Self::of(Ahead { business: None, from, to: None, unplanned: false })
    }

    /// Of one business.
    pub(crate) fn of_business(business: &BusinessId, from: DateTime<Utc>) -> Self {
        Self::of(Ahead { business: Some(business.clone()), from, to: None, unplanned: false })
    }

    /// Of these.
    pub(crate) fn of(which: Ahead) -> Self {
        Self { which, after: None, ended: false }
    }

    /// The next ones; `None` when there are no more.
    pub(crate) async fn next(&mut self, ports: &Ports) -> Result<Option<Vec<Booked>>, Refusal> {
        if self.ended {
            return Ok(None);
        }
        let booked = ports.appointments.list_ahead(&self.which, self.after.as_ref(), AT_ONCE).await?;
        self.ended = booked.len() < AT_ONCE as usize;
        self.after = booked.last().map(|last| {
            let appointment = &last.booking.appointment;
            (appointment.starts_at, appointment.business.clone(), appointment.id.clone())
        });
        Ok((!booked.is_empty()).then_some(booked))
    }
}
