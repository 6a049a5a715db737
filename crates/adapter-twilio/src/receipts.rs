//! What Twilio calls us for: the states of a text message, and text messages that people send.
//!
//! | state | what it says |
//! |---|---|
//! | accepted, scheduled, queued, sending | processed |
//! | sent, delivered, undelivered, failed | the same |
//! | canceled | failed |
//! | read | opened |
//! | anything else | passed over |
//!
//! Twilio gives no id to a callback: message and state together are one. It gives no time either, but to the minute and in no zone that
//! is said: what counts is when the callback came.

use std::sync::Arc;

use carillon_domain::PhoneNumber;
use carillon_domain::receipt::{Said, Verdict as AddressVerdict};
use carillon_ports::provider::Try;
use carillon_ports::receipts::{Address, Callback, Forged, InboundSms, NewReceipt, Opened, OptOut};
use carillon_ports::{Clock, ReceiptSource};
use carillon_provider_http::provider_id;
use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::codes::{Verdict, look_up};
use crate::signature::{Parameters, Verifier, query, value};

/// The code of a number whose owner replied STOP.
const STOPPED: u32 = 21610;
/// A text message has at most 1600 characters.
const LONGEST_TEXT: usize = 1600;

/// Verifies and reads the states of text messages.
pub struct TwilioStates {
    verifier: Verifier,
    clock: Arc<dyn Clock>,
}

/// Verifies and reads text messages that people send.
pub struct TwilioInbound {
    verifier: Verifier,
    clock: Arc<dyn Clock>,
}

impl TwilioStates {
    /// Believes what this account's token signed, for our own address as it is spelled in the configuration.
    pub fn new(auth_token: &SecretString, public_url: &str, clock: Arc<dyn Clock>) -> Self {
        Self { verifier: Verifier::new(auth_token, public_url), clock }
    }
}

impl TwilioInbound {
    /// Believes what this account's token signed, for our own address as it is spelled in the configuration.
    pub fn new(auth_token: &SecretString, public_url: &str, clock: Arc<dyn Clock>) -> Self {
        Self { verifier: Verifier::new(auth_token, public_url), clock }
    }
}

impl ReceiptSource for TwilioStates {
    fn provider(&self) -> &'static str {
        "twilio"
    }

    fn open(&self, callback: &Callback) -> Result<Opened, Forged> {
        let parameters = self.verifier.verify(callback)?;
        Ok(match receipt(&query(&callback.target), &parameters, self.clock.now()) {
            Some(receipt) => Opened { receipts: vec![receipt], ..Opened::default() },
            None => Opened { passed_over: 1, ..Opened::default() },
        })
    }
}

impl ReceiptSource for TwilioInbound {
    fn provider(&self) -> &'static str {
        "twilio"
    }

    fn open(&self, callback: &Callback) -> Result<Opened, Forged> {
        let parameters = self.verifier.verify(callback)?;
        Ok(match inbound(&parameters, self.clock.now()) {
            Some(text) => Opened { inbound: vec![text], ..Opened::default() },
            None => Opened { unreadable: 1, ..Opened::default() },
        })
    }
}

/// A state, if we know it. Where the address names no try of ours (a Messaging Service may have a callback of its own), the message is known
/// by Twilio's id.
fn receipt(address: &Parameters, form: &Parameters, now: DateTime<Utc>) -> Option<NewReceipt> {
    let attempt = value(address, "a").and_then(|attempt| attempt.parse().ok()).unwrap_or_default();
    let message = value(address, "m").and_then(|message| message.parse().ok());
    let of = message.map(|message| Try { message, attempt });
    let sid = provider_id(value(form, "MessageSid").or_else(|| value(form, "SmsSid"))?)?;
    let state = value(form, "MessageStatus").or_else(|| value(form, "SmsStatus"))?;
    let meaning = meaning(state)?;
    let code = value(form, "ErrorCode").and_then(|code| code.parse().ok()).filter(|code| *code > 0);
    let to = value(form, "To").and_then(|to| PhoneNumber::parse(to).ok());
    Some(NewReceipt {
        provider: "twilio",
        event_id: format!("{sid}/{state}"),
        of,
        said: meaning,
        detail: code.map(describe),
        provider_id: Some(sid),
        verdict: code.and_then(|code| verdict(meaning, code)).zip(to.map(Address::Phone)),
        at: now,
    })
}

fn meaning(state: &str) -> Option<Said> {
    Some(match state {
        "accepted" | "scheduled" | "queued" | "sending" => Said::Processed,
        "sent" => Said::Sent,
        "delivered" => Said::Delivered,
        "undelivered" => Said::Undelivered,
        "failed" | "canceled" => Said::Failed,
        "read" => Said::Opened,
        _ => return None,
    })
}

/// A code speaks of the address only where the message did not arrive.
fn verdict(said: Said, code: u32) -> Option<AddressVerdict> {
    let (verdict, _) = look_up(code).filter(|_| matches!(said, Said::Undelivered | Said::Failed))?;
    match verdict {
        Verdict::BadAddress if code == STOPPED => Some(AddressVerdict::Stopped),
        Verdict::BadAddress => Some(AddressVerdict::Dead),
        Verdict::Refused | Verdict::Throttled | Verdict::Fault | Verdict::Ours => None,
    }
}

fn describe(code: u32) -> String {
    look_up(code).map_or_else(|| format!("code {code}"), |(_, meaning)| format!("code {code}: {meaning}"))
}

fn inbound(parameters: &Parameters, now: DateTime<Utc>) -> Option<InboundSms> {
    let sid = value(parameters, "MessageSid").or_else(|| value(parameters, "SmsSid"))?;
    let from = value(parameters, "From")?;
    Some(InboundSms {
        provider: "twilio",
        provider_id: provider_id(sid)?,
        from: from.chars().take(64).collect(),
        sender: PhoneNumber::parse(from).ok(),
        text: value(parameters, "Body").unwrap_or_default().chars().take(LONGEST_TEXT).collect(),
        opt_out: match value(parameters, "OptOutType") {
            Some("STOP") => Some(OptOut::Stop),
            Some("START") => Some(OptOut::Start),
            Some("HELP") => Some(OptOut::Help),
            _ => None,
        },
        at: now,
    })
}

#[cfg(test)]
#[path = "receipts_tests.rs"]
mod tests;
