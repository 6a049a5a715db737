//! E-mail by SendGrid (Twilio), over its v3 Web API: `POST {base}/v3/mail/send`.
//!
//! Architecture invariant: one call is one e-mail to one person, asked for once; whether to ask again is never decided here. Every
//! request carries `custom_args {message_id, attempt}`, so that SendGrid's events can settle a doubt. What SendGrid answers
//! becomes a `SendError` in `error.rs`, a pure function with a table test, and no text of SendGrid's is passed on: it can hold
//! the person's address.
//!
//! What SendGrid says of an e-mail afterwards comes in as signed events: `signature.rs` verifies them over the raw bytes, and only
//! then `receipts.rs` reads them. Of what they hold, codes stay and people go.
//!
//! To add a field of the request: `wire.rs` and the golden test in `tests/wire.rs`. To add a row of the error table: `error.rs`. To add an
//! event: the table of `receipts.rs`.

mod error;
mod receipts;
mod scrub;
mod signature;
mod softness;
mod suppressions;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use carillon_ports::email::OutgoingEmail;
use carillon_ports::provider::{SendError, Taken};
use carillon_ports::{Clock, EmailSender};
use carillon_provider_http::{Authorization, Limits, ProviderClient, SetupError};
use secrecy::SecretString;

pub use receipts::SendGridEvents;
pub use signature::{WebhookKeyError, WebhookKeys};
pub use suppressions::SendGridSuppressions;

/// SendGrid's address for accounts that are not bound to the EU; those use `https://api.eu.sendgrid.com`.
pub const BASE_URL: &str = "https://api.sendgrid.com";

/// How to reach an account.
#[derive(Debug, Clone)]
pub struct SendGridConfig {
    /// An API key (`SG.…`) with the permission "Mail Send".
    pub api_key: SecretString,
    /// As a rule [`BASE_URL`].
    pub base_url: String,
    /// How long a call may take.
    pub limits: Limits,
}

impl SendGridConfig {
    /// With SendGrid's own address and the usual time-outs.
    pub fn new(api_key: SecretString) -> Self {
        Self { api_key, base_url: BASE_URL.to_owned(), limits: Limits::default() }
    }
}

/// Sends e-mail by SendGrid.
pub struct SendGrid {
    client: ProviderClient,
    clock: Arc<dyn Clock>,
}

impl SendGrid {
    /// Fails if the key or the base URL cannot be used; asks nothing of SendGrid yet.
    pub fn new(config: &SendGridConfig, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let authorization = Authorization::Bearer(config.api_key.clone());
        let client = ProviderClient::new(&config.base_url, "/v3/mail/send", &authorization, config.limits)?;
        Ok(Self { client, clock })
    }
}

#[async_trait]
impl EmailSender for SendGrid {
    fn provider(&self) -> &'static str {
        "sendgrid"
    }

    async fn send(&self, email: &OutgoingEmail) -> Result<Taken, SendError> {
        email.require_ascii()?;
        let answer = self.client.post_json(&wire::MailSend::of(email)).await?;
        error::decide(&answer, self.clock.now())
    }

    async fn check(&self) -> Result<(), SendError> {
        error::scopes(&self.client.get_at("/v3/scopes").await?)
    }
}
