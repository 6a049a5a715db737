//! A business's own texts.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use carillon_application::templates::{Checked, Look, Preview, Saved, TextName, TextVersion};
use carillon_domain::own_text::{LongestSms, TextProblem};
use carillon_domain::{Channel, KindName, Locale, OwnText, PersonId, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dto::names::ChannelName;
use crate::dto::notification::ContentBody;
use crate::dto::problem::FieldProblem;
use crate::dto::timestamp::Timestamp;
use crate::path;
use crate::problem::ApiError;

/// Which text a path names: `/v1/businesses/{id}/templates/{kind}/{channel}/{locale}`.
pub(crate) struct Named(pub(crate) TextName);

impl FromRequest for Named {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(path::steps(request).and_then(|steps| name(&steps)).map(Self))
    }
}

fn name(steps: &[String]) -> Result<TextName, ApiError> {
    let step = |index: usize| steps.get(index).map(String::as_str).unwrap_or_default();
    Ok(TextName {
        business: given(step(0), "id")?,
        kind: step(1).parse().map_err(|_| ApiError::not_found("There is no such kind."))?,
        channel: given(step(2), "channel")?,
        locale: given(step(3), "locale")?,
    })
}

fn given<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str, name: &str) -> Result<T, ApiError> {
    text.parse().map_err(|error: T::Err| {
        ApiError::input("invalid_path", vec![FieldProblem::of_parameter(name, &error.to_string())])
    })
}

/// What a business writes; `channel` says which fields there are. Names in curly brackets stand for values (`{{ client.first_name }}`,
/// `{{ appointment.starts_at|time }}`), `{% if … %}` for conditions; nothing loops or computes, and nothing is HTML.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "channel", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = OwnText, example = json!({"channel": "sms", "text": "{{ business.name }} : à {{ appointment.starts_at|time }} !"}))]
pub(crate) enum OwnTextBody {
    /// An e-mail, laid out like the built-in ones.
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
    /// An item of the in-app inbox.
    InApp {
        /// One line.
        title: String,
        /// A sentence or two.
        body: String,
    },
}

impl From<OwnTextBody> for OwnText {
    fn from(body: OwnTextBody) -> Self {
        match body {
            OwnTextBody::Email { subject, body } => Self::Email { subject, body },
            OwnTextBody::Sms { text } => Self::Sms { text },
            OwnTextBody::InApp { title, body } => Self::InApp { title, body },
        }
    }
}

impl From<OwnText> for OwnTextBody {
    fn from(text: OwnText) -> Self {
        match text {
            OwnText::Email { subject, body } => Self::Email { subject, body },
            OwnText::Sms { text } => Self::Sms { text },
            OwnText::InApp { title, body } => Self::InApp { title, body },
        }
    }
}

/// One version of a text.
#[derive(Serialize, ToSchema)]
#[schema(as = TextVersion)]
pub(crate) struct TextVersionBody {
    /// The kind that it stands for.
    #[schema(value_type = String, example = "client.reminder_1h")]
    kind: KindName,
    /// How it travels.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// In which language (BCP 47).
    #[schema(value_type = String, example = "fr")]
    locale: Locale,
    /// Rises by one with each change.
    #[schema(example = 3)]
    version: u32,
    /// What it says; null is back to the built-in text.
    text: Option<OwnTextBody>,
    /// Who wrote it.
    #[schema(example = "key:0193f1c2")]
    author: String,
    /// When.
    at: Timestamp,
}

impl From<TextVersion> for TextVersionBody {
    fn from(version: TextVersion) -> Self {
        Self {
            kind: version.name.kind,
            channel: version.name.channel,
            locale: version.name.locale,
            version: version.version,
            text: version.text.map(OwnTextBody::from),
            author: version.author,
            at: version.at.into(),
        }
    }
}

/// What may be wrong with a text.
#[derive(Serialize, ToSchema)]
#[schema(as = TextProblem)]
pub(crate) struct TextProblemBody {
    /// The part: `subject`, `body`, `text`, `title`.
    #[schema(example = "body")]
    part: &'static str,
    /// The line, from 1.
    #[schema(example = 3)]
    line: usize,
    /// The character on that line, from 1.
    #[schema(example = 14)]
    column: usize,
    /// What, for programs.
    #[schema(example = "unknown_name")]
    code: &'static str,
    /// `error`: it cannot be used. `warning`: it can, and its author should know.
    #[schema(example = "error")]
    severity: &'static str,
    /// What to change.
    #[schema(example = "client.nam is not known here: did you mean client.name?")]
    detail: String,
}

impl From<TextProblem> for TextProblemBody {
    fn from(problem: TextProblem) -> Self {
        Self {
            part: problem.part.as_str(),
            line: problem.line,
            column: problem.column,
            code: problem.code.as_str(),
            severity: problem.severity().as_str(),
            detail: problem.detail,
        }
    }
}

/// What a text message can need at most.
#[derive(Serialize, ToSchema)]
#[schema(as = LongestSms)]
pub(crate) struct LongestSmsBody {
    /// Segments, when all values are in the SMS alphabet.
    #[schema(example = 1)]
    plain: usize,
    /// Segments, when a name such as François is not.
    #[schema(example = 2)]
    worst: usize,
}

impl From<LongestSms> for LongestSmsBody {
    fn from(longest: LongestSms) -> Self {
        Self { plain: longest.plain.segments, worst: longest.worst.segments }
    }
}

/// A text that was saved.
#[derive(Serialize, ToSchema)]
pub(crate) struct TextSaved {
    /// The version that holds from now on, within seconds.
    version: TextVersionBody,
    /// What its author should know.
    warnings: Vec<TextProblemBody>,
    /// What it can need at most, for a text message.
    longest_sms: Option<LongestSmsBody>,
}

impl From<Saved> for TextSaved {
    fn from(saved: Saved) -> Self {
        let Checked { problems, sms } = saved.checked;
        Self {
            version: saved.version.into(),
            warnings: problems.into_iter().map(TextProblemBody::from).collect(),
            longest_sms: sms.map(LongestSmsBody::from),
        }
    }
}

/// Which version to go back to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RollBackBody {
    /// Its number.
    #[schema(minimum = 1, example = 2)]
    pub(crate) version: u32,
}

/// Who gets a test.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestSendBody {
    /// Somebody who is known.
    #[schema(value_type = String, example = "owner-1")]
    pub(crate) recipient_id: PersonId,
}

/// What is to be looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreviewBody {
    /// The business.
    #[schema(example = "salon-1")]
    business_id: String,
    /// The kind.
    #[schema(example = "client.reminder_1h")]
    kind: String,
    /// How it travels.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// In which language (BCP 47).
    #[schema(example = "fr")]
    locale: String,
    /// A text that is not saved; left out, the one that holds.
    text: Option<OwnTextBody>,
    /// The data of an event, people included; left out, the kind's sample.
    #[schema(value_type = Option<Object>)]
    data: Option<Value>,
    /// Who would read it; left out, somebody made up.
    #[schema(example = "client-77")]
    recipient_id: Option<String>,
}

impl PreviewBody {
    /// The question.
    pub(crate) fn look(self) -> Result<Look, ApiError> {
        let name = TextName {
            business: in_body(&self.business_id, "/business_id")?,
            kind: in_body(&self.kind, "/kind")?,
            channel: self.channel,
            locale: in_body(&self.locale, "/locale")?,
        };
        let recipient = self.recipient_id.as_deref().map(|id| in_body(id, "/recipient_id")).transpose()?;
        Ok(Look { name, text: self.text.map(OwnText::from), data: self.data, recipient })
    }
}

fn in_body<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str, pointer: &str) -> Result<T, ApiError> {
    text.parse().map_err(|error: T::Err| {
        ApiError::input("invalid_preview", vec![FieldProblem::in_body(pointer.to_owned(), error.to_string())])
    })
}

/// How a text would look.
#[derive(Serialize, ToSchema)]
pub(crate) struct TextPreview {
    /// Whether it can be used.
    usable: bool,
    /// What is wrong with it, and what may be.
    problems: Vec<TextProblemBody>,
    /// What it can need at most, for a text message.
    longest_sms: Option<LongestSmsBody>,
    /// What a reader would get; null where it cannot be made.
    content: Option<ContentBody>,
    /// Why not, where it could be used.
    #[schema(example = "the text and the data do not fit")]
    problem: Option<String>,
}

impl From<Preview> for TextPreview {
    fn from(preview: Preview) -> Self {
        let usable = preview.checked.is_usable();
        let Checked { problems, sms } = preview.checked;
        Self {
            usable,
            problems: problems.into_iter().map(TextProblemBody::from).collect(),
            longest_sms: sms.map(LongestSmsBody::from),
            content: preview.content.map(ContentBody::from),
            problem: preview.problem,
        }
    }
}
