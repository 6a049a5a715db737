//! SendGrid's "Signed Event Webhook": ECDSA on P-256 over SHA-256 of the timestamp and the body, byte for byte.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use carillon_ports::receipts::{Callback, Forged};
use chrono::{DateTime, TimeDelta, Utc};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::pkcs8::DecodePublicKey as _;

const SIGNATURE: &str = "x-twilio-email-event-webhook-signature";
const TIMESTAMP: &str = "x-twilio-email-event-webhook-timestamp";

/// How old a signature may be. SendGrid repeats a callback for up to 24 h and does not say whether it signs anew; a replay within
/// that time changes nothing, for each event counts once.
const OLDEST: TimeDelta = TimeDelta::hours(25);
/// How far ahead SendGrid's clock may be of ours.
const NEWEST: TimeDelta = TimeDelta::minutes(5);

/// Why a list of keys cannot be used. The keys are public: the text may say which one it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebhookKeyError {
    /// Nothing between two commas, or nothing at all.
    #[error(
        "there is no key; SendGrid shows it as \"Verification Key\" (Settings, Mail Settings, Event Webhook)"
    )]
    Empty,
    /// Not what SendGrid shows.
    #[error("key {0} of the list is not a P-256 public key as SendGrid shows it (base64, begins with MFkw)")]
    NotAKey(usize),
}

/// The public keys that callbacks may be signed with. Two, while SendGrid changes from one to the other.
#[derive(Debug, Clone)]
pub struct WebhookKeys(Vec<VerifyingKey>);

impl WebhookKeys {
    /// Reads keys as SendGrid shows them (base64 of a DER `SubjectPublicKeyInfo`), separated by commas.
    pub fn parse(text: &str) -> Result<Self, WebhookKeyError> {
        let keys = text.split(',').enumerate().map(|(index, key)| match key.trim() {
            "" => Err(WebhookKeyError::Empty),
            key => {
                let der = STANDARD.decode(key).map_err(|_| WebhookKeyError::NotAKey(index + 1))?;
                VerifyingKey::from_public_key_der(&der).map_err(|_| WebhookKeyError::NotAKey(index + 1))
            }
        });
        keys.collect::<Result<_, _>>().map(Self)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Believes a callback that one of the keys signed, in time.
    pub(crate) fn verify(&self, callback: &Callback, now: DateTime<Utc>) -> Result<(), Forged> {
        let signature = callback.header(SIGNATURE).ok_or(Forged::Unsigned)?;
        let timestamp = callback.header(TIMESTAMP).ok_or(Forged::Unsigned)?;
        let seconds: i64 = timestamp.parse().map_err(|_| Forged::Unreadable)?;
        let signed_at = DateTime::from_timestamp(seconds, 0).ok_or(Forged::Unreadable)?;
        if signed_at < now - OLDEST || signed_at > now + NEWEST {
            return Err(Forged::Untimely);
        }
        self.holds(timestamp, &callback.body, signature)
    }

    fn holds(&self, timestamp: &str, body: &[u8], signature: &str) -> Result<(), Forged> {
        let der = STANDARD.decode(signature).map_err(|_| Forged::Unreadable)?;
        let signature = Signature::from_der(&der).map_err(|_| Forged::Unreadable)?;
        let signed = [timestamp.as_bytes(), body].concat();
        // Nothing here is secret, so nothing need take constant time. SendGrid's signatures are not "low-S".
        let holds = self.0.iter().any(|key| key.verify(&signed, &signature).is_ok());
        if holds { Ok(()) } else { Err(Forged::Wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From SendGrid's own Python library.
    const KEY_A: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==";
    const BODY_A: &str = "[{\"email\":\"hello@world.com\",\"event\":\"dropped\",\"reason\":\"Bounced Address\",\"sg_event_id\":\"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA\",\"sg_message_id\":\"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0\",\"smtp-id\":\"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>\",\"timestamp\":1600112492}]\r\n";
    const SIGNATURE_A: &str =
        "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=";
    /// That library's own negatives.
    const OTHER_KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqTxd43gyp8IOEto2LdIfjRQrIbsd4SXZkLW6jDutdhXSJCWHw8REntlo7aNDthvj+y7GjUuFDb/R1NGe1OPzpA==";
    const OTHER_SIGNATURE: &str =
        "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH3j/0=";
    /// From SendGrid's own Node library.
    const KEY_B: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==";
    const BODY_B: &str = r#"{"category":"example_payload","event":"test_event","message_id":"message_id"}"#;
    const SIGNATURE_B: &str =
        "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=";

    fn verified(keys: &str, timestamp: &str, body: &str, signature: &str) -> Result<(), Forged> {
        let callback = Callback {
            target: String::new(),
            headers: vec![
                (SIGNATURE.to_owned(), signature.to_owned()),
                (TIMESTAMP.to_owned(), timestamp.to_owned()),
            ],
            body: body.as_bytes().to_vec(),
        };
        let now = DateTime::from_timestamp(timestamp.parse().unwrap_or_default(), 0).unwrap();
        WebhookKeys::parse(keys).unwrap().verify(&callback, now)
    }

    #[test]
    fn sendgrids_own_vectors_hold_and_its_negatives_do_not() {
        let both = format!("{OTHER_KEY}, {KEY_A}");
        let cut = BODY_A.trim_end();
        let table = [
            (KEY_A, "1600112502", BODY_A, SIGNATURE_A, Ok(())),
            (both.as_str(), "1600112502", BODY_A, SIGNATURE_A, Ok(())),
            (KEY_B, "1588788367", BODY_B, SIGNATURE_B, Ok(())),
            (OTHER_KEY, "1600112502", BODY_A, SIGNATURE_A, Err(Forged::Wrong)),
            (KEY_A, "1600112502", BODY_A, OTHER_SIGNATURE, Err(Forged::Wrong)),
            (KEY_A, "1600112503", BODY_A, SIGNATURE_A, Err(Forged::Wrong)),
            (KEY_A, "1600112502", cut, SIGNATURE_A, Err(Forged::Wrong)),
            (KEY_A, "1600112502", BODY_A, "%", Err(Forged::Unreadable)),
            (KEY_A, "1600112502", BODY_A, "TUVVQ0lH", Err(Forged::Unreadable)),
            (KEY_A, "16001e", BODY_A, SIGNATURE_A, Err(Forged::Unreadable)),
            (KEY_A, "", BODY_A, SIGNATURE_A, Err(Forged::Unreadable)),
        ];
        for (keys, timestamp, body, signature, expected) in table {
            assert_eq!(verified(keys, timestamp, body, signature), expected, "{timestamp} {signature}");
        }
    }

    #[test]
    fn what_is_too_old_or_ahead_is_refused_before_anything_is_computed() {
        let callback = Callback {
            target: String::new(),
            headers: vec![
                (SIGNATURE.to_owned(), SIGNATURE_A.to_owned()),
                (TIMESTAMP.to_owned(), "1600112502".to_owned()),
            ],
            body: BODY_A.as_bytes().to_vec(),
        };
        let keys = WebhookKeys::parse(KEY_A).unwrap();
        let at = |seconds: i64| DateTime::from_timestamp(1_600_112_502 + seconds, 0).unwrap();
        let table = [
            (90_000, Ok(())),
            (90_001, Err(Forged::Untimely)),
            (-300, Ok(())),
            (-301, Err(Forged::Untimely)),
        ];
        for (seconds, expected) in table {
            assert_eq!(keys.verify(&callback, at(seconds)), expected, "{seconds}");
        }
        let mut twice = callback;
        twice.headers.push((TIMESTAMP.to_owned(), "1600112502".to_owned()));
        assert_eq!(keys.verify(&twice, at(0)), Err(Forged::Unsigned));
    }

    #[test]
    fn a_key_that_cannot_be_used_is_named() {
        let of = |text: &str| WebhookKeys::parse(text).map(|keys| keys.count());
        assert_eq!(of(&format!("{KEY_A},{KEY_B}")), Ok(2));
        assert_eq!(of(&format!("{KEY_A},nonsense")), Err(WebhookKeyError::NotAKey(2)));
        assert_eq!(of("AAAA"), Err(WebhookKeyError::NotAKey(1)));
        assert_eq!(of(&format!("{KEY_A},")), Err(WebhookKeyError::Empty));
        assert_eq!(of(""), Err(WebhookKeyError::Empty));
    }
}
