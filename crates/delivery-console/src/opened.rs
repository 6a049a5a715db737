//! The right pane: a message, or why there is none.

use carillon_application::mailbox::{Content, Letter};

use crate::asked::{Asked, MAILBOX, View, Width};
use crate::attached::{Attached, attached};
use crate::linked::{Part, linked};
use crate::sms::SmsPane;
use crate::{source, written};

/// What stands on the right.
pub(crate) enum Pane<'a> {
    /// An e-mail.
    Email(EmailPane<'a>),
    /// A text message.
    Sms(SmsPane<'a>),
    /// The one asked for is not kept.
    Gone,
    /// None was asked for, and none is in the list.
    Closed,
    /// The mailbox is empty.
    Empty {
        /// Where this server is.
        server: String,
    },
}

impl<'a> Pane<'a> {
    /// A message, opened as asked.
    pub(crate) fn of(letter: &'a Letter, asked: &Asked) -> Self {
        match &letter.content {
            Content::Email { subject, html, text } => Self::Email(EmailPane {
                back: asked.list(),
                subject,
                from: letter.from.as_deref().unwrap_or_default(),
                to: &letter.to,
                at: written::exact(letter.at),
                written: written::long(letter.at),
                attached: attached(letter),
                views: views(letter.seq, asked),
                body: EmailBody::of(letter, (subject, html, text), asked),
            }),
            Content::Sms { text } => Self::Sms(SmsPane::of(letter, text, asked)),
            // The in-app inbox has no provider: what is in it never comes through a mailbox.
            Content::InApp { .. } => Self::Gone,
        }
    }
}

/// An e-mail, opened.
pub(crate) struct EmailPane<'a> {
    pub(crate) back: String,
    pub(crate) subject: &'a str,
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) at: String,
    pub(crate) written: String,
    pub(crate) attached: Vec<Attached<'a>>,
    pub(crate) views: Vec<Choice>,
    pub(crate) body: EmailBody<'a>,
}

/// An e-mail in one of its views.
pub(crate) enum EmailBody<'a> {
    /// Framed.
    Html { frame: String, width: &'static str, widths: Vec<Choice> },
    /// Its plain-text part.
    Text { parts: Vec<Part<'a>> },
    /// The whole message.
    Source { source: String },
    /// Its header fields.
    Headers { fields: Vec<(&'static str, String)> },
}

impl<'a> EmailBody<'a> {
    fn of(letter: &'a Letter, (subject, html, text): (&str, &str, &'a str), asked: &Asked) -> Self {
        match asked.view() {
            View::Html => Self::Html {
                frame: format!("{MAILBOX}/{}/html", letter.seq),
                width: asked.width().as_str(),
                widths: widths(letter.seq, asked),
            },
            View::Text => Self::Text { parts: linked(text) },
            View::Source => Self::Source { source: source::source(letter, subject, text, html) },
            View::Headers => Self::Headers { fields: source::fields(letter, subject) },
        }
    }
}

/// One of several links, of which one is current.
pub(crate) struct Choice {
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    pub(crate) href: String,
    pub(crate) current: bool,
}

fn views(seq: u64, asked: &Asked) -> Vec<Choice> {
    let choice = |view: View| Choice {
        name: view.as_str(),
        label: view.title(),
        href: asked.opened(seq, view, asked.width()),
        current: view == asked.view(),
    };
    View::ALL.into_iter().map(choice).collect()
}

fn widths(seq: u64, asked: &Asked) -> Vec<Choice> {
    let choice = |width: Width| Choice {
        name: width.as_str(),
        label: width.title(),
        href: asked.opened(seq, View::Html, width),
        current: width == asked.width(),
    };
    Width::ALL.into_iter().map(choice).collect()
}
