//! What a client sends: whole frames, not too long, not too many, and now and then a sign of life.

use std::error::Error;
use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use actix_ws::{AggregatedMessage, AggregatedMessageStream, MessageStream, ProtocolError};
use tokio::time::{Instant, timeout_at};

use crate::ending::Ending;
use crate::limits::{LONGEST_FRAME, SocketLimits};

/// A frame.
pub(crate) enum Frame {
    /// One of the protocol, to be read.
    Text(String),
    /// A ping, to be answered.
    Ping(Bytes),
    /// A sign of life.
    Pong,
}

/// The frames that a client sends.
pub(crate) struct Incoming {
    frames: AggregatedMessageStream,
    silence: Duration,
    heard_at: Instant,
    meter: Meter,
}

impl Incoming {
    /// The frames of a connection.
    pub(crate) fn new(frames: MessageStream, limits: &SocketLimits) -> Self {
        let now = Instant::now();
        Self {
            frames: frames
                .max_frame_size(LONGEST_FRAME)
                .aggregate_continuations()
                .max_continuation_size(LONGEST_FRAME),
            silence: limits.silence,
            heard_at: now,
            meter: Meter { most: limits.frames_per_second, since: now, count: 0 },
        }
    }

    /// The next frame. Whoever gives up waiting loses none.
    pub(crate) async fn next(&mut self) -> Result<Frame, Ending> {
        let received =
            timeout_at(self.heard_at + self.silence, self.frames.recv()).await.map_err(|_| Ending::Silent)?;
        self.heard_at = Instant::now();
        if !self.meter.allows(self.heard_at) {
            return Err(Ending::TooManyFrames);
        }
        match received {
            None => Err(Ending::Gone),
            Some(Err(error)) => Err(broken(&error)),
            Some(Ok(AggregatedMessage::Text(text))) => Ok(Frame::Text(text.to_string())),
            Some(Ok(AggregatedMessage::Ping(payload))) => Ok(Frame::Ping(payload)),
            Some(Ok(AggregatedMessage::Pong(_))) => Ok(Frame::Pong),
            Some(Ok(AggregatedMessage::Binary(_))) => Err(Ending::Binary),
            Some(Ok(AggregatedMessage::Close(_))) => Err(Ending::Left),
        }
    }
}

/// What an unreadable frame says of the connection.
fn broken(error: &ProtocolError) -> Ending {
    match error {
        ProtocolError::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => Ending::NotText,
        ProtocolError::Io(error)
            if error.get_ref().is_some_and(<dyn Error + Send + Sync>::is::<PayloadError>) =>
        {
            Ending::Gone
        }
        // Of all parts of a message together the library says so in words alone.
        ProtocolError::Overflow | ProtocolError::Io(_) => Ending::TooLong,
        _ => Ending::Protocol,
    }
}

/// Counts frames by the second.
struct Meter {
    most: u32,
    since: Instant,
    count: u32,
}

impl Meter {
    fn allows(&mut self, now: Instant) -> bool {
        if now.duration_since(self.since) >= Duration::from_secs(1) {
            (self.since, self.count) = (now, 0);
        }
        self.count += 1;
        self.count <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_frames_a_second_and_no_more() {
        let start = Instant::now();
        let mut meter = Meter { most: 3, since: start, count: 0 };
        let allowed = |meter: &mut Meter, ms| meter.allows(start + Duration::from_millis(ms));
        assert!((0..3).all(|ms| allowed(&mut meter, ms)));
        assert!(!allowed(&mut meter, 999));
        assert!(allowed(&mut meter, 1_000));
    }
}
