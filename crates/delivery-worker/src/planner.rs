//! The planner, the sweeper, and the one who tidies up.

use std::time::Duration;

use carillon_application::history::Forgotten;
use carillon_application::{ForgetHistory, KeepMoving, SendDigests};
use tokio_util::sync::CancellationToken;

/// The shortest wait between two looks.
const SHORTEST: Duration = Duration::from_millis(10);

/// How often what is no longer needed is forgotten.
const TIDY_EVERY: Duration = Duration::from_mins(30);

/// How often the loops look.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How often the planner looks for what is due.
    pub plan: Duration,
    /// How often the sweeper looks for what stands still.
    pub sweep: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { plan: Duration::from_millis(500), sweep: Duration::from_secs(5) }
    }
}

/// Queues what is due, until stopped.
pub async fn plan(keep_moving: KeepMoving, pace: Pace, stop: CancellationToken) {
    loop {
        // Sooner than usual where something is due sooner, so that it leaves on time.
        let wait = match keep_moving.queue_due().await {
            Ok(next) => next
                .and_then(|next| next.to_std().ok())
                .map_or(pace.plan, |next| next.clamp(SHORTEST, pace.plan)),
            Err(error) => {
                tracing::warn!(%error, "what is due could not be queued");
                pace.plan
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Puts back on the queue what stands still, until stopped. The first round takes everything: an in-process queue starts empty.
pub async fn sweep(keep_moving: KeepMoving, pace: Pace, stop: CancellationToken) {
    let mut at_start = true;
    loop {
        match keep_moving.sweep(at_start).await {
            Ok(0) => at_start = false,
            Ok(found) => {
                tracing::info!(found, "messages that stood still are on the queue again");
                at_start = false;
            }
            Err(error) => tracing::warn!(%error, "what stands still could not be found"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pace.sweep) => {}
        }
    }
}

/// How often lists that are due are looked for.
const LIST_EVERY: Duration = Duration::from_secs(5);

/// Sends lists that are due, until stopped.
pub async fn send_lists(digests: SendDigests, stop: CancellationToken) {
    while tokio::time::timeout(LIST_EVERY, stop.cancelled()).await.is_err() {
        match digests.run().await {
            Ok(0) => {}
            Ok(sent) => tracing::info!(sent, "lists of messages were made"),
            Err(error) => tracing::warn!(%error, "lists that are due could not be made"),
        }
    }
}

/// Tidies up now and then, until stopped.
pub async fn tidy(keep_moving: KeepMoving, history: ForgetHistory, stop: CancellationToken) {
    loop {
        if let Err(error) = keep_moving.tidy().await {
            tracing::warn!(%error, "what is no longer needed could not be forgotten");
        }
        match history.run().await {
            Ok(forgotten) if forgotten == Forgotten::default() => {}
            Ok(Forgotten { rows, parts }) => {
                tracing::info!(rows, parts, "history that ended long ago was forgotten");
            }
            Err(error) => tracing::warn!(%error, "history could not be kept in order"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(TIDY_EVERY) => {}
        }
    }
}
