//! The loop that completes what somebody began with texts of people: settles those that were only kept, and passes on what waits for staff.

use std::time::Duration;

use carillon_application::{AnswerTexts, PassOnTexts};
use tokio_util::sync::CancellationToken;

/// How often it looks. Whoever brings a text does both at once, unless staff were told a moment ago.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Completes texts, until stopped.
pub async fn complete_texts(answer: AnswerTexts, pass_on: PassOnTexts, stop: CancellationToken) {
    loop {
        match answer.catch_up().await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "text messages of people were settled late"),
            Err(error) => tracing::warn!(%error, "text messages of people could not be settled"),
        }
        if let Err(error) = pass_on.run().await {
            tracing::warn!(%error, "text messages of people could not be passed on");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}
