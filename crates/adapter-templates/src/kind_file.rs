//! `kind.toml`: who hears of what, when, and by which channels.

use carillon_domain::channel::Purpose;
use carillon_domain::ids::KindName;
use carillon_domain::kind::{Audience, Calendar, ChannelRule, Condition, NEWS_FOR, Timing, Trigger};
use carillon_domain::{Actor, Channel, Class, Kind, Value, span};
use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use crate::error::{LoadErrors, line_at};
use crate::sources::SourceFile;

/// The file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KindFile {
    description: String,
    actor: Actor,
    audience: Audience,
    class: Class,
    purpose: Purpose,
    #[serde(default)]
    on: Vec<OnTable>,
    reminder: Option<ReminderTable>,
    channels: toml::Table,
    /// JSON Schema of the data.
    pub(crate) schema: Map<String, Json>,
    /// Sample values by name.
    #[serde(default = "Value::map")]
    pub(crate) sample: Value,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OnTable {
    event: String,
    when: Option<String>,
    after: Option<String>,
    before: Option<String>,
    of: Option<String>,
    until: Option<String>,
    news_for: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReminderTable {
    before: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelTable {
    when: Option<String>,
    #[serde(default)]
    opt_in: bool,
    calendar: Option<Calendar>,
}

/// Reads the file; what is wrong with it goes to the errors.
pub(crate) fn parse(source: &SourceFile, errors: &mut LoadErrors) -> Option<KindFile> {
    match toml::from_str(&source.text) {
        Ok(file) => Some(file),
        Err(error) => {
            let line = error.span().map(|span| line_at(&source.text, span.start));
            errors.add(&source.shown, line, error.message().trim().replace('\n', " "));
            None
        }
    }
}

impl KindFile {
    /// The kind that the file describes.
    pub(crate) fn to_kind(
        &self,
        name: KindName,
        source: &SourceFile,
        errors: &mut LoadErrors,
    ) -> Option<Kind> {
        let before = errors.count();
        let mut complain = |detail: String| errors.add(&source.shown, None, detail);
        if self.description.trim().is_empty() || self.description.contains('\n') {
            complain("`description` must be one line of English".to_owned());
        }
        if self.reminder.is_some() && !self.on.is_empty() {
            complain("`[reminder]` stands instead of `[[on]]`: remove one of them".to_owned());
        }
        if self.channels.is_empty() {
            complain("a kind needs at least one channel, such as `[channels.email]`".to_owned());
        }
        let triggers = self.on.iter().filter_map(|on| on.to_trigger(&mut complain)).collect();
        let reminder =
            self.reminder.as_ref().and_then(|table| length(&table.before, "reminder.before", &mut complain));
        let channels =
            self.channels.iter().filter_map(|(name, table)| rule(name, table, &mut complain)).collect();
        (errors.count() == before).then(|| Kind {
            name,
            description: self.description.trim().to_owned(),
            actor: self.actor,
            audience: self.audience,
            class: self.class,
            purpose: self.purpose,
            triggers,
            reminder,
            channels,
        })
    }
}

impl OnTable {
    fn to_trigger(&self, complain: &mut impl FnMut(String)) -> Option<Trigger> {
        let timing = match (&self.after, &self.before, &self.of) {
            (None, None, None) => Timing::Now,
            (Some(after), None, None) => Timing::After(length(after, "after", complain)?),
            (None, Some(before), Some(of)) => {
                Timing::Before { by: length(before, "before", complain)?, of: of.clone() }
            }
            _ => {
                complain(format!(
                    "`[[on]]` of {}: give `after` alone, or `before` together with `of`",
                    self.event
                ));
                return None;
            }
        };
        if self.event.is_empty() || self.event.chars().any(|c| c.is_whitespace() || c.is_control()) {
            complain("`event` must be a name such as appointment.booked".to_owned());
            return None;
        }
        for (name, field) in [("until", &self.until), ("news_for", &self.news_for)] {
            if field.is_some() && timing != Timing::Now {
                complain(format!(
                    "`[[on]]` of {}: `{name}` goes with neither `after` nor `before`",
                    self.event
                ));
                return None;
            }
        }
        let news_for = match &self.news_for {
            Some(text) => length(text, "news_for", complain)?,
            None => NEWS_FOR,
        };
        Some(Trigger {
            event: self.event.clone(),
            when: self.when.clone().map(Condition),
            timing,
            until: self.until.clone(),
            news_for,
        })
    }
}

fn length(text: &str, name: &str, complain: &mut impl FnMut(String)) -> Option<TimeDelta> {
    span::parse(text).map_err(|error| complain(format!("`{name}` {error}"))).ok()
}

fn rule(name: &str, table: &toml::Value, complain: &mut impl FnMut(String)) -> Option<ChannelRule> {
    let channel: Channel =
        name.parse().map_err(|error| complain(format!("`[channels.{name}]` {error}"))).ok()?;
    let table: ChannelTable = table
        .clone()
        .try_into()
        .map_err(|error: toml::de::Error| complain(format!("`[channels.{name}]`: {}", error.message())))
        .ok()?;
    if table.calendar.is_some() && channel != Channel::Email {
        complain(format!("`[channels.{name}]`: only an e-mail can carry a `calendar`"));
        return None;
    }
    let ChannelTable { when, opt_in, calendar } = table;
    Some(ChannelRule { channel, when: when.map(Condition), opt_in, calendar })
}
