//! One kind for one recipient.

use chrono::{DateTime, Utc};

use crate::channel::{Class, Purpose};
use crate::ids::{AppointmentId, BatchId, BusinessId, EventId, KindName, NotificationId, PersonId};

/// What a notification takes for granted of an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// Which appointment.
    pub appointment: AppointmentId,
    /// The appointment's revision; for a reminder, that of its timing.
    pub revision: i64,
    /// For a reminder: the rule that it is planned by.
    pub rule: Option<String>,
}

/// One kind for one recipient.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification {
    /// Ours.
    pub id: NotificationId,
    /// What caused it.
    pub event: EventId,
    /// The tenant; `None` for the platform's own.
    pub business: Option<BusinessId>,
    /// What it says.
    pub kind: KindName,
    /// Who hears it.
    pub recipient: PersonId,
    /// How urgent it is.
    pub class: Class,
    /// What it is for.
    pub purpose: Purpose,
    /// The bulk request it belongs to.
    pub batch: Option<BatchId>,
    /// The appointment that it speaks of: once that takes place at another time or not at all, it is dropped.
    pub fence: Option<Fence>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}
