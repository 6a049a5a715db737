//! What every provider that is called over HTTP has in common: one connection pool, hard time-outs, a bounded reading of the
//! answer, and the line between "certainly not sent" and "in doubt".
//!
//! Architecture invariant: knows HTTP and the `SendError` port, and no provider. It never follows a redirect, never asks a proxy
//! named by the environment, never repeats a request by itself, and puts neither an address nor a URL into an error.
//!
//! To add a provider: an adapter crate that builds its request in `wire.rs`, calls [`ProviderClient`], and reads the
//! [`Answer`] in `error.rs`.

mod answer;
mod authorization;
mod client;
mod failure;
mod probe;
mod refusal;
mod setup;
mod waiting;

pub use answer::Answer;
pub use authorization::Authorization;
pub use client::{Limits, ProviderClient};
pub use probe::probe;
pub use refusal::shared_refusal;
pub use setup::SetupError;
pub use waiting::retry_at;

/// A provider's id of a message, if it looks like one: short, printable and without anything that could be an address.
pub fn provider_id(text: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    ((1..=100).contains(&text.len()) && text.chars().all(is_plain)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_an_id_is_kept_as_one() {
        assert_eq!(provider_id("LRzXl_NHStOGhQ4kofSm_A"), Some("LRzXl_NHStOGhQ4kofSm_A".to_owned()));
        for text in ["", "camille@example.com", "+33612345678", "a b", "a\r\nb", &"a".repeat(101)] {
            assert_eq!(provider_id(text), None, "{text:?}");
        }
    }
}
