use carillon_domain::ids::MessageId;
use serde_json::json;
use uuid::Uuid;

use super::*;

const MESSAGE: &str = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3d";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_796_112_000, 0).unwrap()
}

/// An event of ours with some fields more, or instead.
fn event(name: &str, more: &Value) -> Value {
    let mut event = json!({
        "email": "camille.laurent@example.com", "timestamp": 1_796_111_990, "event": name, "sg_event_id": "ZHJvcC0x",
        "sg_message_id": "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",
        "smtp-id": "<x@ismtpd.sendgrid.net>", "category": ["a"], "ip": "203.0.113.7", "useragent": "Mozilla",
        "url": "https://app.example.com/?token=secret", "message_id": MESSAGE, "attempt": "2"
    });
    for (name, value) in more.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

fn read_one(event: &Value) -> NewReceipt {
    read(json!([event]).to_string().as_bytes(), now()).receipts.remove(0)
}

#[test]
fn every_event_says_one_thing_of_the_message_and_at_most_one_of_the_address() {
    let table = [
        ("processed", json!({}), Said::Processed, None, None),
        ("delivered", json!({"response": "250 OK"}), Said::Delivered, None, None),
        (
            "deferred",
            json!({"response": "400 try again later", "attempt": "5"}),
            Said::Deferred,
            None,
            Some("400 try again later"),
        ),
        (
            "bounce",
            json!({"type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 <camille.laurent@example.com> unknown", "bounce_classification": "Invalid Address"}),
            Said::Bounced,
            Some(Verdict::Dead),
            Some("5.1.1; Invalid Address; 550 5.1.1 … unknown"),
        ),
        ("bounce", json!({"type": "blocked", "status": "4.7.1"}), Said::Blocked, None, Some("4.7.1")),
        (
            "bounce",
            json!({"type": "bounce", "status": "5.2.2", "reason": "552 5.2.2 full"}),
            Said::Blocked,
            Some(Verdict::Resting),
            Some("5.2.2; 552 5.2.2 full"),
        ),
        ("bounce", json!({}), Said::Blocked, None, None),
        (
            "dropped",
            json!({"reason": "Bounced Address"}),
            Said::Dropped,
            Some(Verdict::Dead),
            Some("Bounced Address"),
        ),
        ("dropped", json!({"reason": "Invalid"}), Said::Dropped, Some(Verdict::Dead), Some("Invalid")),
        (
            "dropped",
            json!({"reason": "Spam Reporting Address"}),
            Said::Dropped,
            Some(Verdict::Complained),
            Some("Spam Reporting Address"),
        ),
        (
            "dropped",
            json!({"reason": "Unsubscribed Address"}),
            Said::Dropped,
            Some(Verdict::Unsubscribed),
            Some("Unsubscribed Address"),
        ),
        ("dropped", json!({"reason": "Spam Content"}), Said::Dropped, None, Some("Spam Content")),
        ("open", json!({"sg_machine_open": false}), Said::Opened, None, None),
        ("open", json!({"sg_machine_open": true}), Said::MachineOpened, None, None),
        ("click", json!({}), Said::Clicked, None, None),
        ("spamreport", json!({}), Said::Complained, Some(Verdict::Complained), None),
        ("unsubscribe", json!({}), Said::Unsubscribed, Some(Verdict::Unsubscribed), None),
        ("group_unsubscribe", json!({}), Said::Unsubscribed, Some(Verdict::Unsubscribed), None),
        ("group_resubscribe", json!({}), Said::Resubscribed, None, None),
    ];
    for (name, more, said, verdict, detail) in table {
        let receipt = read_one(&event(name, &more));
        assert_eq!((receipt.said, receipt.detail.as_deref()), (said, detail), "{name} {more}");
        assert_eq!(receipt.verdict.as_ref().map(|(verdict, _)| *verdict), verdict, "{name} {more}");
        let attempt = if said == Said::Deferred { 0 } else { 2 };
        assert_eq!(receipt.of, Some(Try { message: MessageId(Uuid::parse_str(MESSAGE).unwrap()), attempt }));
        assert_eq!((receipt.event_id.as_str(), receipt.at.timestamp()), ("ZHJvcC0x", 1_796_111_990));
        assert_eq!(receipt.provider_id.as_deref(), Some("LRzXl_NHStOGhQ4kofSm_A"));
        let printed = format!("{receipt:?}");
        for secret in ["camille.laurent", "203.0.113.7", "Mozilla", "token=secret"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}

#[test]
fn what_is_not_for_us_is_passed_over_and_what_is_odd_is_counted() {
    let odd = [
        event("account_status_change", &json!({})),
        event("delivered", &json!({"message_id": "theirs", "sg_message_id": ""})),
        event("delivered", &json!({"message_id": 7, "sg_message_id": null})),
        json!({"event": 7}),
        json!({}),
    ];
    let mut events = odd.to_vec();
    events.extend([json!("text"), json!(null), event("delivered", &json!({}))]);
    let opened = read(json!(events).to_string().as_bytes(), now());
    assert_eq!((opened.receipts.len(), opened.passed_over, opened.unreadable), (1, odd.len(), 2));
    for body in ["", "nonsense", "7", "[{\"event\":", &"[".repeat(10_000)] {
        let opened = read(body.as_bytes(), now());
        assert_eq!(opened, Opened { unreadable: 1, ..Opened::default() }, "{body:.20}");
    }
    let test_event = br#"{"category":"example_payload","event":"test_event","message_id":"message_id"}"#;
    assert_eq!(read(test_event, now()), Opened { passed_over: 1, ..Opened::default() });
}

#[test]
fn an_event_names_its_message_by_what_it_carries() {
    let attempt = |more: &Value| read_one(&event("delivered", more)).of.map(|of| of.attempt);
    for (given, expected) in
        [(json!("3"), 3), (json!(3), 3), (json!(null), 0), (json!("0"), 0), (json!("x"), 0), (json!(-1), 0)]
    {
        assert_eq!(attempt(&json!({ "attempt": given })), Some(expected), "{given}");
    }
    for theirs in [json!(null), json!("theirs"), json!(7)] {
        let receipt = read_one(&event("delivered", &json!({ "message_id": theirs })));
        assert_eq!((receipt.of, receipt.provider_id.as_deref()), (None, Some("LRzXl_NHStOGhQ4kofSm_A")));
    }
    let late = json!({
        "message_id": null, "sg_message_id": "", "type": "bounce", "status": "5.1.10",
        "reason": "550 5.1.10 not found"
    });
    let receipt = read_one(&event("bounce", &late));
    assert_eq!((receipt.of, receipt.provider_id, receipt.said), (None, None, Said::Bounced));
    assert_eq!(receipt.verdict.map(|(verdict, _)| verdict), Some(Verdict::Dead));
}

#[test]
fn an_event_without_a_usable_id_or_time_gets_one() {
    let receipt =
        read_one(&event("open", &json!({"sg_event_id": "", "timestamp": 99_999_999_999_i64, "email": 7})));
    assert_eq!((receipt.event_id, receipt.at), (format!("{MESSAGE}/2/opened/1796112000"), now()));
    let long = read_one(&event(
        "bounce",
        &json!({"sg_event_id": "x".repeat(201), "type": "bounce", "email": "none"}),
    ));
    assert_eq!((long.event_id, long.verdict), (format!("{MESSAGE}/2/bounced/1796111990"), None));
}
