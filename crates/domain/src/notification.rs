//! One kind for one recipient.

use chrono::{DateTime, Utc};

use crate::channel::{Class, Purpose};
use crate::ids::{AppointmentId, BatchId, BusinessId, EventId, KindName, NotificationId, PersonId};

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
    /// The appointment whose current revision it needs: once that appointment changes, it is dropped.
    pub fence: Option<AppointmentId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}
