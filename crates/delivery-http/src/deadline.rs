//! How long a caller waits at most for the database.

use std::time::Duration;

use carillon_application::Refusal;
use tokio::time::timeout;

use crate::problem::ApiError;

/// The longest that a request waits for the database, all its questions together.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The longest that a change of settings takes, which plans all reminders of a business anew in one transaction.
pub(crate) const LONGEST_CHANGE: Duration = Duration::from_mins(1);

/// The answer of a use case, or 503 once the time is over.
///
/// What if the use case was about to commit? It may still do so: a 503 does not say that nothing was done, which is what
/// `Idempotency-Key` is for.
pub(crate) async fn within<T>(
    left: Duration,
    work: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, ApiError> {
    if let Ok(answer) = timeout(left, work).await {
        return Ok(answer?);
    }
    tracing::warn!("the database did not answer a request in time");
    Err(ApiError::unavailable())
}
