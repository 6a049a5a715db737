//! Text messages by Twilio: `POST {base}/2010-04-01/Accounts/{AccountSid}/Messages.json`.
//!
//! Architecture invariant: one call is one text message, asked for once; whether to ask again is never decided here. Every request
//! names a `StatusCallback` that carries the message and the attempt, so that Twilio's receipts can settle a doubt. What Twilio
//! answers becomes a `SendError` in `error.rs` (HTTP status first, then the table of `codes.rs`), both pure and table-tested, and no
//! text of Twilio's is passed on: it quotes the number.
//!
//! Twilio's calls to us are verified in `signature.rs`, as a whole and before anything of them is used, and read in `receipts.rs`.
//!
//! To add a code: a row in `codes.rs`. To add a field of the request: `wire.rs` and the golden test in `tests/wire.rs`.

mod codes;
mod config;
mod error;
mod receipts;
mod signature;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use carillon_ports::provider::{SendError, Taken};
use carillon_ports::sms::{OutgoingSms, Price};
use carillon_ports::{Clock, SmsSender};
use carillon_provider_http::{Authorization, ProviderClient};
use chrono::{DateTime, Utc};

pub use config::{BASE_URL, SmsOrigin, TwilioConfig, TwilioSetupError};
pub use receipts::{TwilioInbound, TwilioStates};

/// Sends text messages by Twilio.
pub struct Twilio {
    client: ProviderClient,
    origin: SmsOrigin,
    callback: String,
    clock: Arc<dyn Clock>,
    account: String,
}

impl Twilio {
    /// Fails if the configuration cannot work; asks nothing of Twilio yet.
    pub fn new(config: &TwilioConfig, clock: Arc<dyn Clock>) -> Result<Self, TwilioSetupError> {
        let callback = config::callback(&config.public_url)?;
        let path = config::path(&config.account_sid)?;
        let authorization =
            Authorization::Basic { user: config.account_sid.clone(), password: config.auth_token.clone() };
        let client = ProviderClient::new(&config.base_url, &path, &authorization, config.limits)?;
        Ok(Self {
            client,
            origin: config.origin.clone(),
            callback,
            clock,
            account: config.account_sid.clone(),
        })
    }
}

#[async_trait]
impl SmsSender for Twilio {
    fn provider(&self) -> &'static str {
        "twilio"
    }

    async fn send(&self, sms: &OutgoingSms) -> Result<Taken, SendError> {
        let answer = self.client.post_form(&wire::form(sms, &self.origin, &self.callback)).await?;
        error::decide(&answer, self.clock.now())
    }

    async fn check(&self) -> Result<(), SendError> {
        let path = format!("/2010-04-01/Accounts/{}.json", self.account);
        error::account(&self.client.get_at(&path).await?)
    }

    async fn price(&self, provider_id: &str) -> Result<Option<Price>, SendError> {
        let Some(path) = wire::message_path(&self.account, provider_id) else { return Ok(None) };
        wire::price(&self.client.get_at(&path).await?)
    }

    async fn find(&self, sms: &OutgoingSms, since: DateTime<Utc>) -> Result<Option<Taken>, SendError> {
        let answer = self.client.get(&wire::look_up(sms)).await?;
        wire::found(&answer, sms, since)
    }
}
