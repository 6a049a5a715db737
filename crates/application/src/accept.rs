//! The last step of every request that makes messages: commit, then announce.
//!
//! What if we crash between the two? The commit is kept, and the sweeper puts the messages on the queue.

use carillon_domain::{Message, Notification, Principal, Status};
use carillon_ports::StoreError;
use carillon_ports::batches::BulkAcceptance;
use carillon_ports::ready::{Pace, Ready};
use carillon_ports::store::{Acceptance, Accepted, Batch, IdempotencyKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::HashMap;

use crate::measure::Counted;
use crate::{Ports, Refusal};

/// A caller's key and a hash of the request it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeatable {
    /// The `Idempotency-Key` as given.
    pub key: String,
    /// A hash of path and body.
    pub fingerprint: String,
}

impl Repeatable {
    /// The key to commit, with the answer that a repetition gets.
    pub fn with_answer(self, owner: String, answer: &impl Serialize) -> IdempotencyKey {
        let answer = serde_json::to_string(answer).unwrap_or_default();
        IdempotencyKey { owner, key: self.key, fingerprint: self.fingerprint, answer }
    }
}

/// The answer that a request with this key got before, whatever has changed since. Two requests at once both pass here; the commit
/// decides between them.
pub async fn replay<R: DeserializeOwned>(
    ports: &Ports,
    caller: &Principal,
    repeatable: Option<&Repeatable>,
) -> Result<Option<R>, Refusal> {
    let Some(repeatable) = repeatable else { return Ok(None) };
    match ports.store.find_answer(&caller.name(), &repeatable.key).await? {
        Some((fingerprint, answer)) if fingerprint == repeatable.fingerprint => read(&answer).map(Some),
        Some(_) => Err(Refusal::KeyReused),
        None => Ok(None),
    }
}

/// How often something is worked out again that others overtook.
const TRIES: usize = 5;

/// Works something out and commits it; again, from what is known by then, when somebody else changed it in the same moment.
pub async fn unless_overtaken<R, F>(work: impl Fn() -> F) -> Result<R, Refusal>
where
    F: Future<Output = Result<R, Refusal>>,
{
    let mut last = Err(Refusal::Store(StoreError::Overtaken));
    for _ in 0..TRIES {
        last = work().await;
        if !matches!(last, Err(Refusal::Store(StoreError::Overtaken))) {
            break;
        }
    }
    last
}

fn read<R: DeserializeOwned>(answer: &str) -> Result<R, Refusal> {
    serde_json::from_str(answer)
        .map_err(|_| Refusal::Store(StoreError::Corrupt("a stored answer cannot be read".to_owned())))
}

/// Commits an acceptance and announces what is due. Answers the report: this one, or that of the first request with the same key.
pub async fn accept<R: DeserializeOwned>(
    ports: &Ports,
    acceptance: Acceptance,
    report: R,
) -> Result<R, Refusal> {
    let ready = ready(&acceptance.notifications, &acceptance.messages, acceptance.batch);
    ports.load.admit(&ready)?;
    let counted = Counted::of(&acceptance);
    let accepted = ports.store.append(acceptance).await?;
    conclude(ports, accepted, counted, &ready, report).await
}

/// The same for a bulk request.
pub async fn accept_bulk<R: DeserializeOwned>(
    ports: &Ports,
    bulk: BulkAcceptance,
    report: R,
) -> Result<R, Refusal> {
    let Acceptance { notifications, messages, batch, .. } = &bulk.acceptance;
    let ready = ready(notifications, messages, *batch);
    ports.load.admit(&ready)?;
    let counted = Counted::of(&bulk.acceptance);
    let accepted = ports.batches.append_bulk(bulk).await?;
    conclude(ports, accepted, counted, &ready, report).await
}

#[tracing::instrument(level = "debug", name = "announce", skip_all, fields(messages = ready.len()))]
async fn conclude<R: DeserializeOwned>(
    ports: &Ports,
    accepted: Accepted,
    counted: Counted,
    ready: &[Ready],
    report: R,
) -> Result<R, Refusal> {
    match accepted {
        Accepted::Stored => {
            counted.count();
            ports.load.add(ready);
            announce(ports, ready).await;
            Ok(report)
        }
        Accepted::Replayed { answer } => read(&answer),
        Accepted::KeyReused => Err(Refusal::KeyReused),
    }
}

/// Puts what is due on the ready queue.
pub(crate) async fn announce(ports: &Ports, ready: &[Ready]) {
    if let Err(error) = ports.queues.push(ready).await {
        tracing::warn!(%error, "the ready queue is away; the sweeper will find what was accepted");
    }
}

/// What is due at once.
pub(crate) fn ready(
    notifications: &[Notification],
    messages: &[Message],
    batch: Option<Batch>,
) -> Vec<Ready> {
    let by_id: HashMap<_, _> =
        notifications.iter().map(|notification| (notification.id, notification)).collect();
    let pace = batch.map(|batch| Pace { batch: batch.id, per_minute: batch.per_minute });
    messages
        .iter()
        .filter(|message| message.status == Status::Queued)
        .filter_map(|message| {
            let notification = by_id.get(&message.notification)?;
            Some(Ready {
                message: message.id,
                class: message.class,
                business: notification.business.clone(),
                channel: message.channel,
                pace,
            })
        })
        .collect()
}
