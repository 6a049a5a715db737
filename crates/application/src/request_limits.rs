//! How often a credential may ask.

use std::time::Duration;

use carillon_domain::Principal;
use carillon_domain::access::{Credential, Reach};
use carillon_ports::limits::{Ask, Rate, Verdict};

use crate::Ports;

/// The longest that a request waits to be counted: a limit that is away holds nobody up.
const PATIENCE: Duration = Duration::from_millis(250);
/// A burst is a tenth of a minute's worth.
const BURSTS_A_MINUTE: u32 = 10;

/// Requests a minute, each credential by itself; 0 is as many as it likes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestRates {
    /// For the key of one business.
    pub per_business_key: u32,
    /// For a person's token.
    pub per_person: u32,
}

impl Default for RequestRates {
    fn default() -> Self {
        Self { per_business_key: 6_000, per_person: 600 }
    }
}

impl RequestRates {
    /// The rate of a caller; none for a key of the platform, which is the booking platform itself.
    fn of(self, caller: &Principal) -> Option<Rate> {
        let per_minute = match (&caller.credential, &caller.reach) {
            (Credential::User { .. }, _) => self.per_person,
            (Credential::ApiKey { .. }, Reach::Business(_) | Reach::Person(_)) => self.per_business_key,
            (Credential::ApiKey { .. }, Reach::Platform) => 0,
        };
        (per_minute > 0).then(|| Rate { per_minute, burst: (per_minute / BURSTS_A_MINUTE).max(1) })
    }
}

/// Counts requests.
#[derive(Clone)]
pub struct LimitRequests {
    ports: Ports,
    rates: RequestRates,
}

impl LimitRequests {
    /// Wires the use case.
    pub fn new(ports: &Ports, rates: RequestRates) -> Self {
        Self { ports: ports.clone(), rates }
    }

    /// Counts a request of this caller; `Some` is how long to wait before the next one, for this one is too many. Where the limits
    /// cannot be looked up, whoever asks is let pass: a limit guards the service, and must not stop it.
    pub async fn count(&self, caller: &Principal) -> Option<Duration> {
        let rate = self.rates.of(caller)?;
        let ask = Ask { key: format!("api:{}", caller.name()), rate, count: 1 };
        match tokio::time::timeout(PATIENCE, self.ports.limits.take(std::slice::from_ref(&ask))).await {
            Ok(Ok(verdicts)) => match verdicts.first() {
                Some(Verdict::Wait(wait)) => Some(*wait),
                Some(Verdict::Granted) | None => None,
            },
            Ok(Err(error)) => {
                tracing::warn!(%error, "a request was not counted");
                None
            }
            Err(_) => {
                tracing::warn!("a request was not counted in time");
                None
            }
        }
    }
}
