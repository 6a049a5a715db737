//! Ids that count.

use std::sync::atomic::{AtomicU64, Ordering};

use carillon_ports::Ids;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Version 7 ids whose random part is a counter: they rise, and a test can tell them.
#[derive(Debug, Default)]
pub struct CountingIds(AtomicU64);

impl CountingIds {
    fn next(&self, now: DateTime<Utc>) -> Uuid {
        let count = self.0.fetch_add(1, Ordering::Relaxed) + 1;
        let mut random = [0; 10];
        random[2..].copy_from_slice(&count.to_be_bytes());
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

impl Ids for CountingIds {
    fn row(&self, now: DateTime<Utc>) -> Uuid {
        self.next(now)
    }
}
