//! The way in by WebSocket, `GET /v1/ws`: a person's browser or app hears at once what changes in their inbox. `docs/websocket.md`
//! describes the protocol for those who write clients.
//!
//! Architecture invariant: an item is only ever read from the store, after the socket's own cursor; news say where to look and nothing
//! more. So whatever becomes of the news (late, twice, out of order, lost), a socket sends each item once and in order, and a client
//! that comes back with its cursor goes on where it was. News are flags on a `seat`, not a queue: a burst costs a person one
//! page of items, and a slow reader costs us nothing that grows.
//!
//! How the parts meet: [`Live`] has one `hub` a process, which knows who sits where; [`Live::run`] hears the feed and compares
//! all connected people with the store every 25 s; a connection is a `conversation` that first greets and then
//! follows (`follow`).
//!
//! What was sent wrong is answered by what it says of the sender. A frame that is no frame of ours gets `{"op":"error",…}` and the
//! connection stays, so that a client with one mistake keeps its news; before the greeting, and where WebSocket itself is broken, the
//! connection is closed. All ways for a connection to end, with their codes, stand in `ending.rs`.
//!
//! Compression (permessage-deflate) is never agreed to. Nothing here logs who is connected.
//!
//! To add a frame: a variant in `frames.rs`, its arm in `follow.rs`, a line in `docs/websocket.md`.

mod connection;
mod conversation;
mod ending;
mod follow;
mod frames;
mod hub;
mod incoming;
mod limits;
mod live;
mod open;
mod origins;
mod problem;
mod seat;
mod watch;
mod wire;

pub use limits::SocketLimits;
pub use live::{Live, LiveSettings};
pub use origins::{AllowedOrigins, OriginError};
