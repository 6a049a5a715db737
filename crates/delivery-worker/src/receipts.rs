//! The loop that applies what providers said.

use std::time::Duration;

use carillon_application::ApplyReceipts;
use tokio_util::sync::CancellationToken;

/// How often it looks for what other processes kept, and for what had to wait. What this process keeps wakes it at once.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Applies receipts, until stopped.
pub async fn apply_receipts(apply: ApplyReceipts, stop: CancellationToken) {
    loop {
        match apply.run().await {
            Ok(some) if some.unmatched > 0 => {
                tracing::info!(
                    unmatched = some.unmatched,
                    "receipts speak of messages that are not stored here"
                );
            }
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(%error, "receipts could not be applied");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = apply.wait(LOOK_EVERY) => {}
        }
    }
}
