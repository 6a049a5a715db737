use chrono::TimeDelta;
use reqwest::header::HeaderMap;

use super::*;

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, headers: HeaderMap::new(), body: body.as_bytes().to_vec() }
}

fn error_body(code: u32) -> String {
    format!(r#"{{"code":{code},"message":"The number +33612345678 is bad","more_info":"x","status":400}}"#)
}

fn taken(sid: Option<&str>) -> Taken {
    Taken { provider_id: sid.map(str::to_owned) }
}

fn rejected(code: &str, detail: &str, bad_address: bool) -> Result<Taken, SendError> {
    Err(SendError::Rejected { code: code.to_owned(), detail: detail.to_owned(), bad_address })
}

#[test]
fn every_answer_forces_one_decision() {
    let credential = |text: &str| Err(SendError::Credential(text.to_owned()));
    let misplaced = |what: &str| {
        credential(&format!("{what}: the provider's API is not at this address, check its base URL"))
    };
    let unavailable = |text: &str| Err(SendError::Unavailable(text.to_owned()));
    let in_doubt = |text: &str| Err(SendError::InDoubt(text.to_owned()));
    let throttled = |text: &str| Err(SendError::Throttled { retry_at: None, detail: text.to_owned() });
    let table = [
        (201, r#"{"sid":"SM1","status":"queued"}"#.to_owned(), Ok(taken(Some("SM1")))),
        (201, r#"{"sid":null}"#.to_owned(), Ok(taken(None))),
        (201, r#"{"sid":"+33612345678"}"#.to_owned(), Ok(taken(None))),
        (201, r#"{"sid":"SM1","sta"#.to_owned(), Ok(taken(None))),
        (201, "<html>".to_owned(), Ok(taken(None))),
        (200, r#"{"sid":"SM1"}"#.to_owned(), Ok(taken(Some("SM1")))),
        (200, "<html>".to_owned(), in_doubt("status 200")),
        (302, String::new(), misplaced("status 302")),
        (400, String::new(), rejected("400", "status 400", false)),
        (400, error_body(12345), rejected("12345", "status 400, code 12345", false)),
        (400, error_body(21211), rejected("21211", "status 400, code 21211: not a valid number", true)),
        (400, error_body(21610), rejected("21610", "status 400, code 21610: the person replied STOP", true)),
        (400, error_body(21614), rejected("21614", "status 400, code 21614: not a mobile number", true)),
        (400, error_body(21617), rejected("21617", "status 400, code 21617: body too long", false)),
        (
            400,
            error_body(21606),
            credential("status 400, code 21606: sender not ours, or not for this destination"),
        ),
        (400, error_body(21611), throttled("status 400, code 21611: the sender's queue is full")),
        (400, error_body(20500), unavailable("status 400, code 20500: internal error")),
        (401, error_body(21211), credential("status 401, code 21211: not a valid number")),
        (403, String::new(), credential("status 403")),
        (404, error_body(20404), credential("status 404, code 20404: no such account")),
        (404, String::new(), misplaced("status 404")),
        (404, "<!doctype html>".to_owned(), misplaced("status 404 with a web page")),
        (405, "<html>".to_owned(), misplaced("status 405 with a web page")),
        (408, String::new(), unavailable("status 408")),
        (429, error_body(20429), throttled("status 429, code 20429: too many requests at once")),
        (500, error_body(21211), unavailable("status 500")),
        (502, String::new(), unavailable("status 502")),
        (503, error_body(20503), unavailable("status 503")),
        (504, String::new(), in_doubt("status 504")),
    ];
    for (status, body, expected) in table {
        let decision = decide(&answer(status, &body), DateTime::UNIX_EPOCH);
        assert_eq!(decision, expected, "{status} {body}");
        assert!(!format!("{decision:?}").contains("336"), "{status} {body}");
    }
}

#[test]
fn a_throttled_call_comes_back_when_twilio_says() {
    let mut throttled = answer(429, "");
    throttled.headers.insert("Retry-After", "7".parse().unwrap());
    let now = DateTime::from_timestamp(1_796_112_000, 0).unwrap();
    let at = now + TimeDelta::seconds(7);
    let expected = SendError::Throttled { retry_at: Some(at), detail: "status 429".to_owned() };
    assert_eq!(decide(&throttled, now), Err(expected));
}

#[test]
fn an_account_is_good_when_it_is_active() {
    assert_eq!(account(&answer(200, r#"{"sid":"AC1","status":"active"}"#)), Ok(()));
    for (status, body) in [
        (200, r#"{"sid":"AC1","status":"suspended"}"#),
        (200, "<html>welcome"),
        (401, "{}"),
        (404, "<html>"),
        (405, ""),
    ] {
        let said = account(&answer(status, body));
        assert!(matches!(said, Err(SendError::Credential(_))), "{status} {body} {said:?}");
    }
    assert!(matches!(account(&answer(500, "")), Err(SendError::Unavailable(_))));
}
