//! The request, as SendGrid's OpenAPI document has it.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use carillon_domain::EmailAddress;
use carillon_ports::email::{Attachment, Mailbox, OutgoingEmail};
use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct MailSend<'a> {
    personalizations: [Personalization<'a>; 1],
    from: Address<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<Address<'a>>,
    subject: &'a str,
    content: Vec<Part<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<File<'a>>,
    headers: Headers,
    tracking_settings: Tracking,
}

#[derive(Serialize)]
struct Personalization<'a> {
    to: [Address<'a>; 1],
    custom_args: CustomArgs,
}

/// Come back, flattened, in every event. SendGrid wants strings, and keeps them for long: ids only.
#[derive(Serialize)]
struct CustomArgs {
    message_id: String,
    attempt: String,
}

#[derive(Serialize)]
struct Address<'a> {
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Cow<'a, str>>,
}

#[derive(Serialize)]
struct Part<'a> {
    r#type: &'static str,
    value: &'a str,
}

#[derive(Serialize)]
struct File<'a> {
    /// Base64.
    content: String,
    filename: &'a str,
    r#type: String,
    disposition: &'static str,
}

/// RFC 2369 and RFC 8058.
#[derive(Serialize)]
struct Headers {
    #[serde(rename = "List-Unsubscribe")]
    list_unsubscribe: String,
    #[serde(rename = "List-Unsubscribe-Post")]
    list_unsubscribe_post: &'static str,
}

/// All off. Rewritten links would send people and their one-time links through somebody else's host, an invisible image needs
/// consent (ePrivacy), and the unsubscribe link is our own.
#[derive(Serialize)]
struct Tracking {
    #[serde(rename = "click_tracking")]
    clicks: Clicks,
    #[serde(rename = "open_tracking")]
    opens: Switch,
    #[serde(rename = "subscription_tracking")]
    unsubscribe_link: Switch,
}

#[derive(Serialize)]
struct Clicks {
    enable: bool,
    enable_text: bool,
}

#[derive(Serialize)]
struct Switch {
    enable: bool,
}

impl<'a> MailSend<'a> {
    pub(crate) fn of(email: &'a OutgoingEmail) -> Self {
        let id =
            CustomArgs { message_id: email.id.message.to_string(), attempt: email.id.attempt.to_string() };
        Self {
            personalizations: [Personalization { to: [Address::of(&email.to)], custom_args: id }],
            from: Address::of(&email.from),
            reply_to: email.reply_to.as_ref().map(Address::bare),
            subject: &email.subject,
            content: parts(email),
            attachments: email.attachments.iter().map(File::of).collect(),
            headers: Headers {
                list_unsubscribe: format!("<{}>", email.unsubscribe_url),
                list_unsubscribe_post: "List-Unsubscribe=One-Click",
            },
            tracking_settings: Tracking {
                clicks: Clicks { enable: false, enable_text: false },
                opens: Switch { enable: false },
                unsubscribe_link: Switch { enable: false },
            },
        }
    }
}

impl<'a> Address<'a> {
    fn of(mailbox: &'a Mailbox) -> Self {
        Self { name: display_name(&mailbox.name), ..Self::bare(&mailbox.address) }
    }

    fn bare(address: &'a EmailAddress) -> Self {
        Self { email: address.expose(), name: None }
    }
}

impl<'a> File<'a> {
    fn of(attachment: &'a Attachment) -> Self {
        Self {
            content: STANDARD.encode(&attachment.bytes),
            filename: &attachment.file_name,
            r#type: file_type(&attachment.media_type),
            disposition: "attachment",
        }
    }
}

/// SendGrid refuses a type with parameters ("cannot contain ';'"), but for a calendar's method, without which Outlook sees no
/// invitation. The charset is not missed: a calendar is UTF-8 unless it is said to be something else (RFC 5545 §3.1.4).
fn file_type(media_type: &str) -> String {
    let mut parts = media_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    match parts.find(|parameter| parameter.starts_with("method=")) {
        Some(method) => format!("{essence}; {method}"),
        None => essence.to_owned(),
    }
}

/// Plain text first, as SendGrid asks; an empty part would be refused.
fn parts(email: &OutgoingEmail) -> Vec<Part<'_>> {
    [Part { r#type: "text/plain", value: &email.text }, Part { r#type: "text/html", value: &email.html }]
        .into_iter()
        .filter(|part| !part.value.is_empty())
        .collect()
}

/// SendGrid splits a bare name at a comma or a semicolon; its own libraries put such a name into quotes.
fn display_name(name: &str) -> Option<Cow<'_, str>> {
    if name.trim().is_empty() {
        None
    } else if name.contains([',', ';']) {
        Some(Cow::Owned(format!("\"{}\"", name.replace(['"', '\\'], "'"))))
    } else {
        Some(Cow::Borrowed(name))
    }
}
