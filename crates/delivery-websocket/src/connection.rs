//! A connection from its first frame to its last.

use std::sync::Arc;

use actix_ws::{MessageStream, Session};
use tokio::time::Instant;

use crate::conversation::Conversation;
use crate::incoming::Incoming;
use crate::live::Shared;
use crate::wire::Wire;

/// A connection.
pub(crate) struct Connection {
    live: Arc<Shared>,
    wire: Wire,
    incoming: Incoming,
}

impl Connection {
    /// A connection that was just opened.
    pub(crate) fn new(session: Session, frames: MessageStream, live: Arc<Shared>) -> Self {
        let limits = &live.settings.limits;
        let (wire, incoming) = (Wire::new(session, limits.reading), Incoming::new(frames, limits));
        Self { live, wire, incoming }
    }

    /// Talks until one side ends it, and says why.
    pub(crate) async fn run(self) {
        let Self { live, mut wire, mut incoming } = self;
        let started = Instant::now();
        let ending = Conversation { live: &live, wire: &mut wire, incoming: &mut incoming }.run().await;
        let seconds = started.elapsed().as_secs();
        tracing::info!(websocket.ending = ?ending, seconds, "a live connection ended");
        wire.close(ending, live.settings.limits.silence).await;
    }
}
