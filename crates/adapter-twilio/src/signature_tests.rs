//! The vectors are those of Twilio's own Python library.

use super::*;

const TOKEN: &str = "12345";
const TARGET: &str = "/myapp.php?foo=1&bar=2";
const FORM: &str = "application/x-www-form-urlencoded";
const CALL: &str =
    "CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309";
const HASH: &str = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";

fn callback(target: &str, kind: &str, body: &str, signature: &str) -> Callback {
    let headers = [("content-type", kind), (SIGNATURE, signature)];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    Callback { target: target.to_owned(), headers, body: body.as_bytes().to_vec() }
}

fn verified(public_url: &str, callback: &Callback) -> Result<(), Forged> {
    Verifier::new(&TOKEN.into(), public_url).verify(callback).map(drop)
}

#[test]
fn twilios_own_vectors_hold() {
    let twice = "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234";
    let json = r#"{"property": "value", "boolean": true}"#;
    let hashed = format!("{TARGET}&bodySHA256={HASH}");
    let table = [
        ("https://mycompany.com", TARGET, FORM, CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("https://mycompany.com/", TARGET, FORM, CALL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        ("https://mycompany.com:443", TARGET, FORM, CALL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        ("https://mycompany.com:443", TARGET, FORM, CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("http://mycompany.com", TARGET, FORM, CALL, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        ("http://mycompany.com:1234", TARGET, FORM, CALL, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        ("https://mycompany.com", TARGET, FORM, twice, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),
        ("https://mycompany.com", hashed.as_str(), "application/json", json, "a9nBmqA0ju/hNViExpshrM61xv4="),
    ];
    for (public_url, target, kind, body, signature) in table {
        let callback = callback(target, kind, body, signature);
        assert_eq!(verified(public_url, &callback), Ok(()), "{public_url} {signature}");
    }
}

#[test]
fn whatever_was_changed_does_not_hold() {
    let good = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    let json = r#"{"property": "value", "boolean": true}"#;
    let (hashed, for_json) = (format!("{TARGET}&bodySHA256={HASH}"), "a9nBmqA0ju/hNViExpshrM61xv4=");
    let added = format!("{CALL}&Digits=1");
    let table = [
        (TARGET, FORM, added.as_str(), good, Forged::Wrong),
        (TARGET, FORM, &CALL.replace("Digits=1234", "Digits=1235"), good, Forged::Wrong),
        (TARGET, FORM, "", good, Forged::Wrong),
        ("/myapp.php?bar=2&foo=1", FORM, CALL, good, Forged::Wrong),
        ("/MyApp.php?foo=1&bar=2", FORM, CALL, good, Forged::Wrong),
        (TARGET, "text/plain", CALL, good, Forged::Uncovered),
        (TARGET, "", CALL, good, Forged::Uncovered),
        (TARGET, FORM, CALL, "%", Forged::Unreadable),
        (TARGET, FORM, CALL, "", Forged::Wrong),
        (&hashed, "application/json", &json.replace("value", "other"), for_json, Forged::Wrong),
        (TARGET, "application/json", json, for_json, Forged::Wrong),
    ];
    for (target, kind, body, signature, why) in table {
        assert_eq!(
            verified("https://mycompany.com", &callback(target, kind, body, signature)),
            Err(why),
            "{target} {body}"
        );
    }
    let whole = callback(TARGET, FORM, CALL, good);
    for elsewhere in ["https://mycompany.org", "http://mycompany.com", "https://mycompany.com/base"] {
        assert_eq!(verified(elsewhere, &whole), Err(Forged::Wrong), "{elsewhere}");
    }
    assert_eq!(
        Verifier::new(&"12346".into(), "https://mycompany.com").verify(&whole).err(),
        Some(Forged::Wrong)
    );
    let unsigned = Callback { headers: whole.headers[..1].to_vec(), ..whole.clone() };
    assert_eq!(verified("https://mycompany.com", &unsigned), Err(Forged::Unsigned));
    let mut twice = whole;
    twice.headers.push((SIGNATURE.to_owned(), good.to_owned()));
    assert_eq!(verified("https://mycompany.com", &twice), Err(Forged::Unsigned));
}

#[test]
fn a_json_body_needs_its_hash_in_the_signed_address() {
    // Signed for the address alone, as the hash's absence would have it.
    let mut mac = Verifier::new(&TOKEN.into(), "").mac;
    mac.update(format!("https://mycompany.com{TARGET}").as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let callback = callback(TARGET, "application/json", "{}", &signature);
    assert_eq!(verified("https://mycompany.com", &callback), Err(Forged::Uncovered));
}

#[test]
fn an_address_is_spelled_with_and_without_a_port() {
    let table = [
        ("https://a.example", "https://a.example:443"),
        ("https://a.example/base", "https://a.example:443/base"),
        ("http://a.example:8080/base", "http://a.example/base"),
        ("http://[::1]", "http://[::1]:80"),
        ("http://[::1]:8080", "http://[::1]"),
    ];
    for (configured, other) in table {
        assert_eq!(spellings(configured), [configured, other]);
    }
}
