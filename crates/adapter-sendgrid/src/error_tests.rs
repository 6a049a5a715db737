use chrono::TimeDelta;

use super::*;

const RECIPIENT: &str = r#"{"errors":[{"message":"camille@example.com is no valid address.","field":"personalizations.0.to.0.email","help":null}]}"#;
const SENDER: &str = r#"{"errors":[{"message":"Does not contain a valid address.","field":"from.email"}]}"#;
const SUBJECT: &str = r#"{"errors":[{"message":"The subject is required.","field":"subject"}],"id":"x"}"#;
const ECHO: &str = r#"{"errors":[{"message":"no","field":"camille@example.com"},{"message":"no"}]}"#;

fn rejected(code: &str, detail: &str, bad_address: bool) -> Result<Taken, SendError> {
    Err(SendError::Rejected { code: code.to_owned(), detail: detail.to_owned(), bad_address })
}

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, headers: reqwest::header::HeaderMap::new(), body: body.as_bytes().to_vec() }
}

#[test]
fn every_answer_forces_one_decision() {
    let credential = |text: &str| Err(SendError::Credential(text.to_owned()));
    let misplaced = |what: &str| {
        credential(&format!("{what}: the provider's API is not at this address, check its base URL"))
    };
    let unavailable = |text: &str| Err(SendError::Unavailable(text.to_owned()));
    let in_doubt = |text: &str| Err(SendError::InDoubt(text.to_owned()));
    let throttled = Err(SendError::Throttled { retry_at: None, detail: "status 429".to_owned() });
    let table = [
        (202, "", Ok(Taken { provider_id: None })),
        (202, "<html>garbage", Ok(Taken { provider_id: None })),
        (200, "{}", in_doubt("status 200")),
        (204, "", in_doubt("status 204")),
        (307, "", misplaced("status 307")),
        (400, SUBJECT, rejected("400", "status 400, subject", false)),
        (400, RECIPIENT, rejected("400", "status 400, personalizations.0.to.0.email", true)),
        (400, SENDER, credential("status 400, from.email")),
        (400, ECHO, rejected("400", "status 400", false)),
        (400, "<html>", misplaced("status 400 with a web page")),
        (400, r#"{"errors":"no list"}"#, rejected("400", "status 400", false)),
        (401, RECIPIENT, credential("status 401")),
        (403, SENDER, credential("status 403")),
        (404, "", misplaced("status 404")),
        (404, "<html><title>404</title>", misplaced("status 404 with a web page")),
        (405, "<html>", misplaced("status 405 with a web page")),
        (408, "", unavailable("status 408")),
        (413, "", rejected("413", "status 413", false)),
        (415, "", rejected("415", "status 415", false)),
        (422, RECIPIENT, rejected("422", "status 422, personalizations.0.to.0.email", false)),
        (429, "", throttled),
        (500, RECIPIENT, unavailable("status 500")),
        (502, "", unavailable("status 502")),
        (503, "", unavailable("status 503")),
        (504, "", in_doubt("status 504")),
        (599, "", unavailable("status 599")),
    ];
    for (status, body, expected) in table {
        let decision = decide(&answer(status, body), DateTime::UNIX_EPOCH);
        assert_eq!(decision, expected, "{status} {body}");
        assert!(!format!("{decision:?}").contains("camille"), "{status} {body}");
    }
}

#[test]
fn the_provider_id_is_what_x_message_id_says_if_it_is_an_id() {
    let mut taken = answer(202, "");
    for (header, id) in [("LRzXl_NHStOGhQ4kofSm_A", Some("LRzXl_NHStOGhQ4kofSm_A")), ("a b", None)] {
        taken.headers.insert("X-Message-Id", header.parse().unwrap());
        let expected = Taken { provider_id: id.map(str::to_owned) };
        assert_eq!(decide(&taken, DateTime::UNIX_EPOCH), Ok(expected));
    }
}

#[test]
fn a_throttled_call_comes_back_at_the_reset() {
    let now = DateTime::from_timestamp(1_796_112_000, 0).unwrap();
    let mut throttled = answer(429, "");
    throttled.headers.insert("X-RateLimit-Reset", "1796112030".parse().unwrap());
    let at = now + TimeDelta::seconds(30);
    let expected = SendError::Throttled { retry_at: Some(at), detail: "status 429".to_owned() };
    assert_eq!(decide(&throttled, now), Err(expected));
}

#[test]
fn a_key_is_good_when_it_may_send() {
    assert_eq!(scopes(&answer(200, r#"{"scopes":["mail.send","stats.read"]}"#)), Ok(()));
    for (status, body) in [
        (200, r#"{"scopes":["stats.read"]}"#),
        (200, "<html>welcome"),
        (401, "{}"),
        (403, "{}"),
        (404, "<html>"),
        (405, ""),
    ] {
        let said = scopes(&answer(status, body));
        assert!(matches!(said, Err(SendError::Credential(_))), "{status} {body} {said:?}");
    }
    assert!(matches!(scopes(&answer(500, "")), Err(SendError::Unavailable(_))));
}
