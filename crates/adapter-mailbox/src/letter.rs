//! What is kept of a message.

use carillon_domain::Channel;
use carillon_ports::Content;
use carillon_ports::email::{Mailbox, OutgoingEmail};
use carillon_ports::mailbox::Letter;
use carillon_ports::sms::OutgoingSms;
use chrono::{DateTime, Utc};

/// Numbered by the mailbox.
const UNNUMBERED: u64 = 0;

pub(crate) fn of_email(email: &OutgoingEmail, at: DateTime<Utc>) -> Letter {
    let id = format!("<{}.{}@{}>", email.id.message, email.id.attempt, email.from.address.domain());
    let mut headers = vec![
        ("Message-ID", id),
        ("List-Unsubscribe", format!("<{}>", email.unsubscribe_url)),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
    ];
    if let Some(address) = &email.reply_to {
        headers.push(("Reply-To", address.expose().to_owned()));
    }
    Letter {
        seq: UNNUMBERED,
        at,
        id: email.id,
        channel: Channel::Email,
        from: Some(named(&email.from)),
        to: named(&email.to),
        headers,
        content: Content::Email {
            subject: email.subject.clone(),
            html: email.html.clone(),
            text: email.text.clone(),
        },
        attachments: email.attachments.clone(),
    }
}

pub(crate) fn of_sms(sms: &OutgoingSms, at: DateTime<Utc>) -> Letter {
    Letter {
        seq: UNNUMBERED,
        at,
        id: sms.id,
        channel: Channel::Sms,
        from: None,
        to: sms.to.expose().to_owned(),
        headers: Vec::new(),
        content: Content::Sms { text: sms.text.clone() },
        attachments: Vec::new(),
    }
}

fn named(mailbox: &Mailbox) -> String {
    if mailbox.name.is_empty() {
        mailbox.address.expose().to_owned()
    } else {
        format!("{} <{}>", mailbox.name, mailbox.address.expose())
    }
}
