//! Whether what was accepted is what arrived, exactly once, and is marked as sent with the provider's id.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use uuid::Uuid;

use crate::servers::Servers;

/// The count after a phase; all but the first must be nought.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Verdict {
    /// Messages that were accepted.
    pub(crate) accepted: usize,
    /// Answers that named a message which another had named.
    pub(crate) named_twice: usize,
    /// Accepted, and not at the provider.
    pub(crate) missing: usize,
    /// At the provider, and not accepted.
    pub(crate) unasked: usize,
    /// At the provider again.
    pub(crate) duplicates: usize,
    /// Requests that the provider did not take.
    pub(crate) refused: usize,
    /// Accepted, and not `sent` in the database.
    pub(crate) not_sent: usize,
    /// `sent`, and without the provider's id.
    pub(crate) without_provider_id: usize,
}

impl Verdict {
    /// Whether all is as promised.
    pub(crate) fn holds(&self) -> bool {
        *self == Self { accepted: self.accepted, ..Self::default() }
    }
}

/// What is at the providers: how often each message, and when it came first (microseconds since 1970).
pub(crate) type Arrivals = HashMap<Uuid, (u32, u64)>;

/// Compares these accepted messages with the providers and the database. Returns what arrived too.
pub(crate) async fn verify(servers: &Servers, accepted: &[Uuid]) -> anyhow::Result<(Verdict, Arrivals)> {
    let asked: HashSet<Uuid> = accepted.iter().copied().collect();
    let (arrived, counts) = (servers.providers.dump().await?, servers.providers.counts().await?);
    let rows = servers.database.rows(accepted).await?;
    let is_sent = |id: &&Uuid| rows.get(id).is_some_and(|row| row.is_sent);
    let sent = asked.iter().filter(is_sent);
    let verdict = Verdict {
        accepted: accepted.len(),
        named_twice: accepted.len() - asked.len(),
        missing: asked.iter().filter(|id| !arrived.contains_key(id)).count(),
        unasked: arrived.keys().filter(|id| !asked.contains(id)).count(),
        duplicates: counts.duplicates,
        refused: counts.refused,
        not_sent: asked.len() - sent.clone().count(),
        without_provider_id: sent.filter(|id| !rows[id].has_provider_id).count(),
    };
    Ok((verdict, arrived))
}
