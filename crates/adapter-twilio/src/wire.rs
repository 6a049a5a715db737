//! The requests, and what is read of the list of messages.

use carillon_domain::sms;
use carillon_ports::provider::{SendError, Taken};
use carillon_ports::sms::{OutgoingSms, Price};
use carillon_provider_http::{Answer, provider_id};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use crate::config::SmsOrigin;

/// The form's fields. Left at Twilio's defaults: `ValidityPeriod` (10 h), `RiskCheck` (on), `SmartEncoded` (the text was made
/// plain before its segments were counted, so Twilio has nothing to save).
pub(crate) fn form(sms: &OutgoingSms, origin: &SmsOrigin, callback: &str) -> [(&'static str, String); 4] {
    let (field, sender) = match origin {
        SmsOrigin::From(number) => ("From", number),
        SmsOrigin::MessagingService(sid) => ("MessagingServiceSid", sid),
    };
    let callback = format!("{callback}?m={}&a={}", sms.id.message, sms.id.attempt);
    [
        ("To", sms.to.expose().to_owned()),
        (field, sender.clone()),
        ("Body", sms.text.clone()),
        ("StatusCallback", callback),
    ]
}

/// The query for the newest messages to a number.
pub(crate) fn look_up(sms: &OutgoingSms) -> [(&'static str, String); 2] {
    [("To", sms.to.expose().to_owned()), ("PageSize", "20".to_owned())]
}

/// Machines whose clocks differ by so much still speak of the same message.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(2);

#[derive(Deserialize)]
struct Listed {
    messages: Vec<ListedMessage>,
}

#[derive(Deserialize)]
struct ListedMessage {
    sid: String,
    body: String,
    status: String,
    date_created: String,
}

/// The message among those listed: the same text, made since then, and not one that Twilio gave up by itself.
pub(crate) fn found(
    answer: &Answer,
    sms: &OutgoingSms,
    since: DateTime<Utc>,
) -> Result<Option<Taken>, SendError> {
    let unclear =
        || SendError::Unavailable(format!("the list of messages cannot be read (HTTP {})", answer.status));
    if answer.status != 200 {
        return Err(unclear());
    }
    let listed: Listed = serde_json::from_slice(&answer.body).map_err(|_| unclear())?;
    let is_it = |one: &ListedMessage| {
        let made_at = DateTime::parse_from_rfc2822(&one.date_created);
        one.body == sms.text
            && !matches!(one.status.as_str(), "failed" | "canceled")
            && made_at.is_ok_and(|at| at.with_timezone(&Utc) >= since - CLOCKS_DIFFER)
    };
    Ok(listed.messages.iter().find(|one| is_it(one)).map(|one| Taken { provider_id: provider_id(&one.sid) }))
}

/// The path of one message; none for an id that is not of Twilio's making.
pub(crate) fn message_path(account: &str, sid: &str) -> Option<String> {
    let is_sid = sid.len() == 34 && sid.bytes().all(|b| b.is_ascii_alphanumeric());
    is_sid.then(|| format!("/2010-04-01/Accounts/{account}/Messages/{sid}.json"))
}

#[derive(Deserialize)]
struct Priced {
    price: Option<String>,
    price_unit: Option<String>,
    num_segments: Option<String>,
}

/// What a message cost. Twilio writes costs as negative numbers, and none until it knows.
pub(crate) fn price(answer: &Answer) -> Result<Option<Price>, SendError> {
    let unclear = || SendError::Unavailable(format!("the price cannot be read (HTTP {})", answer.status));
    if answer.status != 200 {
        return Err(unclear());
    }
    let priced: Priced = serde_json::from_slice(&answer.body).map_err(|_| unclear())?;
    let (Some(price), Some(unit)) = (priced.price, priced.price_unit) else { return Ok(None) };
    let cost: sms::Price = price.trim_start_matches('-').parse().map_err(|_| unclear())?;
    let segments = priced.num_segments.and_then(|count| count.parse().ok()).unwrap_or(1);
    Ok(Some(Price { currency: unit.to_ascii_uppercase(), micros: cost.micros(), segments }))
}
