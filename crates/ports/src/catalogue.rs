//! The catalogue of kinds and their texts.

use std::collections::BTreeMap;

use carillon_domain::event::Part;
use carillon_domain::ids::KindName;
use carillon_domain::kind::{Condition, Trigger};
use carillon_domain::{Business, Channel, Kind, Locale, Person, Value};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::content::Content;

/// One thing that is wrong with input: where, and what to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// A JSON pointer (RFC 6901) into the data: `/appointment/starts_at`.
    pub pointer: String,
    /// What to change. MUST NOT repeat the value: it may be personal.
    pub detail: String,
}

/// Every notification there is.
pub trait Catalogue: Send + Sync {
    /// All kinds, by name.
    fn kinds(&self) -> Vec<&Kind>;

    /// One kind.
    fn find_kind(&self, name: &KindName) -> Option<&Kind>;

    /// The kinds that an event can cause, each with the trigger that names it; conditions are not looked at yet.
    fn triggered_by(&self, event: &str) -> Vec<(&Kind, &Trigger)>;

    /// Every event name that some kind listens to.
    fn events(&self) -> Vec<&str>;

    /// Checks an event's data against the schema of every kind that the event can cause; an empty list means it fits.
    fn check_event(&self, event: &str, data: &Value) -> Vec<FieldError>;

    /// Checks data against the schema of one kind.
    fn check_kind(&self, kind: &KindName, data: &Value) -> Vec<FieldError>;

    /// Whether a condition holds for this data. A name that is absent makes it false, never an error.
    fn holds(&self, condition: &Condition, data: &Value, now: DateTime<Utc>) -> bool;

    /// Whether there is a text for this channel.
    fn has_text(&self, kind: &KindName, channel: Channel) -> bool;

    /// The JSON Schema of an event's data: what [`check_event`](Self::check_event) checks, as JSON text.
    fn event_schema(&self, event: &str) -> Option<String>;

    /// The JSON schema of a kind's data, as JSON text.
    fn schema(&self, kind: &KindName) -> Option<String>;

    /// Sample data of a kind, with its people, but for those that it names by part.
    fn sample(&self, kind: &KindName) -> Option<Value>;
}

/// What a text is made from.
#[derive(Debug, Clone)]
pub struct RenderRequest<'a> {
    /// What it says.
    pub kind: &'a KindName,
    /// How it travels.
    pub channel: Channel,
    /// The wanted language; the nearest one there is gets used.
    pub locale: &'a Locale,
    /// The zone of the place, that times are shown in.
    pub timezone: Tz,
    /// The zone of the reader: a time names the place where the reader's clock differs.
    pub reader_timezone: Tz,
    /// Now: a date that is not near carries its year.
    pub now: DateTime<Utc>,
    /// The event's data.
    pub data: &'a Value,
    /// Who reads it.
    pub recipient: &'a Person,
    /// Who takes which part in the event.
    pub people: &'a BTreeMap<Part, Person>,
    /// The tenant; `None` for the platform's own kinds.
    pub business: Option<&'a Business>,
    /// Where the reader unsubscribes.
    pub unsubscribe_url: &'a str,
    /// Where the reader chooses what comes by which channel.
    pub preferences_url: &'a str,
}

/// Why there is no text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// No text of that kind for that channel.
    #[error("there is no text of this kind for this channel")]
    NoTemplate,
    /// The template and the data do not fit. The text names the template and the line, never a value.
    #[error("{0}")]
    Failed(String),
}

/// A moment that a text message names.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// When it is.
    pub at: DateTime<Utc>,
    /// The reader's language and region; the nearest one there is gets used.
    pub locale: &'a Locale,
    /// The zone of the place, that it is shown in.
    pub timezone: Tz,
    /// The zone of the reader.
    pub reader_timezone: Tz,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Makes texts.
pub trait Renderer: Send + Sync {
    /// The date and the time of day of a moment, as short as the reader's region writes them: "Wed, 2 Dec" and "09:00". The date carries its
    /// year where it is not near, and the time names the place in the reader's language where the reader's clock shows another time.
    /// `None` for what is out of range.
    fn name_moment(&self, moment: &Moment<'_>) -> Option<(String, String)>;

    /// Makes one text. MUST escape data in HTML, keep line breaks out of subjects, and compile nothing per message.
    fn render(&self, request: &RenderRequest<'_>) -> Result<Content, RenderError>;
}
