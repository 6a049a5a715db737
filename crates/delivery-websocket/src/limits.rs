//! How much a socket may ask of us.

use std::time::Duration;

/// The longest frame that is read, in bytes.
pub(crate) const LONGEST_FRAME: usize = 16 * 1024;
/// The most items that one frame may name.
pub(crate) const MOST_SEQS: usize = 1_000;
/// How many sockets of a process ask the store at once. The rest wait in line: a gap in the news sends all of them there. The store
/// answers many of them together.
pub(crate) const ASKING_AT_ONCE: usize = 512;
/// How many change something in it at once, each by itself, so that connections are left for everybody else.
pub(crate) const CHANGING_AT_ONCE: usize = 4;
/// How long the store may take to answer a socket.
pub(crate) const LONGEST_ANSWER: Duration = Duration::from_secs(5);
/// How soon a socket asks again after the store did not answer.
pub(crate) const ASK_AGAIN: Duration = Duration::from_secs(2);
/// How long a token may be over before it is noticed.
pub(crate) const LATEST_NOTICE: chrono::TimeDelta = chrono::TimeDelta::seconds(2);

/// How long a socket may take, and how many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketLimits {
    /// How soon the first frame must come.
    pub greeting: Duration,
    /// How often a socket is pinged, and all connected people are compared with the store.
    pub ping: Duration,
    /// How long nothing at all may come from a socket before it counts as dead.
    pub silence: Duration,
    /// How long a frame may wait for a reader who takes nothing.
    pub reading: Duration,
    /// How many sockets of one person a process holds.
    pub per_person: usize,
    /// How many frames a socket may send us within a second.
    pub frames_per_second: u32,
}

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            greeting: Duration::from_secs(5),
            ping: Duration::from_secs(25),
            silence: Duration::from_mins(1),
            reading: Duration::from_secs(10),
            per_person: 10,
            frames_per_second: 20,
        }
    }
}
