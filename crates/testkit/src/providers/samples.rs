//! Messages on their way out, plain and awkward.

use carillon_domain::ids::MessageId;
use carillon_domain::{EmailAddress, PhoneNumber};
use carillon_ports::email::{Attachment, Mailbox, OutgoingEmail};
use carillon_ports::provider::Try;
use carillon_ports::sms::OutgoingSms;
use uuid::Uuid;

const NAMES: &[&str] = &[
    "Camille Martin",
    "",
    "Zoë Lefèvre",
    "O'Brien, Dr. \"Pat\"",
    "Müller; Söhne",
    "李小龍 🐉",
    "Nom\\avec\\barres",
    "<script>alert(1)</script>",
    "=?utf-8?q?encoded?=",
    "Łukasz (salon) @ 8h",
];
const TEXTS: &[&str] = &[
    "Votre rendez-vous est confirmé.",
    "Rendez-vous à 14h : coupe & brushing, 45 € — à bientôt !",
    "a=1&b=2 +%20 \"quotes\" 'single' <b>tags</b> \\n {{braces}}",
    "🎉💇‍♀️ C’est confirmé\nDeuxième ligne\n\nFin",
    "^{}\\[~]|€ @£$¥èéùìòÇØøÅå",
    "مرحبا، موعدك غدا",
];
const LOCALS: &[&str] = &["camille", "c.martin+salon", "o'brien", "x_y-z", "a"];

/// The number-th message's first attempt.
pub fn try_of(number: u128) -> Try {
    Try { message: MessageId(Uuid::from_u128(number)), attempt: 1 }
}

/// A plain e-mail.
///
/// # Panics
/// Never: its addresses are addresses.
pub fn email(number: u128) -> OutgoingEmail {
    let address = |text: &str| EmailAddress::parse(text).expect("an address");
    OutgoingEmail {
        id: try_of(number),
        from: Mailbox { name: "Salon Lumière".to_owned(), address: address("bonjour@carillon.example") },
        reply_to: Some(address("accueil@salon.example")),
        to: Mailbox { name: "Camille Martin".to_owned(), address: address("camille@example.com") },
        subject: "Votre rendez-vous".to_owned(),
        html: "<p>Bonjour Camille</p>".to_owned(),
        text: "Bonjour Camille".to_owned(),
        unsubscribe_url: "https://carillon.example/u/token-1".to_owned(),
        attachments: Vec::new(),
    }
}

/// A file for the calendar, as an e-mail carries it.
pub fn calendar() -> Attachment {
    let lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Carillon//Carillon//EN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "UID:a-1@carillon.example",
        "DTSTAMP:20261201T080000Z",
        "DTSTART:20261203T133000Z",
        "DTEND:20261203T143000Z",
        "SUMMARY:Coupe et brushing\\, chez Zoë",
        "ORGANIZER:mailto:bonjour@carillon.example",
        "ATTENDEE:mailto:camille@example.com",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ];
    Attachment {
        file_name: "invite.ics".to_owned(),
        media_type: "text/calendar; charset=utf-8; method=REQUEST".to_owned(),
        bytes: lines.join("\r\n").into_bytes(),
    }
}

/// A plain text message.
pub fn sms(number: u128) -> OutgoingSms {
    OutgoingSms {
        id: try_of(number),
        to: PhoneNumber::from_stored("+33612345678".to_owned()),
        text: "Bonjour Camille".to_owned(),
    }
}

/// E-mails whose names, subjects, texts and files differ in everything that is easily got wrong.
///
/// # Panics
/// Never: its addresses are addresses.
pub fn varied_emails(count: usize) -> Vec<OutgoingEmail> {
    let of = |index: usize| {
        let mut varied = email(index as u128 + 1);
        let local = LOCALS[index % LOCALS.len()];
        let to = EmailAddress::parse(&format!("{local}.{index}@example.com")).expect("an address");
        varied.id.attempt = u32::try_from(index % 5 + 1).unwrap_or(1);
        varied.to = Mailbox { name: NAMES[index % NAMES.len()].to_owned(), address: to };
        NAMES[(index / 2) % NAMES.len()].clone_into(&mut varied.from.name);
        varied.subject = TEXTS[index % TEXTS.len()].replace('\n', " ").repeat(1 + 7 * (index % 3));
        varied.text = TEXTS[(index / 3) % TEXTS.len()].repeat(1 + 40 * (index % 4));
        varied.html = format!("<html><body><p>{}</p>.\r\n.\r\n..\r\n</body></html>", varied.text);
        if index.is_multiple_of(3) {
            varied.reply_to = None;
        }
        if index.is_multiple_of(4) {
            varied.attachments.push(calendar());
        }
        varied
    };
    (0..count).map(of).collect()
}

/// Text messages in GSM-7 and UCS-2, from one character to Twilio's limit of 1600.
pub fn varied_texts(count: usize) -> Vec<OutgoingSms> {
    let of = |index: usize| {
        let mut varied = sms(index as u128 + 1);
        varied.id.attempt = u32::try_from(index % 5 + 1).unwrap_or(1);
        varied.to = PhoneNumber::from_stored(format!("+336123{index:05}"));
        let text = TEXTS[index % TEXTS.len()].repeat(1 + 13 * (index % 3));
        varied.text = text.chars().take(1600).collect();
        varied
    };
    (0..count).map(of).collect()
}
