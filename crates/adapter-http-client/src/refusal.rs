//! Answers that mean the same for every provider: no API is at this address, or it is closed for a while.
//!
//! | answer | decision | because |
//! |---|---|---|
//! | 3xx, 404, 405, 410, 421, 501 | credential | an endpoint that every message is posted to is missing: the base URL is wrong, no message failed |
//! | any other 4xx with an HTML page, but 408, 413, 429 | credential | a web server answers, and not the provider's API |
//! | 503 with `Retry-After` | throttled until then | RFC 9110 §10.2.3: closed on purpose, and certainly not sent |
//! | anything else | none: the provider's own table decides | |

use carillon_ports::SendError;
use chrono::{DateTime, Utc};

use crate::answer::Answer;
use crate::waiting::retry_at;

/// The decision for an answer that no provider's own table needs to know; `None` for every other.
pub fn shared_refusal(answer: &Answer, now: DateTime<Utc>) -> Option<SendError> {
    let status = answer.status;
    match status {
        300..=399 | 404 | 405 | 410 | 421 | 501 => Some(SendError::Credential(misplaced(answer))),
        408 | 413 | 429 => None,
        400..=499 if answer.is_page() => Some(SendError::Credential(misplaced(answer))),
        503 if answer.header("retry-after").is_some() => {
            let retry_at = Some(retry_at(answer, now)?);
            Some(SendError::Throttled { retry_at, detail: "status 503".to_owned() })
        }
        _ => None,
    }
}

fn misplaced(answer: &Answer) -> String {
    let page = if answer.is_page() { " with a web page" } else { "" };
    format!("status {}{page}: the provider's API is not at this address, check its base URL", answer.status)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use reqwest::header::HeaderMap;

    use super::*;

    fn answer(status: u16, media_type: &str, body: &str) -> Answer {
        let mut headers = HeaderMap::new();
        if !media_type.is_empty() {
            headers.insert("content-type", media_type.parse().unwrap());
        }
        Answer { status, headers, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn an_address_without_the_api_is_a_matter_of_the_set_up() {
        let is_credential = |status, media_type, body| match shared_refusal(
            &answer(status, media_type, body),
            DateTime::UNIX_EPOCH,
        ) {
            Some(SendError::Credential(_)) => true,
            None => false,
            other => panic!("{status}: {other:?}"),
        };
        for status in [301, 302, 308, 404, 405, 410, 421, 501] {
            assert!(is_credential(status, "", ""), "{status}");
            assert!(is_credential(status, "application/json", "{}"), "{status}");
        }
        for (media_type, body) in [
            ("text/html", ""),
            ("Text/HTML; charset=utf-8", "not found"),
            ("application/xhtml+xml", ""),
            ("", "\u{feff}\n <!DOCTYPE html><html>"),
            ("text/plain", "<HTML><body>400 The plain HTTP request was sent to HTTPS port"),
        ] {
            assert!(is_credential(400, media_type, body), "{media_type} {body}");
        }
        for status in [200, 202, 204, 400, 408, 413, 415, 422, 429, 500, 502, 503, 504] {
            assert!(!is_credential(status, "application/json", "{}"), "{status}");
        }
        for status in [200, 202, 408, 413, 429, 500, 502, 503, 504] {
            assert!(!is_credential(status, "text/html", "<html>"), "{status}");
        }
    }

    #[test]
    fn a_provider_that_is_closed_for_a_while_is_left_alone_until_then() {
        let now = DateTime::from_timestamp(1_796_112_000, 0).unwrap();
        let mut closed = answer(503, "", "");
        closed.headers.insert("retry-after", "120".parse().unwrap());
        let retry_at = Some(now + TimeDelta::seconds(120));
        let expected = SendError::Throttled { retry_at, detail: "status 503".to_owned() };
        assert_eq!(shared_refusal(&closed, now), Some(expected));
        closed.headers.insert("retry-after", "soon".parse().unwrap());
        assert_eq!(shared_refusal(&closed, now), None);
    }
}
