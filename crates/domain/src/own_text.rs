//! A text that a business wrote itself, in place of the built-in one of a kind, and what can be wrong with it.

use serde::{Deserialize, Serialize};

use crate::channel::{Channel, named};
use crate::reason::UnknownName;
use crate::sms;

/// What a business wrote. It is a template: names in curly brackets stand for values, and nothing in it is HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "channel", rename_all = "snake_case", deny_unknown_fields)]
pub enum OwnText {
    /// An e-mail; it is laid out like the built-in ones, with the same header and footer.
    Email {
        /// One line.
        subject: String,
        /// Paragraphs with an empty line between them, `**bold**` and `[label](address)`.
        body: String,
    },
    /// A text message.
    Sms {
        /// The whole of it.
        text: String,
    },
    /// An item of the in-app inbox; its button stays the built-in one.
    InApp {
        /// One line.
        title: String,
        /// A sentence or two.
        body: String,
    },
}

impl OwnText {
    /// How it travels.
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Email { .. } => Channel::Email,
            Self::Sms { .. } => Channel::Sms,
            Self::InApp { .. } => Channel::InApp,
        }
    }

    /// Its parts as written, in the order in which they are read.
    pub fn parts(&self) -> Vec<(TextPart, &str)> {
        match self {
            Self::Email { subject, body } => vec![(TextPart::Subject, subject), (TextPart::Body, body)],
            Self::Sms { text } => vec![(TextPart::Text, text)],
            Self::InApp { title, body } => vec![(TextPart::Title, title), (TextPart::Body, body)],
        }
    }
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextPart {
    /// The subject of an e-mail.
    Subject,
    /// The body of an e-mail, or of an item of the inbox.
    Body,
    /// The whole of a text message.
    Text,
    /// The title of an item of the inbox.
    Title,
}
named!(TextPart { Subject => "subject", Body => "body", Text => "text", Title => "title" });

impl TextPart {
    /// How much may be written, before values are put in: characters for one line, bytes for the rest.
    pub const fn longest(self) -> usize {
        match self {
            Self::Subject | Self::Title => 200,
            Self::Body | Self::Text => 16 * 1024,
        }
    }

    /// Whether it is one line.
    pub const fn is_line(self) -> bool {
        match self {
            Self::Subject | Self::Title | Self::Text => true,
            Self::Body => false,
        }
    }
}

/// More segments than this are never sent as one own text.
pub const MOST_SEGMENTS: usize = 6;

/// One thing that is wrong with an own text, or may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextProblem {
    /// Where.
    pub part: TextPart,
    /// The line, counted from 1.
    pub line: usize,
    /// The character on that line, counted from 1.
    pub column: usize,
    /// What.
    pub code: ProblemCode,
    /// What to change, in a sentence; it may repeat what the business wrote.
    pub detail: String,
}

impl TextProblem {
    /// Whether the text can be used all the same.
    pub const fn severity(&self) -> Severity {
        self.code.severity()
    }
}

/// Whether a text with this problem can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It cannot.
    Error,
    /// It can, and its author should know.
    Warning,
}
named!(Severity { Error => "error", Warning => "warning" });

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemCode {
    /// There is no such kind, or it speaks for the platform and no business may change it.
    UnknownKind,
    /// The kind is not sent by this channel.
    NoSuchChannel,
    /// Nothing is written.
    Empty,
    /// More is written than fits.
    TooLong,
    /// Too many placeholders or conditions, or too deeply nested ones.
    TooMuch,
    /// A character that no reader sees, or that turns the order of others around.
    InvisibleCharacter,
    /// Brackets or marks that do not close, or words in an order that says nothing.
    Syntax,
    /// What template languages have and own texts do not: loops, functions, calculations.
    NotAllowed,
    /// A name that this kind does not know.
    UnknownName,
    /// A filter that there is not.
    UnknownFilter,
    /// A value of another type than the place takes.
    WrongType,
    /// A link that leads nowhere safe.
    BadLink,
    /// Even with values that are all in the SMS alphabet, it can need more segments than are ever sent.
    SmsTooLong,
    /// The language has no words and formats here: those of English stand in.
    NoSuchLanguage,
    /// A value that may be absent is printed outside of a condition: nothing stands in its place then.
    MayBeAbsent,
    /// A comparison with something that the value never is.
    NeverTrue,
    /// A value that readers do not understand without a filter.
    Unformatted,
    /// It can need several segments, each of which costs.
    SeveralSegments,
    /// A character that makes each segment of the SMS less than half as long.
    NotInSmsAlphabet,
    /// A marketing SMS has to say how to stop it.
    NoOptOut,
    /// An offer in a message that needs no consent as long as it holds none.
    LooksLikeMarketing,
}
named!(ProblemCode {
    UnknownKind => "unknown_kind", NoSuchChannel => "no_such_channel", Empty => "empty", TooLong => "too_long",
    TooMuch => "too_much", InvisibleCharacter => "invisible_character", Syntax => "syntax",
    NotAllowed => "not_allowed", UnknownName => "unknown_name", UnknownFilter => "unknown_filter",
    WrongType => "wrong_type", BadLink => "bad_link", SmsTooLong => "sms_too_long",
    NoSuchLanguage => "no_such_language", MayBeAbsent => "may_be_absent", NeverTrue => "never_true",
    Unformatted => "unformatted", SeveralSegments => "several_segments",
    NotInSmsAlphabet => "not_in_sms_alphabet", NoOptOut => "no_opt_out",
    LooksLikeMarketing => "looks_like_marketing",
});

impl ProblemCode {
    /// Whether a text with this problem can be used.
    pub const fn severity(self) -> Severity {
        match self {
            Self::UnknownKind
            | Self::NoSuchChannel
            | Self::Empty
            | Self::TooLong
            | Self::TooMuch
            | Self::InvisibleCharacter
            | Self::Syntax
            | Self::NotAllowed
            | Self::UnknownName
            | Self::UnknownFilter
            | Self::WrongType
            | Self::BadLink
            | Self::SmsTooLong => Severity::Error,
            Self::NoSuchLanguage
            | Self::MayBeAbsent
            | Self::NeverTrue
            | Self::Unformatted
            | Self::SeveralSegments
            | Self::NotInSmsAlphabet
            | Self::NoOptOut
            | Self::LooksLikeMarketing => Severity::Warning,
        }
    }
}

/// What an SMS can cost, with the longest values that its kind's schema allows, and names of 60 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LongestSms {
    /// When all values are in the SMS alphabet.
    pub plain: sms::Cost,
    /// When a value is not, as the names François and Chloë are not. Beyond [`MOST_SEGMENTS`] values are cut until it can be sent.
    pub worst: sms::Cost,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_written_with_its_channel_and_no_other_names() {
        let sms = OwnText::Sms { text: "Hi".to_owned() };
        let json = r#"{"channel":"sms","text":"Hi"}"#;
        assert_eq!(serde_json::to_string(&sms).unwrap(), json);
        assert_eq!(serde_json::from_str::<OwnText>(json).unwrap(), sms);
        assert!(serde_json::from_str::<OwnText>(r#"{"channel":"sms","text":"Hi","html":"x"}"#).is_err());
        assert_eq!(sms.parts(), [(TextPart::Text, "Hi")]);
    }
}
