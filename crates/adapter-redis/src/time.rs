//! Whose time decides: that of Redis, or in tests that of a clock which is set by hand.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use carillon_ports::Clock;
use chrono::{DateTime, TimeDelta, Utc};

/// Whose time decides.
#[derive(Clone, Default)]
pub(crate) enum Time {
    /// Redis reads it inside the script.
    #[default]
    OfRedis,
    /// The script is told it.
    Of(Arc<dyn Clock>),
}

/// The moment at which a script was asked.
pub(crate) struct Moment(Option<DateTime<Utc>>);

impl Time {
    pub(crate) fn now(&self) -> Moment {
        match self {
            Self::OfRedis => Moment(None),
            Self::Of(clock) => Moment(Some(clock.now())),
        }
    }

    /// Waits until so many microseconds have passed since a moment; for ever where none are given.
    pub(crate) async fn pass(&self, moment: &Moment, micros: Option<i64>) {
        let Some(micros) = micros else { return pending().await };
        match (self, moment.0) {
            (Self::Of(clock), Some(asked_at)) => {
                let at = whole_micros(asked_at) + TimeDelta::microseconds(micros);
                clock.sleep((at - clock.now()).max(TimeDelta::zero())).await;
            }
            (Self::OfRedis, _) | (Self::Of(_), None) => {
                tokio::time::sleep(Duration::from_micros(micros.unsigned_abs())).await;
            }
        }
    }
}

impl Moment {
    /// As a script takes it: in microseconds; empty where Redis is to look at its own clock.
    pub(crate) fn argument(&self) -> String {
        self.0.map(|now| now.timestamp_micros().to_string()).unwrap_or_default()
    }
}

fn whole_micros(time: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(time.timestamp_micros()).unwrap_or(time)
}
