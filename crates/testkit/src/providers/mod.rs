//! Providers over real connections on free loopback ports, which can be told how to behave.
//!
//! They share no code with the adapters: what they understand of a request is written down a second time here, so that an adapter
//! cannot agree with itself.

pub mod behaviour;
mod body;
pub mod callbacks;
mod http;
mod ledger;
pub mod prism;
pub mod samples;
pub mod sendgrid;
pub mod smtp;
pub mod twilio;

pub use behaviour::Behaviour;
pub use callbacks::{SendGridSigner, SignedRequest, TwilioSigner};
pub use http::Received;
pub use ledger::Call;
pub use prism::Prism;
pub use sendgrid::FakeSendGrid;
pub use smtp::{FakeSmtp, SmtpReply, SmtpStep};
pub use twilio::FakeTwilio;
