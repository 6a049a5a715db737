//! `carillon templates`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use carillon_adapter_templates::Templates;
use carillon_domain::event::Part;
use carillon_domain::kind::Audience;
use carillon_domain::{
    Actor, Business, Channel, EmailAddress, KindName, Locale, Person, PhoneNumber, Settings, Value,
};
use carillon_ports::catalogue::RenderRequest;
use carillon_ports::{Catalogue, Content, Renderer};
use chrono::{DateTime, TimeDelta};

use crate::cli::{TemplatesArgs, TemplatesCommand};

pub(crate) fn run(args: TemplatesArgs) -> anyhow::Result<()> {
    match args.command {
        TemplatesCommand::Check { directory } => check(directory.or_else(in_force)),
        TemplatesCommand::Preview { kind, channel, locale, html, directory } => {
            let templates = load(directory.or_else(in_force))?;
            let content = preview(&templates, &kind, &channel, &locale)?;
            print(&content, html);
            Ok(())
        }
    }
}

/// The folder that the service itself would use.
pub(crate) fn in_force() -> Option<PathBuf> {
    std::env::var_os("CARILLON_TEMPLATES").map(PathBuf::from)
}

pub(crate) fn load(directory: Option<PathBuf>) -> anyhow::Result<Templates> {
    let directories: Vec<PathBuf> = directory.into_iter().collect();
    Templates::with_directories(&directories)
        .map_err(|errors| anyhow::anyhow!("the texts must be mended:\n{errors}"))
}

fn check(directory: Option<PathBuf>) -> anyhow::Result<()> {
    let kinds = match directory {
        Some(directory) => Templates::check(&directory),
        None => Templates::embedded().map(|templates| templates.kinds().len()),
    };
    let kinds = kinds.map_err(|errors| anyhow::anyhow!("the texts must be mended:\n{errors}"))?;
    println!("{kinds} kinds, all in order.");
    Ok(())
}

fn preview(templates: &Templates, kind: &str, channel: &str, locale: &str) -> anyhow::Result<Content> {
    let name: KindName = kind.parse().map_err(|error| anyhow::anyhow!("the kind {error}"))?;
    let kind = templates
        .find_kind(&name)
        .ok_or_else(|| anyhow::anyhow!("there is no kind {name}; `carillon kinds` lists them"))?;
    let channel: Channel = channel.parse().map_err(|error| anyhow::anyhow!("--channel {error}"))?;
    let locale: Locale = locale.parse().map_err(|error| anyhow::anyhow!("--locale {error}"))?;
    let mut data = templates.sample(&name).unwrap_or_default();
    let mut people = templates.sample_people().clone();
    for part in ["client", "practitioner", "owner"] {
        if let Some(block) = data.take(part) {
            people.insert(part.to_owned(), person(&block)?);
        }
    }
    let business = business(data.take("business").as_ref())?;
    let recipient = recipient(kind.audience, &people)?;
    Ok(templates.render(&RenderRequest {
        kind: &name,
        channel,
        locale: &locale,
        timezone: business.settings.timezone,
        reader_timezone: business.settings.timezone,
        // The samples speak of December 2026: a preview shows them as near.
        now: DateTime::UNIX_EPOCH + TimeDelta::days(20_788),
        data: &data,
        recipient: &recipient,
        people: &people,
        business: (kind.actor != Actor::PlatformAdmin).then_some(&business),
        unsubscribe_url: "https://carillon.example/u/preview",
        preferences_url: "https://carillon.example/p/preview",
    })?)
}

fn recipient(audience: Audience, people: &BTreeMap<Part, Person>) -> anyhow::Result<Person> {
    let part = match audience {
        Audience::Clients => "client",
        Audience::Practitioner => "practitioner",
        Audience::Owners | Audience::Support | Audience::PlatformAdmins => "owner",
    };
    match people.get(part) {
        Some(person) => Ok(person.clone()),
        None => person(&Value::Map(
            [("id".to_owned(), "sample".into()), ("name".to_owned(), "Alex Martin".into())].into(),
        )),
    }
}

fn business(block: Option<&Value>) -> anyhow::Result<Business> {
    let name = block.and_then(|block| block.text_at("name")).unwrap_or("Atelier Lumière").to_owned();
    Ok(Business { id: "sample".parse()?, name, settings: Settings::default() })
}

fn person(block: &Value) -> anyhow::Result<Person> {
    Ok(Person {
        id: block.text_at("id").unwrap_or("sample").parse()?,
        actor: Actor::EndClient,
        role: None,
        business: None,
        name: block.text_at("name").unwrap_or_default().to_owned(),
        email: block.text_at("email").and_then(|email| EmailAddress::parse(email).ok()),
        phone: block.text_at("phone").and_then(|phone| PhoneNumber::parse(phone).ok()),
        locale: None,
        timezone: None,
        choices: carillon_domain::Choices::default(),
    })
}

/// Prints a text as a person reads it.
pub(crate) fn print(content: &Content, want_html: bool) {
    match content {
        Content::Email { html, .. } if want_html => println!("{html}"),
        Content::Email { subject, text, .. } => println!("{subject}\n\n{text}"),
        Content::Sms { text } => {
            let cost = carillon_domain::sms::cost(text);
            println!("{text}\n\n({} units, {} segment(s))", cost.units, cost.segments);
        }
        Content::InApp { title, body, action } => {
            println!("{title}\n{body}");
            if let Some(action) = action {
                println!("[{}] {}", action.label, action.url);
            }
        }
    }
}
