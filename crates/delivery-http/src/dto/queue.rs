//! What there is to do.

use carillon_domain::{Channel, Class};
use chrono::TimeDelta;
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::names::{ChannelName, ClassName};
use crate::world::Queue;

/// What one channel has to do in one class.
#[derive(Serialize, ToSchema)]
#[schema(as = Queue)]
pub(crate) struct QueueBody {
    /// The channel.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// The class.
    #[schema(value_type = ClassName)]
    class: Class,
    /// How many ids are on the ready queue; null where it cannot be reached, and for the key of one business.
    #[schema(example = 42)]
    ready: Option<u64>,
    /// How many messages wait for their time.
    #[schema(example = 1830)]
    waiting: u64,
    /// How many are due: on the ready queue, or on their way there.
    #[schema(example = 42)]
    queued: u64,
    /// How many a worker has.
    #[schema(example = 16)]
    sending: u64,
    /// How many may or may not have reached the provider.
    #[schema(example = 0)]
    in_doubt: u64,
    /// How many are in the dead letters.
    #[schema(example = 3)]
    failed: u64,
    /// For how many seconds the oldest message that is queued or being sent has been due; null when there is none.
    #[schema(example = 1.25)]
    oldest_s: Option<f64>,
}

impl From<Queue> for QueueBody {
    fn from(queue: Queue) -> Self {
        let backlog = queue.backlog;
        Self {
            channel: backlog.channel,
            class: backlog.class,
            ready: queue.ready,
            waiting: backlog.waiting,
            queued: backlog.queued,
            sending: backlog.sending,
            in_doubt: backlog.in_doubt,
            failed: backlog.failed,
            oldest_s: queue.oldest.map(TimeDelta::as_seconds_f64),
        }
    }
}
