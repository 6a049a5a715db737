//! How many messages there are of each state and class.

use carillon_domain::{Class, Status};
use serde::Serialize;
use utoipa::ToSchema;

/// How many messages are in each state.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct StatusCounts {
    /// Wait for their time.
    #[schema(example = 0)]
    scheduled: u64,
    /// Due: on the ready queue, or on their way there.
    #[schema(example = 412)]
    queued: u64,
    /// A worker has them.
    #[schema(example = 64)]
    sending: u64,
    /// A provider accepted them.
    #[schema(example = 501)]
    sent: u64,
    /// A receipt said they arrived.
    #[schema(example = 20)]
    delivered: u64,
    /// A receipt said they did not.
    #[schema(example = 1)]
    undelivered: u64,
    /// Given up: in the dead letters.
    #[schema(example = 0)]
    failed: u64,
    /// Called off.
    #[schema(example = 0)]
    cancelled: u64,
    /// Past their usefulness.
    #[schema(example = 0)]
    expired: u64,
    /// Never to be sent, for a reason.
    #[schema(example = 2)]
    suppressed: u64,
    /// A call may have reached the provider.
    #[schema(example = 0)]
    in_doubt: u64,
}

/// How many messages are of each class.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct ClassCounts {
    /// First in every queue.
    #[schema(example = 12)]
    critical: u64,
    /// As soon as possible.
    #[schema(example = 310)]
    immediate: u64,
    /// Later at a set time.
    #[schema(example = 95)]
    scheduled: u64,
    /// Many at once, after everything else.
    #[schema(example = 1000)]
    bulk: u64,
}

impl From<&[(Status, u64)]> for StatusCounts {
    fn from(counts: &[(Status, u64)]) -> Self {
        let mut sum = Self::default();
        for (status, count) in counts {
            *match status {
                Status::Scheduled => &mut sum.scheduled,
                Status::Queued => &mut sum.queued,
                Status::Sending => &mut sum.sending,
                Status::Sent => &mut sum.sent,
                Status::Delivered => &mut sum.delivered,
                Status::Undelivered => &mut sum.undelivered,
                Status::Failed => &mut sum.failed,
                Status::Cancelled => &mut sum.cancelled,
                Status::Expired => &mut sum.expired,
                Status::Suppressed => &mut sum.suppressed,
                Status::InDoubt => &mut sum.in_doubt,
            } += count;
        }
        sum
    }
}

impl From<&[(Class, u64)]> for ClassCounts {
    fn from(counts: &[(Class, u64)]) -> Self {
        let mut sum = Self::default();
        for (class, count) in counts {
            *match class {
                Class::Critical => &mut sum.critical,
                Class::Immediate => &mut sum.immediate,
                Class::Scheduled => &mut sum.scheduled,
                Class::Bulk => &mut sum.bulk,
            } += count;
        }
        sum
    }
}
