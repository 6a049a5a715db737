//! What tests need: a clock that is set by hand, fakes for each port, the contract suite of each port, private servers, and
//! providers over real HTTP that can be told how to behave.
//!
//! Architecture invariant: only ever a dev-dependency. A fake passes the same contract suite as the real adapter, so it cannot lie.
//!
//! To add a fake: a file named for its manner (`ScriptedEmailSender`), and its contract suite in `contract/`.

#![expect(clippy::missing_panics_doc, reason = "a fake or a builder panics where the test itself is wrong")]

pub mod build;
pub mod clock;
pub mod contract;
pub mod ids;
pub mod postgres;
pub mod providers;
pub mod redis;
pub mod senders;
pub mod websocket;
