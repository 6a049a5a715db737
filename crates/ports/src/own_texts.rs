//! Texts that businesses write themselves.

use carillon_domain::ids::KindName;
use carillon_domain::own_text::{LongestSms, Severity, TextProblem};
use carillon_domain::{Locale, OwnText};

use crate::catalogue::{RenderError, RenderRequest};
use crate::content::Content;

/// What was found in an own text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// What is wrong and what may be, in the order of the text.
    pub problems: Vec<TextProblem>,
    /// What it can cost, if it is an SMS that can be made.
    pub sms: Option<LongestSms>,
}

impl Checked {
    /// Whether it can be used: warnings alone stop nothing.
    pub fn is_usable(&self) -> bool {
        self.problems.iter().all(|problem| problem.severity() == Severity::Warning)
    }
}

/// Checks and makes own texts. Pure: no input or output, nothing is stored but compiled forms, and of those only so many.
///
/// An adapter MUST treat every text as hostile. Whatever it says, both methods end after a number of steps that is bounded by its
/// length, use memory that is bounded as well, and reach no value but those of the one message. A text that was never checked is
/// as safe to make as one that was.
pub trait OwnTexts: Send + Sync {
    /// Says what is wrong with a text for a kind and a language, before it is saved.
    fn check(&self, kind: &KindName, locale: &Locale, text: &OwnText) -> Checked;

    /// Makes one message from an own text. `request.locale` is the language that the own text is written in: dates and the frame
    /// of an e-mail follow it.
    ///
    /// Values are data and never markup: escaped in HTML, in a subject or title without line breaks, cut at 2,000 characters, and
    /// without characters that nobody sees. What is absent is left out. Fails with `NoTemplate` where the kind has no such channel,
    /// and with `Failed` where the text could not have passed the check, where it does not go with the data, and where an SMS would
    /// need more than [`MOST_SEGMENTS`](carillon_domain::own_text::MOST_SEGMENTS); the built-in text can be made then.
    fn render_own(&self, request: &RenderRequest<'_>, text: &OwnText) -> Result<Content, RenderError>;
}
