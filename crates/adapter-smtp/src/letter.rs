//! The e-mail as it stands on the wire (RFC 5322, MIME).

use carillon_domain::EmailAddress;
use carillon_ports::email::{Mailbox, OutgoingEmail};
use carillon_ports::provider::SendError;
use chrono::{DateTime, Utc};
use lettre::address::{Address, Envelope};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox as Named, Message};

use crate::body::body;

/// Names of header fields are constants: lettre would take line breaks in them.
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
const LIST_UNSUBSCRIBE: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe");
const LIST_UNSUBSCRIBE_POST: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe-Post");

/// A message with its envelope.
pub(crate) struct Letter {
    /// The `Message-ID`, without its brackets.
    pub(crate) id: String,
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) text: Vec<u8>,
}

impl Letter {
    /// Whether its recipient's address has letters beyond ASCII, which then stand in the envelope and in the head. All else is encoded.
    pub(crate) fn is_international(&self) -> bool {
        !self.to.user().is_ascii()
    }

    /// The same `Message-ID` for the same attempt, so that a receiver who gets it twice can tell.
    pub(crate) fn compose(email: &OutgoingEmail, now: DateTime<Utc>) -> Result<Self, SendError> {
        let id = format!("{}.{}@{}", email.id.message, email.id.attempt, email.from.address.domain());
        let from = address(&email.from.address).map_err(SendError::Credential)?;
        let to = recipient(&email.to.address).map_err(|detail| rejected(detail, true))?;
        let envelope = Envelope::new(Some(from.clone()), vec![to.clone()])
            .map_err(|_| rejected("the e-mail has no recipient".to_owned(), false))?;
        let mut message = Message::builder()
            .envelope(envelope)
            .message_id(Some(format!("<{id}>")))
            .date(now.into())
            .from(named(&email.from, from.clone()))
            .to(named(&email.to, to.clone()))
            .subject(one_line(&email.subject))
            .raw_header(plain(AUTO_SUBMITTED, "auto-generated".to_owned()))
            .raw_header(plain(LIST_UNSUBSCRIBE, format!("<{}>", url(&email.unsubscribe_url))))
            .raw_header(plain(LIST_UNSUBSCRIBE_POST, "List-Unsubscribe=One-Click".to_owned()));
        if let Some(reply_to) = &email.reply_to {
            let reply_to = address(reply_to).map_err(SendError::Credential)?;
            message = message.reply_to(Named::new(None, reply_to));
        }
        let body = body(email).map_err(|_| rejected("a file has no media type".to_owned(), false))?;
        let message =
            message.multipart(body).map_err(|_| rejected("the e-mail cannot be built".to_owned(), false))?;
        Ok(Self { id, from, to, text: message.formatted() })
    }
}

fn rejected(detail: String, bad_address: bool) -> SendError {
    SendError::Rejected { code: "letter".to_owned(), detail, bad_address }
}

fn address(address: &EmailAddress) -> Result<Address, String> {
    address.expose().parse().map_err(|_| "not an address for SMTP".to_owned())
}

/// An address that may have letters beyond ASCII, of which lettre knows fewer than [`EmailAddress`] does.
fn recipient(to: &EmailAddress) -> Result<Address, String> {
    match to.expose().rsplit_once('@') {
        Some((local, domain)) if !to.is_ascii() => Ok(Address::new_dangerous(local, domain)),
        Some(_) | None => address(to),
    }
}

fn named(mailbox: &Mailbox, address: Address) -> Named {
    let name = one_line(&mailbox.name);
    Named::new((!name.is_empty()).then_some(name), address)
}

/// Without control characters, on which lettre panics, and without the invisible characters that end a line or turn its direction,
/// with which a name can pretend to be another.
pub(crate) fn one_line(text: &str) -> String {
    let is_dangerous = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let cleaned: String = text.chars().map(|c| if is_dangerous(c) { ' ' } else { c }).collect();
    cleaned.trim().to_owned()
}

/// What can stand between angle brackets on one line.
fn url(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>')).collect()
}

/// A field that is never folded: relays have broken signatures by unfolding `List-Unsubscribe`.
fn plain(name: HeaderName, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value)
}

#[cfg(test)]
mod tests {
    use carillon_testkit::providers::samples;

    use super::*;

    fn head(email: &OutgoingEmail) -> Vec<String> {
        let now = DateTime::from_timestamp(1_796_112_000, 0).unwrap();
        let text = String::from_utf8(Letter::compose(email, now).unwrap().text).unwrap();
        let head = text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
        head.split("\r\n").map(str::to_owned).collect()
    }

    #[test]
    fn the_head_says_who_when_and_how_to_leave() {
        let mut lines = head(&samples::email(7));
        let multipart = lines.pop().unwrap();
        assert!(multipart.starts_with("Content-Type: multipart/alternative; boundary="), "{multipart}");
        let expected = [
            "Message-ID: <00000000-0000-0000-0000-000000000007.1@carillon.example>",
            "Date: Tue, 01 Dec 2026 08:00:00 +0000",
            "From: =?utf-8?b?U2Fsb24gTHVtacOocmU=?= <bonjour@carillon.example>",
            "To: \"Camille Martin\" <camille@example.com>",
            "Subject: Votre rendez-vous",
            "Auto-Submitted: auto-generated",
            "List-Unsubscribe: <https://carillon.example/u/token-1>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Reply-To: accueil@salon.example",
            "MIME-Version: 1.0",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn no_text_can_add_a_header_field() {
        let mut email = samples::email(1);
        let fields = head(&email).len();
        let attack = "x\r\nBcc: other@example.com\r\n\r\nbody\u{202e}\u{2028}\u{0}";
        attack.clone_into(&mut email.to.name);
        attack.clone_into(&mut email.from.name);
        attack.clone_into(&mut email.subject);
        email.unsubscribe_url = format!("https://c.example/u/t>{attack}");
        let lines = head(&email);
        assert_eq!(lines.len(), fields);
        assert!(!lines.iter().any(|line| line.starts_with("Bcc")), "{lines:?}");
    }

    #[test]
    fn the_unsubscribe_address_stands_on_one_line_however_long_it_is() {
        let mut email = samples::email(1);
        email.unsubscribe_url = format!("https://carillon.example/u/{}", "t".repeat(400));
        let text = Letter::compose(&email, DateTime::UNIX_EPOCH).unwrap().text;
        let line = format!("\r\nList-Unsubscribe: <{}>\r\n", email.unsubscribe_url);
        assert!(String::from_utf8(text).unwrap().contains(&line));
    }
}
