//! New ids: UUID version 7 from the time given and the machine's randomness.

use carillon_domain::ids::{BatchId, EventId, MessageId, NotificationId};
use carillon_ports::Ids;
use chrono::{DateTime, Utc};
use rand::RngCore;
use uuid::Uuid;

/// New ids.
#[derive(Debug, Default)]
pub(crate) struct RandomIds;

fn new_id(now: DateTime<Utc>) -> Uuid {
    let mut random = [0; 10];
    rand::rng().fill_bytes(&mut random);
    uuid::Builder::from_unix_timestamp_millis(
        u64::try_from(now.timestamp_millis()).unwrap_or_default(),
        &random,
    )
    .into_uuid()
}

impl Ids for RandomIds {
    fn event(&self, now: DateTime<Utc>) -> EventId {
        EventId(new_id(now))
    }

    fn notification(&self, now: DateTime<Utc>) -> NotificationId {
        NotificationId(new_id(now))
    }

    fn message(&self, now: DateTime<Utc>) -> MessageId {
        MessageId(new_id(now))
    }

    fn batch(&self, now: DateTime<Utc>) -> BatchId {
        BatchId(new_id(now))
    }

    fn row(&self, now: DateTime<Utc>) -> Uuid {
        new_id(now)
    }
}
