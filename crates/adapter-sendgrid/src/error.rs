//! What an answer of SendGrid's means.
//!
//! | answer | decision | because |
//! |---|---|---|
//! | 202 | taken; id from `X-Message-Id` | the only success in SendGrid's OpenAPI document; the body is empty, so a broken one changes nothing |
//! | 200, other 2xx | in doubt | 200 is the sandbox's, which we never ask for; nobody promised what another 2xx means |
//! | 400 about `from` | credential | "The from address does not match a verified Sender Identity": nobody's message failed |
//! | 400 about `personalizations.0.to.N.email` | rejected, bad address | the person's address is malformed |
//! | 3xx, 404, 405, a web page | credential | see `shared_refusal`: this is not SendGrid's API |
//! | 400, 413, 415, other 4xx | rejected | the same request would be refused again |
//! | 401, 403 | credential | key, permission, sender or credits: a matter of the account |
//! | 408 | unavailable | RFC 9110 §15.5.9: the request did not arrive whole |
//! | 429 | throttled until `X-RateLimit-Reset`, or `Retry-After` | documented by SendGrid (rate limits) |
//! | 503 with `Retry-After` | throttled until then | see `shared_refusal` |
//! | 500, 502, 503, other 5xx | unavailable | SendGrid says of itself that it failed: try again |
//! | 504 | in doubt | a gateway gave up waiting for the one who may have taken it |
//! | 1xx | unavailable | nothing was delivered |
//!
//! The texts hold statuses and names of fields only: SendGrid's own messages can quote the address.

use carillon_ports::provider::{SendError, Taken};
use carillon_provider_http::{Answer, provider_id, retry_at, shared_refusal};
use chrono::{DateTime, Utc};
use serde::Deserialize;

pub(crate) fn decide(answer: &Answer, now: DateTime<Utc>) -> Result<Taken, SendError> {
    if let Some(refusal) = shared_refusal(answer, now) {
        return Err(refusal);
    }
    match answer.status {
        202 => Ok(Taken { provider_id: answer.header("x-message-id").and_then(provider_id) }),
        status @ (200..=299 | 504) => Err(SendError::InDoubt(format!("status {status}"))),
        status @ (401 | 403) => Err(SendError::Credential(format!("status {status}"))),
        408 => Err(SendError::Unavailable("status 408".to_owned())),
        429 => Err(SendError::Throttled { retry_at: retry_at(answer, now), detail: "status 429".to_owned() }),
        status @ 400..=499 => Err(refusal(status, &fields(&answer.body))),
        status => Err(SendError::Unavailable(format!("status {status}"))),
    }
}

/// What the list of our key's permissions says: whether it may send.
pub(crate) fn scopes(answer: &Answer) -> Result<(), SendError> {
    let status = answer.status;
    match (status, serde_json::from_slice::<Scopes>(&answer.body)) {
        (200, Ok(scopes)) if scopes.scopes.iter().any(|scope| scope == "mail.send") => Ok(()),
        (200, Ok(_)) => Err(SendError::Credential("the key lacks the permission mail.send".to_owned())),
        (200, Err(_)) => {
            Err(SendError::Credential("this is not SendGrid's API, check its base URL".to_owned()))
        }
        (401 | 403, _) => Err(SendError::Credential(format!("status {status}"))),
        _ => Err(shared_refusal(answer, DateTime::UNIX_EPOCH)
            .unwrap_or_else(|| SendError::Unavailable(format!("status {status}")))),
    }
}

#[derive(Deserialize)]
struct Scopes {
    scopes: Vec<String>,
}

fn refusal(status: u16, fields: &[String]) -> SendError {
    let detail = if fields.is_empty() {
        format!("status {status}")
    } else {
        format!("status {status}, {}", fields.join(" "))
    };
    if status == 400 && fields.iter().any(|field| field == "from" || field.starts_with("from.")) {
        return SendError::Credential(detail);
    }
    SendError::Rejected {
        code: status.to_string(),
        detail,
        bad_address: status == 400 && fields.iter().any(|field| is_recipient(field)),
    }
}

fn is_recipient(field: &str) -> bool {
    field.starts_with("personalizations.0.to.") && field.rsplit('.').next() == Some("email")
}

/// The fields that SendGrid complains of; at most three, and only what looks like the name of a field.
fn fields(body: &[u8]) -> Vec<String> {
    let complaints: Complaints = serde_json::from_slice(body).unwrap_or_default();
    let is_name = |field: &String| {
        field.len() <= 60 && field.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    complaints.errors.into_iter().filter_map(|error| error.field).filter(is_name).take(3).collect()
}

#[derive(Deserialize, Default)]
struct Complaints {
    errors: Vec<Complaint>,
}

#[derive(Deserialize)]
struct Complaint {
    field: Option<String>,
}

#[cfg(test)]
#[path = "error_tests.rs"]
mod tests;
