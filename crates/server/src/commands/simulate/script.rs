//! What is played: a business, its people, and what happens to its appointments.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use carillon_domain::ids::PersonId;
use carillon_domain::{
    Actor, Appointment, Business, BusinessId, EmailAddress, Locale, Person, PhoneNumber, Role, Settings,
};
use carillon_ports::appointments::Ahead;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::clock::SystemClock;
use crate::config::Config;
use crate::secrets::Secrets;
use crate::shared::Delivery;
use crate::wiring;

/// The most appointments of a database that are played.
const MOST: u32 = 2_000;

/// What is played.
pub(crate) struct Script {
    /// The business with the settings that it has.
    pub(crate) business: Business,
    /// Everybody, known from the start.
    pub(crate) people: Vec<Person>,
    /// What is agreed when it begins, without a word to anybody.
    pub(crate) agreed: Vec<Appointment>,
    /// What happens, by time.
    pub(crate) scenes: Vec<Scene>,
}

/// Something that happens.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// The event's name.
    pub(crate) event: String,
    /// Its data.
    pub(crate) data: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    business: TenantEntry,
    people: Vec<PersonEntry>,
    appointments: Vec<SceneEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TenantEntry {
    id: BusinessId,
    name: String,
    #[serde(default)]
    settings: Settings,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonEntry {
    id: PersonId,
    name: String,
    role: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    locale: Option<Locale>,
    timezone: Option<Tz>,
}

/// An event of an appointment: when it is told, its name, and the fields of `data.appointment`; other names go into `data`.
#[derive(Deserialize)]
struct SceneEntry {
    at: DateTime<Utc>,
    #[serde(default = "booked")]
    event: String,
    appointment: Map<String, Value>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

fn booked() -> String {
    "appointment.booked".to_owned()
}

impl Script {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let file: File =
            serde_json::from_str(&text).with_context(|| format!("{} cannot be played", path.display()))?;
        let TenantEntry { id, name, settings } = file.business;
        let business = Business { id, name, settings };
        let people = file
            .people
            .into_iter()
            .map(|entry| entry.person(&business.id))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let mut scenes: Vec<Scene> = file.appointments.into_iter().map(SceneEntry::scene).collect();
        scenes.sort_by_key(|scene| scene.at);
        Ok(Self { business, people, agreed: Vec::new(), scenes })
    }

    /// Takes what lies ahead of a business in the configured database, which is only read.
    pub(crate) async fn of_database(id: &str) -> anyhow::Result<Self> {
        let id: BusinessId = id.parse().map_err(|error| anyhow::anyhow!("--business {error}"))?;
        let config = Config::load()?;
        let clock = Arc::new(SystemClock);
        let ports = wiring::ports(&config, &Secrets::load(&config)?, clock, Delivery::Alone).await?;
        let business = ports.directory.find_business(&id).await?;
        let business = business.with_context(|| format!("--business {id} is not known"))?;
        let which = Ahead { business: Some(id.clone()), from: ports.clock.now(), to: None, unplanned: false };
        let ahead = ports.appointments.list_ahead(&which, None, MOST).await?;
        let mut ids: Vec<PersonId> = ahead
            .iter()
            .flat_map(|one| {
                let appointment = &one.booking.appointment;
                appointment.clients.iter().chain(&appointment.practitioner).cloned()
            })
            .collect();
        ids.sort();
        ids.dedup();
        let mut people = ports.directory.find_people(&ids).await?;
        for role in [Role::Owner, Role::Staff] {
            let some = ports.directory.list_people(Some(&id), Actor::BusinessUser, Some(role)).await?;
            people.extend(some.into_iter().filter(|person| !ids.contains(&person.id)));
        }
        // Clients who belong to the platform belong to the business here: it is the only one there is.
        for person in &mut people {
            person.business = Some(id.clone());
        }
        let agreed = ahead.into_iter().map(|one| one.booking.appointment).collect();
        Ok(Self { business, people, agreed, scenes: Vec::new() })
    }

    /// How somebody is called.
    pub(crate) fn name_of(&self, id: &PersonId) -> String {
        let person = self.people.iter().find(|person| person.id == *id);
        person.map_or_else(|| id.to_string(), |person| person.name.clone())
    }
}

impl PersonEntry {
    fn person(self, business: &BusinessId) -> anyhow::Result<Person> {
        let id = self.id;
        let role: Option<Role> =
            self.role.as_deref().map(str::parse).transpose().with_context(|| format!("role of {id}"))?;
        Ok(Person {
            actor: if role.is_some() { Actor::BusinessUser } else { Actor::EndClient },
            role,
            business: Some(business.clone()),
            name: self.name,
            email: self
                .email
                .as_deref()
                .map(EmailAddress::parse)
                .transpose()
                .with_context(|| format!("email of {id}"))?,
            phone: self
                .phone
                .as_deref()
                .map(PhoneNumber::parse)
                .transpose()
                .with_context(|| format!("phone of {id}"))?,
            locale: self.locale,
            timezone: self.timezone,
            choices: carillon_domain::Choices::default(),
            id,
        })
    }
}

impl SceneEntry {
    fn scene(self) -> Scene {
        let mut data = self.other;
        data.insert("appointment".to_owned(), Value::Object(self.appointment));
        Scene { at: self.at, event: self.event, data: Value::Object(data) }
    }
}
