//! How the two providers are spoken to, and how they answer.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use uuid::Uuid;

use crate::http::Request;

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provider {
    SendGrid,
    Twilio,
}

impl Provider {
    /// The provider whose sending route this is.
    pub(super) fn at(request: &Request) -> Option<Self> {
        let path = request.path.as_str();
        match request.method.as_str() {
            "POST" if path == "/v3/mail/send" => Some(Self::SendGrid),
            "POST" if path.starts_with("/2010-04-01/Accounts/") && path.ends_with("/Messages.json") => {
                Some(Self::Twilio)
            }
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct Mail<'a> {
    #[serde(borrow)]
    personalizations: Vec<Personalization<'a>>,
    #[serde(rename = "from")]
    _from: IgnoredAny,
    #[serde(rename = "subject")]
    _subject: IgnoredAny,
    content: Vec<IgnoredAny>,
}

#[derive(Deserialize)]
struct Personalization<'a> {
    to: Vec<IgnoredAny>,
    #[serde(borrow)]
    custom_args: CustomArgs<'a>,
}

#[derive(Deserialize)]
struct CustomArgs<'a> {
    #[serde(borrow)]
    message_id: Cow<'a, str>,
}

/// The message's id, if the provider would take this request and it carries one.
pub(super) fn read(provider: Provider, request: &Request, body: &[u8]) -> Option<Uuid> {
    let id = match provider {
        Provider::SendGrid => email(body),
        Provider::Twilio => sms(body),
    };
    id.filter(|_| request.is_authorized)
}

fn email(body: &[u8]) -> Option<Uuid> {
    let mail: Mail<'_> = serde_json::from_slice(body).ok()?;
    let [person] = mail.personalizations.as_slice() else { return None };
    let is_complete = person.to.len() == 1 && !mail.content.is_empty();
    person.custom_args.message_id.parse().ok().filter(|_| is_complete)
}

fn sms(body: &[u8]) -> Option<Uuid> {
    let (mut id, mut to, mut text, mut sender) = (None, false, false, false);
    for (name, value) in url::form_urlencoded::parse(body) {
        match name.as_ref() {
            "To" => to = value.starts_with('+'),
            "Body" => text = !value.is_empty(),
            "From" | "MessagingServiceSid" => sender = !value.is_empty(),
            "StatusCallback" => id = message_of(&value),
            _ => {}
        }
    }
    id.filter(|_| to && text && sender)
}

/// The `m` of a callback's query.
fn message_of(callback: &str) -> Option<Uuid> {
    let (_, query) = callback.split_once('?')?;
    let id = query.split('&').find_map(|pair| pair.strip_prefix("m="))?;
    id.parse().ok()
}

/// The provider's answer to a message that it takes.
pub(super) fn accepted(provider: Provider, number: u64) -> Vec<u8> {
    match provider {
        Provider::SendGrid => {
            format!("HTTP/1.1 202 Accepted\r\nX-Message-Id: sg{number:020}\r\nContent-Length: 0\r\n\r\n")
                .into_bytes()
        }
        Provider::Twilio => text(
            201,
            &format!(
                r#"{{"sid":"SM{number:032x}","status":"queued","direction":"outbound-api","num_segments":"1","error_code":null,"price":null,"price_unit":"USD"}}"#
            ),
        ),
    }
}

/// An answer with a body.
pub(super) fn text(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} \r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3d";

    #[test]
    fn only_a_whole_email_with_an_id_is_taken() {
        let mail = |to: &str, args: &str| {
            format!(
                r#"{{"personalizations":[{{"to":[{to}],"custom_args":{{{args}}}}}],"from":{{"email":"a@b.c"}},"subject":"S","content":[{{"type":"text/plain","value":"x"}}]}}"#
            )
        };
        let (to, args) = (r#"{"email":"x@y.z"}"#, format!(r#""message_id":"{ID}","attempt":"1""#));
        assert_eq!(email(mail(to, &args).as_bytes()), ID.parse().ok());
        for bad in [mail("", &args), mail(to, ""), mail(to, r#""message_id":"7""#), String::new()] {
            assert_eq!(email(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn only_a_whole_text_message_with_an_id_is_taken() {
        let whole = format!(
            "To=%2B33612345678&From=%2B15005550006&Body=Bonjour&StatusCallback=https%3A%2F%2Fc.example%2Fs%3Fm%3D{ID}%26a%3D1"
        );
        assert_eq!(sms(whole.as_bytes()), ID.parse().ok());
        for left_out in ["To=%2B33612345678&", "From=%2B15005550006&", "Body=Bonjour&", "%3Fm%3D"] {
            assert_eq!(sms(whole.replace(left_out, "").as_bytes()), None, "{left_out}");
        }
    }
}
