//! How a connection ends, and the code that says so (RFC 6455 §7.4).

use actix_ws::{CloseCode, CloseReason};

/// Why a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The client said goodbye.
    Left,
    /// The connection is gone: nobody is there to be told.
    Gone,
    /// The token does not hold, no longer holds, or is somebody else's.
    Token,
    /// No first frame in time.
    LateHello,
    /// The first frame is no greeting.
    NoHello,
    /// The person has as many sockets as they may.
    TooManySockets,
    /// More frames a second than a socket may send.
    TooManyFrames,
    /// The reader takes nothing, or too little.
    SlowReader,
    /// The database cannot be asked at the moment.
    Away,
    /// This process stops.
    Restart,
    /// Nothing came for too long, not even an answer to a ping.
    Silent,
    /// A frame of bytes, where all of ours are text.
    Binary,
    /// A text that is not UTF-8.
    NotText,
    /// A frame that is too long.
    TooLong,
    /// What came is no WebSocket.
    Protocol,
}

impl Ending {
    /// Code and reason. A client decides by the code alone: 1012 and 1013 ask it to come back with its cursor, 4401 with a new token.
    pub(crate) fn reason(self) -> Option<CloseReason> {
        let (code, text) = match self {
            Self::Gone => return None,
            Self::Left => (1000, "goodbye"),
            Self::Protocol => (1002, "this is no WebSocket frame"),
            Self::Binary => (1003, "frames are texts in JSON"),
            Self::NotText => (1007, "a text frame must be UTF-8"),
            Self::NoHello => (1008, "the first frame must be a hello"),
            Self::TooLong => (1009, "a frame has at most 16 KiB"),
            Self::Silent => (1011, "nothing was heard of the client"),
            Self::Restart => (1012, "the server restarts: come back with your cursor"),
            Self::SlowReader => (1013, "the reader is too slow: come back with your cursor"),
            Self::Away => (1013, "the service cannot be reached: come back with your cursor"),
            Self::Token => (4401, "the token does not hold"),
            Self::LateHello => (4408, "the first frame came too late"),
            Self::TooManySockets => (4429, "too many connections"),
            Self::TooManyFrames => (4429, "too many frames a second"),
        };
        Some(CloseReason { code: CloseCode::from(code), description: Some(text.to_owned()) })
    }
}
