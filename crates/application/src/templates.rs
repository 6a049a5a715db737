//! A business's own texts: written, checked, looked at, tried, taken back.

use std::collections::BTreeMap;

use carillon_domain::own_text::{Severity, TextProblem};
use carillon_domain::{Business, OwnText, Permission, Person, PersonId, Principal, Value, whose_clock};
pub use carillon_ports::business_texts::{TextName, TextVersion};
use carillon_ports::catalogue::{RenderError, RenderRequest};
pub use carillon_ports::own_texts::Checked;
use chrono::{DateTime, TimeDelta, Utc};

use crate::mailbox::Content;
use crate::notify::To;
use crate::report::NotificationReport;
use crate::subject::add_known_zone;
use crate::understood::understand;
use crate::{Notify, NotifyRecipient, Ports, Problem, Refusal, access, inline, texts};

/// A text that was saved, with what may be wrong with it.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Its version.
    pub version: TextVersion,
    /// What its author should know, and what it can cost.
    pub checked: Checked,
}

/// How a text would look.
#[derive(Debug, Clone)]
pub struct Preview {
    /// What is wrong with it, and what it can cost; of a built-in text nothing is.
    pub checked: Checked,
    /// What a reader would get; `None` where it cannot be made.
    pub content: Option<Content>,
    /// Why not.
    pub problem: Option<String>,
}

/// What is to be looked at.
#[derive(Debug, Clone)]
pub struct Look {
    /// Which text.
    pub name: TextName,
    /// One that is not saved; the saved one, else the built-in one, where absent.
    pub text: Option<OwnText>,
    /// The data of an event, people included; the kind's sample where absent.
    pub data: Option<Value>,
    /// Who would read it; somebody made up where absent.
    pub recipient: Option<PersonId>,
}

/// Manages texts of businesses.
#[derive(Clone)]
pub struct ManageTexts {
    ports: Ports,
}

impl ManageTexts {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// The text that holds; [`Refusal::NotFound`] where that is the built-in one.
    pub async fn show(&self, caller: &Principal, name: &TextName) -> Result<TextVersion, Refusal> {
        let newest = self.versions(caller, name).await?.into_iter().next();
        newest.filter(|version| version.text.is_some()).ok_or(Refusal::NotFound { what: "text" })
    }

    /// All versions, the newest first.
    pub async fn versions(&self, caller: &Principal, name: &TextName) -> Result<Vec<TextVersion>, Refusal> {
        self.business(caller, name).await?;
        Ok(self.ports.business_texts.list_versions(name).await?)
    }

    /// Saves a text that can be used. One that says what the newest version says is that version.
    pub async fn put(&self, caller: &Principal, name: &TextName, text: OwnText) -> Result<Saved, Refusal> {
        self.business(caller, name).await?;
        let checked = self.ports.own_texts.check(&name.kind, &name.locale, &text);
        if text.channel() != name.channel {
            return Err(Refusal::input("invalid_template", "/channel", format!("must be {}", name.channel)));
        }
        let problems = checked.problems.iter().filter(|problem| problem.severity() == Severity::Error);
        Refusal::unless_empty("invalid_template", problems.map(problem).collect())?;
        let newest = self.ports.business_texts.list_versions(name).await?.into_iter().next();
        let version = match newest.filter(|newest| newest.text.as_ref() == Some(&text)) {
            Some(newest) => newest,
            None => self.add(caller, name, Some(text), "template.put").await?,
        };
        Ok(Saved { version, checked })
    }

    /// Goes back to the built-in text.
    pub async fn delete(&self, caller: &Principal, name: &TextName) -> Result<(), Refusal> {
        self.show(caller, name).await?;
        self.add(caller, name, None, "template.deleted").await.map(drop)
    }

    /// Makes an older version the newest again.
    pub async fn roll_back(&self, caller: &Principal, name: &TextName, to: u32) -> Result<Saved, Refusal> {
        let versions = self.versions(caller, name).await?;
        let older = versions.into_iter().find(|version| version.version == to);
        let text = older.and_then(|version| version.text).ok_or(Refusal::NotFound { what: "version" })?;
        self.put(caller, name, text).await
    }

    /// How a text would look. Changes nothing.
    pub async fn preview(&self, caller: &Principal, look: Look) -> Result<Preview, Refusal> {
        let business = self.business(caller, &look.name).await?;
        let saved = match &look.text {
            Some(_) => None,
            None => self
                .ports
                .business_texts
                .list_versions(&look.name)
                .await?
                .into_iter()
                .next()
                .and_then(|newest| newest.text),
        };
        let text = look.text.clone().or(saved);
        let checked = text.as_ref().map_or_else(Checked::default, |text| {
            self.ports.own_texts.check(&look.name.kind, &look.name.locale, text)
        });
        if !checked.is_usable() {
            return Ok(Preview { checked, content: None, problem: None });
        }
        let made = self.make(caller, &look, &business, text.as_ref()).await?;
        let problem = made.as_ref().err().map(ToString::to_string);
        Ok(Preview { checked, content: made.ok(), problem })
    }

    /// Sends the text in force with the kind's sample data to a recipient, also one whom the kind is not for.
    pub async fn send_test(
        &self,
        caller: &Principal,
        name: &TextName,
        recipient: PersonId,
    ) -> Result<NotificationReport, Refusal> {
        self.business(caller, name).await?;
        let data = self.ports.catalogue.sample(&name.kind).ok_or(Refusal::NotFound { what: "kind" })?;
        let notify = Notify {
            kind: name.kind.clone(),
            business: Some(name.business.clone()),
            to: To::Known(recipient),
            data: ahead_of(without_people(data), self.ports.clock.now()),
            channels: Some(vec![name.channel]),
            send_at: None,
            repeatable: None,
        };
        NotifyRecipient::new(&self.ports).run_test(caller, notify).await
    }

    async fn make(
        &self,
        caller: &Principal,
        look: &Look,
        business: &Business,
        text: Option<&OwnText>,
    ) -> Result<Result<Content, RenderError>, Refusal> {
        let sample = || self.ports.catalogue.sample(&look.name.kind).unwrap_or(Value::Null);
        let mut data = look.data.clone().unwrap_or_else(sample);
        if look.data.is_some() {
            understand(&mut data);
            let problems = self.ports.catalogue.check_kind(&look.name.kind, &data);
            Refusal::unless_empty("invalid_data", problems.iter().map(Problem::in_data).collect())?;
        }
        data.take("business");
        add_known_zone(&self.ports, Some(&business.id), &mut data).await?;
        let said = inline::take_people(&mut data)?;
        let cast = inline::gather(&self.ports, caller, Some(&business.id), said, &[]).await?;
        let people: BTreeMap<String, Person> = cast
            .parts
            .iter()
            .filter_map(|(part, id)| Some((part.clone(), cast.people.get(id)?.clone())))
            .collect();
        let recipient = self.reader(look, &people).await?;
        let platform = &self.ports.policy.platform;
        let request = RenderRequest {
            kind: &look.name.kind,
            channel: look.name.channel,
            locale: &look.name.locale,
            timezone: whose_clock::of_the_place(
                texts::zone_in(&data),
                Some(business),
                Some(&recipient),
                platform,
            ),
            reader_timezone: whose_clock::of_the_reader(&recipient, Some(business), platform),
            now: self.ports.clock.now(),
            data: &data,
            recipient: &recipient,
            people: &people,
            business: Some(business),
            unsubscribe_url: "https://unsubscribe.invalid/",
            preferences_url: "https://preferences.invalid/",
        };
        Ok(match text {
            Some(text) => self.ports.own_texts.render_own(&request, text),
            None => self.ports.renderer.render(&request),
        })
    }

    async fn reader(&self, look: &Look, people: &BTreeMap<String, Person>) -> Result<Person, Refusal> {
        if let Some(id) = &look.recipient {
            let found = self.ports.directory.find_people(std::slice::from_ref(id)).await?.pop();
            let found =
                found.filter(|person| person.business.as_ref().is_none_or(|own| *own == look.name.business));
            return found.ok_or(Refusal::NotFound { what: "recipient" });
        }
        let kind =
            self.ports.catalogue.find_kind(&look.name.kind).ok_or(Refusal::NotFound { what: "kind" })?;
        let part = match kind.actor {
            carillon_domain::Actor::EndClient => "client",
            carillon_domain::Actor::BusinessUser => "owner",
            carillon_domain::Actor::PlatformAdmin => "admin",
        };
        let made_up_id: PersonId = MADE_UP.parse().map_err(|_| Refusal::NotFound { what: "recipient" })?;
        let made_up = || Person {
            id: made_up_id.clone(),
            actor: kind.actor,
            role: None,
            business: Some(look.name.business.clone()),
            name: "Camille Laurent".to_owned(),
            email: None,
            phone: None,
            locale: Some(look.name.locale.clone()),
            timezone: None,
            choices: carillon_domain::Choices::default(),
        };
        Ok(people.get(part).cloned().unwrap_or_else(made_up))
    }

    async fn add(
        &self,
        caller: &Principal,
        name: &TextName,
        text: Option<OwnText>,
        action: &str,
    ) -> Result<TextVersion, Refusal> {
        let (now, author) = (self.ports.clock.now(), caller.name());
        let version = self.ports.business_texts.add_version(name, text.as_ref(), &author, now).await?;
        self.ports.text_changes.note();
        let target = format!("{}/{}/{} v{version}", name.kind, name.channel, name.locale);
        access::note(&self.ports, &author, action, Some(name.business.clone()), &target).await;
        Ok(TextVersion { name: name.clone(), version, text, author, at: now })
    }

    /// The business, if it is the caller's to write for.
    async fn business(&self, caller: &Principal, name: &TextName) -> Result<Business, Refusal> {
        access::require_in(&self.ports, caller, Permission::TemplatesWrite, Some(&name.business)).await?;
        let kind = self.ports.catalogue.find_kind(&name.kind).filter(|kind| access::may_cause(caller, kind));
        kind.ok_or(Refusal::NotFound { what: "kind" })?;
        self.ports
            .directory
            .find_business(&name.business)
            .await?
            .ok_or(Refusal::NotFound { what: "business" })
    }
}

/// Whoever stands for a reader that nobody named.
const MADE_UP: &str = "sample";

fn problem(problem: &TextProblem) -> Problem {
    let TextProblem { part, line, column, code, detail } = problem;
    Problem::at(format!("/{part}"), format!("{detail} ({code}, line {line}, column {column})"))
}

/// A sample with its times moved by whole days, so that its appointment is tomorrow or later: nothing is told of one that is over.
fn ahead_of(data: Value, now: DateTime<Utc>) -> Value {
    let starts_at =
        data.text_at("appointment.starts_at").and_then(|at| DateTime::parse_from_rfc3339(at).ok());
    let Some(starts_at) = starts_at else { return data };
    let earliest = now + TimeDelta::days(1);
    let late = earliest.signed_duration_since(starts_at).num_days();
    if starts_at > earliest { data } else { moved(data, TimeDelta::days(late + 1)) }
}

/// A value with every time in it that much later.
fn moved(value: Value, by: TimeDelta) -> Value {
    match value {
        Value::Text(text) => match DateTime::parse_from_rfc3339(&text) {
            Ok(time) => Value::Text((time + by).to_rfc3339()),
            Err(_) => Value::Text(text),
        },
        Value::List(items) => Value::List(items.into_iter().map(|item| moved(item, by)).collect()),
        Value::Map(items) => {
            Value::Map(items.into_iter().map(|(name, item)| (name, moved(item, by))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) => value,
    }
}

fn without_people(mut data: Value) -> Value {
    for part in ["business", "client", "practitioner", "owner", "support"] {
        data.take(part);
    }
    data
}
