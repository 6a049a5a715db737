//! Proof-reading: every text is made from the sample once with all names, and once with only those that are required.

use std::collections::BTreeMap;

use carillon_domain::business::Brand;
use carillon_domain::person::Person;
use carillon_domain::{Business, Channel, Locale, Settings, Value, sms};
use carillon_ports::catalogue::{RenderError, RenderRequest, Renderer};
use carillon_ports::content::Content;

use crate::context::{self, PARTS};
use crate::error::LoadErrors;
use crate::kind_folder::Entry;
use crate::render::LONGEST_LINE;
use crate::templates::Templates;

/// Reads every text.
pub(crate) fn read(templates: &Templates, samples: &BTreeMap<String, Value>, errors: &mut LoadErrors) {
    for entry in templates.entries.values() {
        let Some((recipient, business)) = cast(entry, samples) else {
            errors.add("_shared/samples.toml", None, "needs a person of each part (client, practitioner, owner, support, admin) and a business, each with id or name");
            return;
        };
        let bare = Business { settings: Settings::default(), ..business.clone() };
        let mut without_parts = entry.schema.required_only(&entry.sample);
        for part in PARTS {
            without_parts.take(part);
        }
        for (locale, channel) in texts_of(entry) {
            let full = Proof { data: &entry.sample, business: &business, how: "with the sample" };
            let least = Proof { data: &without_parts, business: &bare, how: "with only the names that are required" };
            for proof in [full, least] {
                proof.read(templates, entry, (&locale, channel), &recipient, errors);
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

struct Proof<'a> {
    data: &'a Value,
    business: &'a Business,
    how: &'static str,
}

impl Proof<'_> {
    fn read(
        &self,
        templates: &Templates,
        entry: &Entry,
        (locale, channel): (&Locale, Channel),
        recipient: &Person,
        errors: &mut LoadErrors,
    ) {
        let request = RenderRequest {
            kind: &entry.kind.name,
            channel,
            locale,
            timezone: chrono_tz::Europe::Paris,
            data: self.data,
            recipient,
            people: &BTreeMap::new(),
            business: Some(self.business),
            unsubscribe_url: "https://example.com/u/sample",
        };
        let file = format!("{}/{locale}/{}", entry.kind.name, main_file(channel));
        match templates.render(&request) {
            Ok(content) => {
                for detail in flaws(&content) {
                    errors.add(&file, None, format!("{detail} ({})", self.how));
                }
            }
            Err(RenderError::NoTemplate) => {}
            Err(RenderError::Failed(detail)) => {
                let (place, detail) = detail.split_once(": ").unwrap_or((&file, &detail));
                let (file, line) = place.rsplit_once(':').unwrap_or((place, ""));
                errors.add(file, line.parse().ok(), format!("{detail} ({}); test for it with {{% if … %}}", self.how));
            }
        }
    }
}

const fn main_file(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email.subject",
        Channel::Sms => "sms",
        Channel::InApp => "inbox.toml",
    }
}

fn flaws(content: &Content) -> Vec<String> {
    let line = |what: &str, text: &str| {
        let length = text.chars().count();
        (length == 0 || length >= LONGEST_LINE).then(|| format!("the {what} must have 1 to {LONGEST_LINE} characters; it has {length}"))
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
            long.then(|| format!("the text needs {} segments ({:?}, {} units); it must fit one", cost.segments, cost.alphabet, cost.units))
                .into_iter()
                .collect()
        }
    }
}

/// The recipient and the business of a sample.
fn cast(entry: &Entry, samples: &BTreeMap<String, Value>) -> Option<(Person, Business)> {
    let kind = &entry.kind;
    let person = samples.get(context::part_of(kind.audience))?;
    let recipient = Person {
        id: person.text_at("id")?.parse().ok()?,
        actor: kind.actor,
        role: None,
        business: None,
        name: person.text_at("name")?.to_owned(),
        email: None,
        phone: None,
        locale: None,
        timezone: None,
    };
    let brand = |name: &str| samples.get("brand").and_then(|brand| brand.text_at(name)).map(str::to_owned);
    let brand = Brand { color: brand("color"), phone: brand("phone"), address: brand("address") };
    let business = Business {
        id: "sample".parse().ok()?,
        name: samples.get("business")?.text_at("name")?.to_owned(),
        settings: Settings { brand, ..Settings::default() },
    };
    Some((recipient, business))
}
