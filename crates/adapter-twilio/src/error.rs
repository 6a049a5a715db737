//! What an answer of Twilio's means. Twilio renames and splits its codes without notice, so the HTTP status decides first, and a
//! code only refines a 4xx.
//!
//! | answer | decision | because |
//! |---|---|---|
//! | 201 | taken; id from `sid` | the only success in Twilio's OpenAPI document. A body that is cut or garbage changes nothing: 201 says *created*, so the id is unknown, the message is not |
//! | other 2xx with a `sid` | taken | a sid exists only for a message that was made |
//! | other 2xx | in doubt | nobody promised what it means |
//! | 401, 403 | credential | account, key or permission |
//! | 408 | unavailable | RFC 9110 §15.5.9: the request did not arrive whole |
//! | 429 | throttled | "never processed and always safe to retry" (Twilio, error 20429) |
//! | 3xx, 404, 405, a web page, without a code of the table | credential | see `shared_refusal`: this is not Twilio's API |
//! | 503 with `Retry-After` | throttled until then | see `shared_refusal` |
//! | 400 and other 4xx | by the table of `codes.rs`; unknown code: rejected | the same request would be refused again |
//! | 500, 502, 503, other 5xx | unavailable | Twilio says of itself that it failed: try again |
//! | 504 | in doubt | a gateway gave up waiting for the one who may have taken it |
//! | 1xx | unavailable | nothing was delivered |
//!
//! 21610 (the person replied STOP) counts as a bad address: no other try and no other message may go there until START.

use carillon_ports::provider::{SendError, Taken};
use carillon_provider_http::{Answer, provider_id, retry_at, shared_refusal};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::codes::{Verdict, look_up};

pub(crate) fn decide(answer: &Answer, now: DateTime<Utc>) -> Result<Taken, SendError> {
    let status = answer.status;
    let is_known = read::<Refusal>(&answer.body).and_then(|refusal| refusal.code).and_then(look_up).is_some();
    if let Some(refusal) = shared_refusal(answer, now).filter(|_| status == 503 || !is_known) {
        return Err(refusal);
    }
    match status {
        201 => Ok(Taken { provider_id: sid(answer) }),
        200..=299 => match sid(answer) {
            Some(sid) => Ok(Taken { provider_id: Some(sid) }),
            None => Err(SendError::InDoubt(format!("status {status}"))),
        },
        400..=499 => Err(refusal(answer, now)),
        504 => Err(SendError::InDoubt("status 504".to_owned())),
        _ => Err(SendError::Unavailable(format!("status {status}"))),
    }
}

/// What the account says of itself: whether it can send.
pub(crate) fn account(answer: &Answer) -> Result<(), SendError> {
    let status = answer.status;
    match (status, read::<Account>(&answer.body)) {
        (200, Some(account)) if account.status == "active" => Ok(()),
        (200, Some(_)) => Err(SendError::Credential("the account is suspended or closed".to_owned())),
        (200, None) => Err(SendError::Credential("this is not Twilio's API, check its base URL".to_owned())),
        (401 | 403, _) => Err(SendError::Credential(format!("status {status}"))),
        _ => Err(shared_refusal(answer, DateTime::UNIX_EPOCH)
            .unwrap_or_else(|| SendError::Unavailable(format!("status {status}")))),
    }
}

#[derive(Deserialize)]
struct Account {
    status: String,
}

fn refusal(answer: &Answer, now: DateTime<Utc>) -> SendError {
    let code = read::<Refusal>(&answer.body).and_then(|refusal| refusal.code);
    let row = code.and_then(look_up);
    let detail = describe(answer.status, code, row.map(|(_, meaning)| meaning));
    let verdict = match answer.status {
        401 | 403 => Verdict::Ours,
        408 => Verdict::Fault,
        429 => Verdict::Throttled,
        _ => row.map_or(Verdict::Refused, |(verdict, _)| verdict),
    };
    match verdict {
        Verdict::BadAddress | Verdict::Refused => SendError::Rejected {
            code: code.unwrap_or_else(|| answer.status.into()).to_string(),
            detail,
            bad_address: verdict == Verdict::BadAddress,
        },
        Verdict::Throttled => SendError::Throttled { retry_at: retry_at(answer, now), detail },
        Verdict::Fault => SendError::Unavailable(detail),
        Verdict::Ours => SendError::Credential(detail),
    }
}

fn describe(status: u16, code: Option<u32>, meaning: Option<&str>) -> String {
    match (code, meaning) {
        (Some(code), Some(meaning)) => format!("status {status}, code {code}: {meaning}"),
        (Some(code), None) => format!("status {status}, code {code}"),
        (None, _) => format!("status {status}"),
    }
}

fn sid(answer: &Answer) -> Option<String> {
    read::<Created>(&answer.body)?.sid.as_deref().and_then(provider_id)
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}

#[derive(Deserialize)]
struct Created {
    sid: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    code: Option<u32>,
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
