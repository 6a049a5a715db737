//! Connections that are kept for the next e-mail.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::client::AsyncSmtpConnection;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// Shorter than relays wait for the next command. One that is closed all the same is noticed at `MAIL FROM`, which is harmless.
const LONGEST_REST: Duration = Duration::from_secs(30);

/// At most so many connections at once; the idle ones rest here, the last used on top.
pub(crate) struct Pool {
    places: Semaphore,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl Pool {
    pub(crate) fn new(connections: usize) -> Self {
        Self { places: Semaphore::new(connections.max(1)), idle: Mutex::default() }
    }

    /// Waits until a connection may be used; hold the place as long as it is.
    pub(crate) async fn place(&self) -> Option<SemaphorePermit<'_>> {
        // Only a closed semaphore fails, and this one is never closed.
        self.places.acquire().await.ok()
    }

    pub(crate) fn take(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle();
        idle.retain(|(_, since)| since.elapsed() < LONGEST_REST);
        idle.pop().map(|(line, _)| line)
    }

    pub(crate) fn park(&self, line: AsyncSmtpConnection) {
        self.idle().push((line, Instant::now()));
    }

    fn idle(&self) -> MutexGuard<'_, Vec<(AsyncSmtpConnection, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
