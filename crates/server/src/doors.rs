//! The doors by which providers call us: each opens to whoever can sign.

use std::sync::Arc;

use anyhow::Context;
use carillon_adapter_sendgrid::{SendGridEvents, WebhookKeys};
use carillon_adapter_twilio::{TwilioInbound, TwilioStates};
use carillon_application::Doors;
use carillon_ports::{Clock, ReceiptSource};
use secrecy::SecretString;

use crate::config::Config;

/// Wires the doors. One without a key stays shut.
pub(crate) fn doors(config: &Config, clock: &Arc<dyn Clock>) -> anyhow::Result<Doors> {
    let mut doors = Doors::default();
    if let Some(keys) = &config.sendgrid_webhook_public_keys {
        let keys = WebhookKeys::parse(keys).context("SENDGRID_WEBHOOK_PUBLIC_KEYS")?;
        doors.sendgrid = Some(Arc::new(SendGridEvents::new(keys, clock.clone())));
    }
    if let Some(token) = &config.twilio_auth_token {
        let (token, url) = (SecretString::from(token.clone()), &config.carillon_public_url);
        let door = |source: Arc<dyn ReceiptSource>| Some(source);
        doors.twilio_states = door(Arc::new(TwilioStates::new(&token, url, clock.clone())));
        doors.twilio_inbound = door(Arc::new(TwilioInbound::new(&token, url, clock.clone())));
    }
    Ok(doors)
}

/// Which receipts can come in, in words.
pub(crate) fn describe(config: &Config) -> String {
    let email = if config.sendgrid_webhook_public_keys.is_some() {
        "SendGrid's events are verified"
    } else {
        "none of SendGrid's (SENDGRID_WEBHOOK_PUBLIC_KEYS is not set)"
    };
    let sms = if config.twilio_auth_token.is_some() {
        "Twilio's are verified"
    } else {
        "none of Twilio's (TWILIO_AUTH_TOKEN is not set)"
    };
    format!("{email}; {sms}")
}
