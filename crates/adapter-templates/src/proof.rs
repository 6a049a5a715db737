//! Proof-reading: every text is made from the sample once with all names, and once with only those that are required.

use std::collections::BTreeMap;

use carillon_domain::business::Brand;
use carillon_domain::event::Part;
use carillon_domain::person::Person;
use carillon_domain::{Business, Channel, Locale, Settings, Value, sms};
use carillon_ports::catalogue::{RenderError, RenderRequest};
use carillon_ports::content::Content;
use chrono::DateTime;

use crate::context::{self, ALWAYS, PARTS};
use crate::engine::HTML;
use crate::error::{LoadError, LoadErrors};
use crate::kind_folder::Entry;
use crate::render::LONGEST_LINE;
use crate::sample;
use crate::sources::Sources;
use crate::templates::Templates;

const CAST_IS_MISSING: &str = "needs a person of each part (client, practitioner, owner, support, admin) with id and name, and a business with a name";

/// Reads every text.
pub(crate) fn read(
    templates: &Templates,
    samples: &BTreeMap<String, Value>,
    sources: &Sources,
    errors: &mut LoadErrors,
) {
    for entry in templates.entries.values() {
        let Some((recipient, business)) = cast(entry, samples) else {
            errors.add("_shared/samples.toml", None, CAST_IS_MISSING);
            return;
        };
        let bare = Business { settings: Settings::default(), ..business.clone() };
        let mut least = entry.schema.required_only(&entry.sample);
        for part in PARTS {
            least.take(part);
        }
        let full = Proof {
            templates,
            entry,
            recipient: &recipient,
            data: &entry.sample,
            people: &templates.sample_people,
            business: &business,
            can_reply: false,
        };
        let answered = Proof { can_reply: true, ..full };
        let least = Proof { data: &least, people: &BTreeMap::new(), business: &bare, ..full };
        for (locale, channel) in texts_of(entry) {
            let flaws = [
                full.flaws(&locale, channel, "with the sample"),
                answered.flaws(&locale, channel, "with the sample, for a reader who can answer"),
                least.flaws(&locale, channel, "with only the names that are required"),
            ];
            // What is wrong with all names there is most often wrong without them too.
            for flaw in flaws.into_iter().find(|flaws| !flaws.is_empty()).unwrap_or_default() {
                errors.add(shown(sources, &flaw.file), flaw.line, flaw.detail);
            }
        }
    }
}

fn texts_of(entry: &Entry) -> Vec<(Locale, Channel)> {
    let locales = entry.texts.keys().filter_map(|tag| tag.parse::<Locale>().ok());
    locales
        .flat_map(|locale| entry.kind.channels.iter().map(move |rule| (locale.clone(), rule.channel)))
        .collect()
}

#[derive(Clone, Copy)]
struct Proof<'a> {
    templates: &'a Templates,
    entry: &'a Entry,
    recipient: &'a Person,
    data: &'a Value,
    people: &'a BTreeMap<Part, Person>,
    business: &'a Business,
    can_reply: bool,
}

impl Proof<'_> {
    /// What is wrong with one text, by its file within the catalogue.
    fn flaws(&self, locale: &Locale, channel: Channel, how: &str) -> Vec<LoadError> {
        let kind = &self.entry.kind.name;
        let request = RenderRequest {
            kind,
            channel,
            locale,
            timezone: chrono_tz::Europe::Paris,
            reader_timezone: chrono_tz::Europe::Paris,
            now: DateTime::UNIX_EPOCH,
            data: self.data,
            recipient: self.recipient,
            people: self.people,
            business: Some(self.business),
            unsubscribe_url: "https://example.com/u/sample",
            preferences_url: "https://example.com/p/sample",
        };
        match self.templates.render_as(&request, self.can_reply && channel == Channel::Sms) {
            Ok(content) => {
                let file = format!("{kind}/{locale}/{}", main_file(channel));
                let flaws = flaws_of(&content).into_iter();
                flaws
                    .map(|flaw| LoadError {
                        file: file.clone(),
                        line: None,
                        detail: format!("{flaw} ({how})"),
                    })
                    .collect()
            }
            Err(RenderError::NoTemplate) => Vec::new(),
            Err(RenderError::Failed(detail)) => vec![self.failure(&detail, how)],
        }
    }

    /// A failure says `template:line: what`.
    fn failure(&self, failure: &str, how: &str) -> LoadError {
        let (place, what) = failure.split_once(": ").unwrap_or(("", failure));
        let (template, line) = place.rsplit_once(':').unwrap_or((place, ""));
        let absent = self.absent_names(template);
        let advice = if (what.contains("undefined") || what.contains("absent")) && !absent.is_empty() {
            format!("; test with {{% if … %}} for what may be absent here: {}", absent.join(", "))
        } else {
            String::new()
        };
        let file = template.split('#').next().unwrap_or(template).to_owned();
        LoadError { file, line: line.parse().ok(), detail: format!("{what} ({how}){advice}") }
    }

    /// The names that a template uses and that are not there this time.
    fn absent_names(&self, template: &str) -> Vec<String> {
        let engine = &self.templates.engine;
        let found =
            engine.get_template(template).or_else(|_| engine.get_template(&format!("{template}{HTML}")));
        let mut names: Vec<String> =
            found.map(|found| found.undeclared_variables(true).into_iter().collect()).unwrap_or_default();
        names.retain(|name| {
            let top = name.split('.').next().unwrap_or_default();
            let given = ALWAYS.contains(&top) && top != "action_url";
            let part = PARTS.contains(&top) && self.data.at(top).is_some();
            !given && !part && self.data.at(name).is_none()
        });
        names.sort();
        names
    }
}

/// The file as a person would open it.
fn shown<'a>(sources: &'a Sources, path: &'a str) -> &'a str {
    sources.get(path).map_or(path, |file| file.shown.as_str())
}

const fn main_file(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email.subject",
        Channel::Sms => "sms",
        Channel::InApp => "inbox.toml",
    }
}

fn flaws_of(content: &Content) -> Vec<String> {
    let line = |what: &str, text: &str| {
        let length = text.chars().count();
        (length == 0 || length >= LONGEST_LINE)
            .then(|| format!("the {what} must have 1 to {LONGEST_LINE} characters; it has {length}"))
    };
    match content {
        Content::Email { subject, .. } => line("subject", subject).into_iter().collect(),
        Content::InApp { title, body, .. } => {
            let empty = body.is_empty().then(|| "the body is empty".to_owned());
            line("title", title).into_iter().chain(empty).collect()
        }
        Content::Sms { text } => {
            let cost = sms::cost(text);
            let long = cost.segments != 1 || text.is_empty();
            long.then(|| {
                format!(
                    "the text needs {} segments ({:?}, {} units); it must fit one",
                    cost.segments, cost.alphabet, cost.units
                )
            })
            .into_iter()
            .collect()
        }
    }
}

/// The recipient and the business of a sample.
fn cast(entry: &Entry, samples: &BTreeMap<String, Value>) -> Option<(Person, Business)> {
    let kind = &entry.kind;
    let recipient = sample::person(samples.get(context::part_of(kind.audience))?, kind.actor)?;
    let brand = |name: &str| samples.get("brand").and_then(|brand| brand.text_at(name)).map(str::to_owned);
    let brand = Brand { color: brand("color"), phone: brand("phone"), address: brand("address") };
    let business = Business {
        id: "sample".parse().ok()?,
        name: samples.get("business")?.text_at("name")?.to_owned(),
        settings: Settings { brand, ..Settings::default() },
    };
    Some((recipient, business))
}
