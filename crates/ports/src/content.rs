//! What a person reads.

use std::fmt;

/// A rendered text. It is personal: `Debug` shows its kind and size only.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// An e-mail.
    Email {
        /// One line, without line breaks.
        subject: String,
        /// The HTML part.
        html: String,
        /// The plain-text part.
        text: String,
    },
    /// A text message.
    Sms {
        /// The whole of it.
        text: String,
    },
    /// An item of the in-app inbox.
    InApp {
        /// One line.
        title: String,
        /// A sentence or two.
        body: String,
        /// What can be done.
        action: Option<Action>,
    },
}

/// A button.
#[derive(Clone, PartialEq, Eq)]
pub struct Action {
    /// What it says.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Email { html, .. } => write!(f, "Email({} bytes)", html.len()),
            Self::Sms { text } => write!(f, "Sms({} bytes)", text.len()),
            Self::InApp { body, .. } => write!(f, "InApp({} bytes)", body.len()),
        }
    }
}
