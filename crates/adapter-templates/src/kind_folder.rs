//! One folder, one kind: its file, its schema, its texts in each language.

use std::collections::{BTreeMap, BTreeSet};

use carillon_domain::kind::Timing;
use carillon_domain::{Channel, Kind, Locale, Value};

use crate::condition::Compiled;
use crate::kind_file;
use crate::load::Workshop;
use crate::sample;
use crate::schema::{Check, Schema};
use crate::texts::{EmailTexts, InboxFile, InboxTexts, Texts};

/// An entry of the catalogue with all that belongs to it.
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) schema: Schema,
    pub(crate) check: Check,
    /// The schema as clients read it.
    pub(crate) document: String,
    pub(crate) sample: Value,
    /// By language.
    pub(crate) texts: BTreeMap<String, Texts>,
}

const fn files_of(channel: Channel) -> &'static [&'static str] {
    match channel {
        Channel::Email => &["email.subject", "email.mjml", "email.txt"],
        Channel::Sms => &["sms"],
        Channel::InApp => &["inbox.toml"],
    }
}

/// Loads a folder; what is wrong with it goes to the errors.
pub(crate) fn load(folder: &str, workshop: &mut Workshop<'_>) -> Option<Entry> {
    let path = format!("{folder}/kind.toml");
    let Some(source) = workshop.sources.get(&path).cloned() else {
        workshop.errors.add(&path, None, "this file is missing; every folder is a kind");
        return None;
    };
    if !is_kind_name(folder) {
        workshop.errors.add(&source.shown, None, "a folder of a kind is named such as client.reminder_24h");
        return None;
    }
    let file = kind_file::parse(&source, workshop.errors)?;
    let name = folder.parse().ok()?;
    let kind = file.to_kind(name, &source, workshop.errors);
    let schema = Schema::new(file.schema.clone(), workshop.definitions.clone());
    let check = Check::compile(&[&schema]).map_err(|error| {
        workshop.errors.add(&source.shown, None, format!("`[schema]` is not JSON Schema: {error}"));
    });
    let (kind, check) = (kind?, check.ok()?);
    let sample = sample::of_kind(&schema, &file.sample, workshop.samples);
    for error in check.errors(&sample) {
        workshop.errors.add(
            &source.shown,
            None,
            format!("the sample does not fit: `{}` {}", error.pointer, error.detail),
        );
    }
    check_people(&sample, &source.shown, workshop);
    check_names(&kind, &schema, &source.shown, workshop);
    let texts = load_texts(folder, &kind, &schema, workshop);
    Some(Entry { document: schema.document(), kind, schema, check, sample, texts })
}

fn is_kind_name(folder: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    folder.len() <= 128 && folder.contains('.') && folder.split('.').all(plain)
}

/// Whoever the sample names by part is there, so that proof-reading sees all that a text says of a person.
fn check_people(sample: &Value, shown: &str, workshop: &mut Workshop<'_>) {
    for part in sample::parts(sample) {
        if !workshop.samples.contains_key(part) {
            workshop.errors.add(
                shown,
                None,
                format!("the sample names `{part}`, who is not in _shared/samples.toml"),
            );
        }
    }
}

/// Conditions compile, and each name that the file leans on is in the schema.
fn check_names(kind: &Kind, schema: &Schema, shown: &str, workshop: &mut Workshop<'_>) {
    for (name, _) in schema.properties() {
        if crate::context::ALWAYS.contains(&name) && name != "business" && name != "action_url" {
            workshop.errors.add(
                shown,
                None,
                format!("`{name}` is a name of every text; call the data something else"),
            );
        }
    }
    for trigger in &kind.triggers {
        if let Timing::Before { of, .. } = &trigger.timing
            && !schema.knows(of)
        {
            workshop.errors.add(shown, None, format!("`of`: `{of}` is not in the schema of this kind"));
        }
    }
    let of_triggers = kind.triggers.iter().filter_map(|trigger| trigger.when.as_ref());
    let of_channels = kind.channels.iter().filter_map(|rule| rule.when.as_ref());
    for condition in of_triggers.chain(of_channels) {
        match Compiled::new(&condition.0, schema) {
            Ok(compiled) => _ = workshop.conditions.insert(condition.0.clone(), compiled),
            Err(error) => workshop.errors.add(shown, None, format!("`when = \"{}\"`: {error}", condition.0)),
        }
    }
}

fn load_texts(
    folder: &str,
    kind: &Kind,
    schema: &Schema,
    workshop: &mut Workshop<'_>,
) -> BTreeMap<String, Texts> {
    let sources = workshop.sources;
    let shown = sources.get(&format!("{folder}/kind.toml")).map_or("", |file| file.shown.as_str());
    let base = shown.trim_end_matches("kind.toml");
    let wanted: Vec<&str> = kind.channels.iter().flat_map(|rule| files_of(rule.channel)).copied().collect();
    let mut locales: BTreeSet<&str> = BTreeSet::from(["en"]);
    for (path, file) in sources.under(folder) {
        match path.split_once('/') {
            None if path == "kind.toml" => {}
            Some((locale, name)) if wanted.contains(&name) => _ = locales.insert(locale),
            Some((_, name)) if is_text(name) => {
                workshop.errors.add(
                    &file.shown,
                    None,
                    "this kind has no such channel; add it to kind.toml or remove this file",
                );
            }
            _ => workshop.errors.add(&file.shown, None, "nothing of this name belongs to a kind; remove it"),
        }
    }
    let mut texts = BTreeMap::new();
    for locale in locales {
        let missing: Vec<&&str> = wanted
            .iter()
            .filter(|name| sources.get(&format!("{folder}/{locale}/{name}")).is_none())
            .collect();
        for name in &missing {
            workshop.errors.add(
                &format!("{base}{locale}/{name}"),
                None,
                "this file is missing; each language has all texts",
            );
        }
        if missing.is_empty() && is_language(locale, &format!("{base}{locale}"), workshop) {
            let of_locale = texts_in(locale, folder, kind, schema, workshop);
            texts.insert(locale.to_owned(), of_locale);
        }
    }
    texts
}

fn is_text(name: &str) -> bool {
    Channel::ALL.iter().any(|channel| files_of(*channel).contains(&name))
}

fn is_language(tag: &str, shown: &str, workshop: &mut Workshop<'_>) -> bool {
    let usual = tag.parse::<Locale>().is_ok_and(|locale| locale.as_str() == tag);
    let known = workshop.layout.languages.contains_key(tag);
    if !usual {
        workshop.errors.add(shown, None, "a folder of texts is named for its language, such as fr or pt-BR");
    } else if !known {
        workshop.errors.add(
            shown,
            None,
            format!("this language has no words yet; add _layout/{tag}/strings.toml"),
        );
    }
    usual && known
}

fn texts_in(locale: &str, folder: &str, kind: &Kind, schema: &Schema, workshop: &mut Workshop<'_>) -> Texts {
    let mut texts = Texts::default();
    for rule in &kind.channels {
        let path = |name: &str| format!("{folder}/{locale}/{name}");
        match rule.channel {
            Channel::Email => {
                let subject = workshop.add_plain(&path("email.subject"), schema);
                let html = workshop.add_html(&path("email.mjml"), locale, kind.actor, schema);
                let text = workshop.add_text(&path("email.txt"), locale, kind.actor, schema);
                texts.email = (|| Some(EmailTexts { subject: subject?, html: html?, text: text? }))();
            }
            Channel::Sms => texts.sms = workshop.add_plain(&path("sms"), schema),
            Channel::InApp => texts.inbox = inbox(&path("inbox.toml"), schema, workshop),
        }
    }
    texts
}

fn inbox(path: &str, schema: &Schema, workshop: &mut Workshop<'_>) -> Option<InboxTexts> {
    let source = workshop.sources.get(path)?;
    let file: InboxFile =
        toml::from_str(&source.text).map_err(|error| workshop.complain_of_toml(source, &error)).ok()?;
    let title = workshop.add_part(path, "title", &file.title, schema);
    let body = workshop.add_part(path, "body", &file.body, schema);
    let action = file.action.as_ref().map(|action| workshop.add_part(path, "action", action, schema));
    Some(InboxTexts { title: title?, body: body?, action: action.flatten() })
}
