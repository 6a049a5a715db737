use carillon_domain::ids::MessageId;
use uuid::Uuid;

use super::*;

const MESSAGE: &str = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3d";
const SID: &str = "SM00000000000000000000000000000001";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_796_112_000, 0).unwrap()
}

fn parameters(pairs: &[(&str, &str)]) -> Parameters {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn state(state: &str, code: &str) -> Option<NewReceipt> {
    let of = query(&format!("/webhooks/twilio/status?m={MESSAGE}&a=2"));
    let said = parameters(&[
        ("MessageSid", SID),
        ("MessageStatus", state),
        ("To", "+33612345678"),
        ("From", "+33757000000"),
        ("ErrorCode", code),
    ]);
    receipt(&of, &said, now())
}

#[test]
fn every_state_says_one_thing() {
    let table = [
        ("accepted", Said::Processed),
        ("scheduled", Said::Processed),
        ("queued", Said::Processed),
        ("sending", Said::Processed),
        ("sent", Said::Sent),
        ("delivered", Said::Delivered),
        ("undelivered", Said::Undelivered),
        ("failed", Said::Failed),
        ("canceled", Said::Failed),
        ("read", Said::Opened),
    ];
    for (name, said) in table {
        let expected = NewReceipt {
            provider: "twilio",
            event_id: format!("{SID}/{name}"),
            of: Some(Try { message: MessageId(Uuid::parse_str(MESSAGE).unwrap()), attempt: 2 }),
            said,
            detail: None,
            provider_id: Some(SID.to_owned()),
            verdict: None,
            at: now(),
        };
        assert_eq!(state(name, ""), Some(expected));
    }
    assert_eq!(state("partially_delivered", ""), None);
}

#[test]
fn a_code_says_why_and_may_condemn_the_number() {
    let table = [
        ("30003", "code 30003: handset unreachable", None),
        ("30004", "code 30004: blocked by the person or the carrier", None),
        ("30005", "code 30005: unknown handset", Some(AddressVerdict::Dead)),
        ("30006", "code 30006: landline or unreachable carrier", Some(AddressVerdict::Dead)),
        ("30007", "code 30007: filtered for its content", None),
        ("30034", "code 30034: number not registered", None),
        ("21211", "code 21211: not a valid number", Some(AddressVerdict::Dead)),
        ("21610", "code 21610: the person replied STOP", Some(AddressVerdict::Stopped)),
        ("21614", "code 21614: not a mobile number", Some(AddressVerdict::Dead)),
        ("12345", "code 12345", None),
    ];
    for (code, detail, verdict) in table {
        for name in ["undelivered", "failed"] {
            let receipt = state(name, code).unwrap();
            assert_eq!(receipt.detail.as_deref(), Some(detail));
            assert_eq!(receipt.verdict.as_ref().map(|(verdict, _)| *verdict), verdict, "{code}");
            assert!(!format!("{receipt:?}").contains("612345678"));
        }
        assert_eq!(state("delivered", code).unwrap().verdict, None);
    }
}

#[test]
fn what_names_no_try_of_ours_is_known_by_twilios_id() {
    let said = parameters(&[("MessageSid", SID), ("MessageStatus", "delivered")]);
    for target in ["/s", "/s?m=x&a=1"] {
        let receipt = receipt(&query(target), &said, now()).expect(target);
        assert_eq!((receipt.of, receipt.provider_id.as_deref()), (None, Some(SID)), "{target}");
    }
    for target in [format!("/s?m={MESSAGE}"), format!("/s?m={MESSAGE}&a=0")] {
        let of = receipt(&query(&target), &said, now()).and_then(|receipt| receipt.of);
        assert_eq!(of.map(|of| of.attempt), Some(0), "{target}");
    }
    let of = query(&format!("/s?m={MESSAGE}&a=1"));
    for said in [
        &[("MessageStatus", "sent")][..],
        &[("MessageSid", SID)],
        &[("MessageSid", "a b"), ("MessageStatus", "sent")],
    ] {
        assert_eq!(receipt(&of, &parameters(said), now()), None, "{said:?}");
    }
}

#[test]
fn a_text_message_is_read_and_never_printed() {
    let read = |more: &[(&str, &str)]| {
        let base = [
            ("MessageSid", SID),
            ("From", "+33612345678"),
            ("To", "+33757000000"),
            ("Body", "Arrêtez, merci"),
        ];
        inbound(&parameters(&[more, &base].concat()), now())
    };
    let text = read(&[("OptOutType", "STOP")]).unwrap();
    assert_eq!(
        (text.opt_out, text.text.as_str(), text.provider_id.as_str()),
        (Some(OptOut::Stop), "Arrêtez, merci", SID)
    );
    assert_eq!(text.sender, PhoneNumber::parse("+33612345678").ok());
    assert!(!format!("{text:?}").contains("merci"));
    assert_eq!(read(&[("OptOutType", "START")]).unwrap().opt_out, Some(OptOut::Start));
    assert_eq!(read(&[]).unwrap().opt_out, None);
    assert_eq!(read(&[("From", "SHORT")]).unwrap().sender, None);
    assert_eq!(inbound(&parameters(&[("From", "+33612345678")]), now()), None);
}

#[test]
fn a_picture_without_a_word_is_an_empty_text() {
    let picture = [("MessageSid", SID), ("From", "+33612345678"), ("NumMedia", "1")];
    for body in [None, Some(("Body", ""))] {
        let given: Vec<_> = picture.iter().copied().chain(body).collect();
        assert_eq!(inbound(&parameters(&given), now()).unwrap().text, "");
    }
}
