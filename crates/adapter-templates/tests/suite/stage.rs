//! What tests render with.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use carillon_adapter_templates::Templates;
use carillon_domain::business::Brand;
use carillon_domain::event::Part;
use carillon_domain::ids::KindName;
use carillon_domain::{Actor, Business, Channel, Locale, Person, Settings, Value};
use carillon_ports::catalogue::{Catalogue, RenderError, RenderRequest, Renderer};
use carillon_ports::content::Content;

/// The built-in catalogue, loaded once.
pub(crate) static EMBEDDED: LazyLock<Templates> =
    LazyLock::new(|| Templates::embedded().unwrap_or_else(|errors| panic!("\n{errors}")));

pub(crate) fn kind(name: &str) -> KindName {
    name.parse().unwrap()
}

pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

pub(crate) fn person(name: &str) -> Person {
    Person {
        id: "person-1".parse().unwrap(),
        actor: Actor::EndClient,
        role: None,
        business: None,
        name: name.to_owned(),
        email: None,
        phone: None,
        locale: None,
        timezone: None,
        choices: carillon_domain::Choices::default(),
    }
}

pub(crate) fn business() -> Business {
    let brand = Brand {
        color: Some("#7a1f5c".to_owned()),
        phone: Some("04 78 00 00 00".to_owned()),
        address: Some("12 rue des Lilas, 69003 Lyon".to_owned()),
    };
    Business {
        id: "atelier-lumiere".parse().unwrap(),
        name: "Atelier Lumière".to_owned(),
        settings: Settings { brand, ..Settings::default() },
    }
}

/// One rendering; starts from the sample of a kind.
pub(crate) struct Stage {
    pub(crate) kind: KindName,
    pub(crate) locale: Locale,
    pub(crate) timezone: chrono_tz::Tz,
    pub(crate) reader_timezone: Option<chrono_tz::Tz>,
    pub(crate) now: chrono::DateTime<chrono::Utc>,
    pub(crate) data: Value,
    pub(crate) recipient: Person,
    pub(crate) people: BTreeMap<Part, Person>,
    pub(crate) business: Option<Business>,
}

impl Stage {
    pub(crate) fn new(name: &str, locale: &str) -> Self {
        let kind = kind(name);
        Self {
            data: EMBEDDED.sample(&kind).unwrap(),
            kind,
            locale: locale.parse().unwrap(),
            timezone: chrono_tz::Europe::Paris,
            reader_timezone: None,
            now: "2026-12-01T08:00:00Z".parse().unwrap(),
            recipient: person("Camille Laurent"),
            people: EMBEDDED.sample_people().clone(),
            business: Some(business()),
        }
    }

    pub(crate) fn render_with(
        &self,
        templates: &Templates,
        channel: Channel,
    ) -> Result<Content, RenderError> {
        templates.render(&RenderRequest {
            kind: &self.kind,
            channel,
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
        })
    }

    pub(crate) fn render(&self, channel: Channel) -> Content {
        self.render_with(&EMBEDDED, channel).unwrap()
    }

    pub(crate) fn email(&self) -> (String, String, String) {
        match self.render(Channel::Email) {
            Content::Email { subject, html, text } => (subject, html, text),
            Content::Sms { .. } | Content::InApp { .. } => panic!("an e-mail was asked for"),
        }
    }
}
