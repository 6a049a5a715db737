//! What tests of own texts check and render with.

use carillon_domain::own_text::{ProblemCode, Severity};
use carillon_domain::{Channel, OwnText};
use carillon_ports::OwnTexts;
use carillon_ports::catalogue::{RenderError, RenderRequest};
use carillon_ports::content::Content;
use carillon_ports::own_texts::Checked;

use crate::stage::{EMBEDDED, Stage, kind};

pub(crate) fn email(subject: &str, body: &str) -> OwnText {
    OwnText::Email { subject: subject.to_owned(), body: body.to_owned() }
}

pub(crate) fn sms(text: &str) -> OwnText {
    OwnText::Sms { text: text.to_owned() }
}

pub(crate) fn in_app(title: &str, body: &str) -> OwnText {
    OwnText::InApp { title: title.to_owned(), body: body.to_owned() }
}

pub(crate) fn check(name: &str, text: &OwnText) -> Checked {
    EMBEDDED.check(&kind(name), &"fr".parse().unwrap(), text)
}

/// Line, column and code of each problem.
pub(crate) fn problems(name: &str, text: &OwnText) -> Vec<(usize, usize, ProblemCode)> {
    check(name, text).problems.iter().map(|problem| (problem.line, problem.column, problem.code)).collect()
}

/// The codes of the errors alone.
pub(crate) fn errors(name: &str, text: &OwnText) -> Vec<ProblemCode> {
    let problems = check(name, text).problems.into_iter();
    problems.filter(|problem| problem.severity() == Severity::Error).map(|problem| problem.code).collect()
}

impl Stage {
    pub(crate) fn render_own(&self, text: &OwnText) -> Result<Content, RenderError> {
        let request = RenderRequest {
            kind: &self.kind,
            channel: text.channel(),
            locale: &self.locale,
            timezone: self.timezone,
            reader_timezone: self.reader_timezone.unwrap_or(self.timezone),
            now: self.now,
            data: &self.data,
            recipient: &self.recipient,
            people: &self.people,
            business: self.business.as_ref(),
            unsubscribe_url: "https://carillon.example/u/abc?x=1&y=2",
            preferences_url: "https://carillon.example/p/abc?x=1&y=2",
        };
        EMBEDDED.render_own(&request, text)
    }

    /// Subject, HTML and text of an own e-mail.
    pub(crate) fn own_email(&self, subject: &str, body: &str) -> (String, String, String) {
        match self.render_own(&email(subject, body)).unwrap() {
            Content::Email { subject, html, text } => (subject, html, text),
            other @ (Content::Sms { .. } | Content::InApp { .. }) => panic!("{other:?}"),
        }
    }

    /// The own body alone: what the frame holds, without the frame.
    pub(crate) fn own_body(&self, body: &str) -> (String, String) {
        let (_, html, text) = self.own_email("x", body);
        (body_of(&html), text.split("\n\n--\n").next().unwrap().to_owned())
    }

    pub(crate) fn own_sms(&self, text: &str) -> String {
        match self.render_own(&sms(text)).unwrap() {
            Content::Sms { text } => text,
            other @ (Content::Email { .. } | Content::InApp { .. }) => panic!("{other:?}"),
        }
    }
}

/// All paragraphs of an own body.
pub(crate) fn body_of(html: &str) -> String {
    let start = html.find("<p style=\"margin: 0\">").unwrap_or(0);
    let end = html.rfind("</p>").map_or(start, |end| end + "</p>".len());
    html[start..end].to_owned()
}

/// All channels of a text, for a kind that has them: the same words as subject and body, as SMS, and as title and body.
pub(crate) fn everywhere(text: &str) -> [(&'static str, OwnText); 3] {
    [
        ("client.reminder_24h", email("x", text)),
        ("client.reminder_1h", sms(text)),
        ("client.appointment_confirmed", in_app("x", text)),
    ]
}

pub(crate) const CHANNELS: usize = Channel::ALL.len();
