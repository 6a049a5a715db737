//! A message as a line of the list.

use carillon_application::mailbox::{Content, Letter};
use carillon_domain::Channel;
use serde::Serialize;

use crate::asked::{Asked, View, Width};
use crate::written;

/// How much of a text stands in a line; the page cuts it to its width.
const START: usize = 140;

/// A line of the list, for the template and, as JSON, for the script.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) channel: &'static str,
    pub(crate) channel_name: &'static str,
    pub(crate) to: String,
    /// The subject, or how the text starts.
    pub(crate) title: String,
    /// How an e-mail's text starts.
    pub(crate) start: String,
    pub(crate) at: String,
    #[serde(skip)]
    pub(crate) written: String,
    #[serde(skip)]
    pub(crate) href: String,
    /// Filtered out; the script may show it again.
    #[serde(skip)]
    pub(crate) hidden: bool,
    #[serde(skip)]
    pub(crate) open: bool,
}

impl Row {
    /// The line of a message.
    pub(crate) fn of(letter: &Letter, asked: &Asked) -> Self {
        let (title, start) = match &letter.content {
            Content::Email { subject, text, .. } => (subject.clone(), one_line(text)),
            Content::Sms { text } => (one_line(text), String::new()),
            Content::InApp { title, body, .. } => (title.clone(), one_line(body)),
        };
        let search = asked.search().to_lowercase();
        let found = search.is_empty() || format!("{} {title}", letter.to).to_lowercase().contains(&search);
        let of_channel = asked.channel().is_none_or(|channel| channel == letter.channel);
        Self {
            id: letter.seq.to_string(),
            channel: letter.channel.as_str(),
            channel_name: channel_name(letter.channel),
            to: letter.to.clone(),
            title,
            start,
            at: written::exact(letter.at),
            written: written::short(letter.at),
            href: asked.opened(letter.seq, View::Html, Width::Desktop),
            hidden: !(found && of_channel),
            open: false,
        }
    }

    /// The mould from which the script makes lines.
    pub(crate) fn blank() -> Self {
        Self { channel: Channel::Email.as_str(), ..Self::default() }
    }
}

/// As people say it.
pub(crate) const fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "E-mail",
        Channel::Sms => "SMS",
        Channel::InApp => "In-app",
    }
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(START / 2).collect();
    words.join(" ").chars().take(START).collect()
}
