//! The wire to a client, with an end to waiting for a reader who takes nothing.

use std::time::Duration;

use actix_ws::{Closed, Session};
use tokio::time::timeout;

use crate::ending::Ending;
use crate::frames::Outgoing;

/// Sends frames. Behind it lie some dozens of frames and what the network holds; nothing more is made for a reader before there is
/// room, so that each socket costs the same however slow it is.
pub(crate) struct Wire {
    session: Session,
    patience: Duration,
}

impl Wire {
    /// A wire whose reader may take nothing for so long.
    pub(crate) fn new(session: Session, patience: Duration) -> Self {
        Self { session, patience }
    }

    /// Sends a frame.
    pub(crate) async fn send(&mut self, frame: &Outgoing) -> Result<(), Ending> {
        in_time(self.patience, self.session.text(frame.text())).await
    }

    /// Asks whether the client is there.
    pub(crate) async fn ping(&mut self) -> Result<(), Ending> {
        in_time(self.patience, self.session.ping(b"")).await
    }

    /// Answers a ping.
    pub(crate) async fn pong(&mut self, payload: &[u8]) -> Result<(), Ending> {
        in_time(self.patience, self.session.pong(payload)).await
    }

    /// Says why, behind all that waits already, and hangs up. A reader who does not come back for it within `wait` learns no reason.
    pub(crate) async fn close(self, ending: Ending, wait: Duration) {
        if let Some(reason) = ending.reason() {
            drop(timeout(wait, self.session.close(Some(reason))).await);
        }
    }
}

async fn in_time(
    patience: Duration,
    sending: impl Future<Output = Result<(), Closed>>,
) -> Result<(), Ending> {
    match timeout(patience, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Closed)) => Err(Ending::Gone),
        Err(_) => Err(Ending::SlowReader),
    }
}
