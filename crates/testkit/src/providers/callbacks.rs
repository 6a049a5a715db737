//! What providers call us for, signed as they sign it.

use actix_web::http::header::CONTENT_TYPE;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use p256::PublicKey;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::pkcs8::EncodePublicKey as _;
use serde_json::{Value, json};
use sha1::Sha1;
use url::form_urlencoded;

/// A request as a provider sends it.
#[derive(Debug, Clone)]
pub struct SignedRequest {
    /// Path and query.
    pub target: String,
    /// The header fields.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Signs as SendGrid does, with a key pair of the tests' own.
pub struct SendGridSigner(SigningKey);

impl Default for SendGridSigner {
    fn default() -> Self {
        Self::of(7)
    }
}

impl SendGridSigner {
    /// The number-th key pair: another number is another key.
    pub fn of(number: u8) -> Self {
        Self(SigningKey::from_slice(&[number; 32]).expect("a number from 1 is a key"))
    }

    /// The public key, as SendGrid shows it.
    pub fn public_key(&self) -> String {
        let der =
            PublicKey::from(VerifyingKey::from(&self.0)).to_public_key_der().expect("a key has a DER form");
        STANDARD.encode(der.as_bytes())
    }

    /// A call with these events, signed at that time. Like SendGrid's, its body ends in a line break.
    pub fn events(&self, events: &[Value], at: DateTime<Utc>) -> SignedRequest {
        self.body(format!("{}\r\n", json!(events)).as_bytes(), at)
    }

    /// A call with this body, signed at that time.
    pub fn body(&self, body: &[u8], at: DateTime<Utc>) -> SignedRequest {
        let timestamp = at.timestamp().to_string();
        let signature: Signature = self.0.sign(&[timestamp.as_bytes(), body].concat());
        let header = |name: &str, value: String| (name.to_owned(), value);
        SignedRequest {
            target: "/webhooks/sendgrid".to_owned(),
            headers: vec![
                header(CONTENT_TYPE.as_str(), "application/json".to_owned()),
                header("X-Twilio-Email-Event-Webhook-Timestamp", timestamp),
                header("X-Twilio-Email-Event-Webhook-Signature", STANDARD.encode(signature.to_der())),
            ],
            body: body.to_vec(),
        }
    }
}

/// An event as SendGrid writes it; `id` tells it from others.
pub fn sendgrid_event(message: &str, attempt: u32, name: &str, id: &str, at: DateTime<Utc>) -> Value {
    json!({
        "email": "camille.laurent@example.com", "timestamp": at.timestamp(), "event": name, "sg_event_id": id,
        "sg_message_id": "fakeMessage-00000001.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",
        "smtp-id": "<fakeMessage-00000001@ismtpd.sendgrid.net>", "category": ["booking"],
        "message_id": message, "attempt": attempt.to_string(),
    })
}

/// Signs as Twilio does, for one of our addresses.
pub struct TwilioSigner {
    token: String,
    public_url: String,
}

impl TwilioSigner {
    /// With the account's token, for the address that Twilio was told.
    pub fn new(token: &str, public_url: &str) -> Self {
        Self { token: token.to_owned(), public_url: public_url.trim_end_matches('/').to_owned() }
    }

    /// The state of a text message, called back at the address that was given with it.
    pub fn state(
        &self,
        message: &str,
        attempt: u32,
        sid: &str,
        state: &str,
        code: Option<u32>,
    ) -> SignedRequest {
        let code = code.map(|code| code.to_string()).unwrap_or_default();
        let mut fields = vec![
            ("AccountSid", "AC00000000000000000000000000000000"),
            ("ApiVersion", "2010-04-01"),
            ("From", "+15005550006"),
            ("MessageSid", sid),
            ("MessageStatus", state),
            ("SmsSid", sid),
            ("SmsStatus", state),
            ("To", "+33612345678"),
        ];
        if !code.is_empty() {
            fields.push(("ErrorCode", &code));
        }
        self.form(&format!("/webhooks/twilio/status?m={message}&a={attempt}"), &fields)
    }

    /// A text message that somebody sent.
    pub fn inbound(&self, sid: &str, text: &str, opt_out: Option<&str>) -> SignedRequest {
        let mut fields =
            vec![("Body", text), ("From", "+33612345678"), ("MessageSid", sid), ("To", "+15005550006")];
        fields.extend(opt_out.map(|word| ("OptOutType", word)));
        self.form("/webhooks/twilio/inbound", &fields)
    }

    /// A form, signed with the address it is sent to.
    pub fn form(&self, target: &str, fields: &[(&str, &str)]) -> SignedRequest {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut sorted = fields.to_vec();
        sorted.sort_unstable();
        let mut signed = format!("{}{target}", self.public_url);
        for (name, value) in sorted {
            signed.push_str(name);
            signed.push_str(value);
        }
        let mut mac = Hmac::<Sha1>::new_from_slice(self.token.as_bytes()).expect("HMAC takes any key");
        mac.update(signed.as_bytes());
        let header = |name: &str, value: String| (name.to_owned(), value);
        SignedRequest {
            target: target.to_owned(),
            headers: vec![
                header(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded; charset=UTF-8".to_owned()),
                header("X-Twilio-Signature", STANDARD.encode(mac.finalize().into_bytes())),
            ],
            body: body.into_bytes(),
        }
    }
}
