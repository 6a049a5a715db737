//! People and businesses that come with a request, so that a first message needs one request.

use std::collections::BTreeMap;

use carillon_domain::ids::PersonId;
use carillon_domain::{
    Actor, Business, BusinessId, EmailAddress, Locale, Person, PhoneNumber, Principal, Reach, Role, Settings,
    Value,
};

use crate::{Ports, Problem, Refusal};

/// The parts that people can take in an event, and what they are when they are not known yet.
const PARTS: [(&str, Actor, Option<Role>); 4] = [
    ("client", Actor::EndClient, None),
    ("practitioner", Actor::BusinessUser, Some(Role::Staff)),
    ("owner", Actor::BusinessUser, Some(Role::Owner)),
    ("support", Actor::BusinessUser, Some(Role::Support)),
];

/// The people of a request.
#[derive(Debug, Default)]
pub struct Cast {
    /// Who takes which part.
    pub parts: BTreeMap<String, PersonId>,
    /// Everybody, as they will be.
    pub people: BTreeMap<PersonId, Person>,
    /// Those that the request says something new of.
    pub changed: Vec<PersonId>,
}

impl Cast {
    /// The people to store.
    pub fn to_store(&self) -> Vec<Person> {
        self.changed.iter().filter_map(|id| self.people.get(id).cloned()).collect()
    }
}

/// What a request says of a person.
#[derive(Debug, Clone)]
pub struct Said {
    /// Who.
    pub id: PersonId,
    /// Where in the request it is said.
    pub pointer: String,
    /// What the person is, when not known yet.
    pub actor: Actor,
    /// What a business user does, when not known yet.
    pub role: Option<Role>,
    /// The block itself.
    pub block: Value,
}

/// Takes the people out of an event's data: they are stored as people, and looked up again when a text is made.
pub fn take_people(data: &mut Value) -> Result<BTreeMap<String, Said>, Refusal> {
    let mut found = BTreeMap::new();
    for (part, actor, role) in PARTS {
        if let Some(block) = data.take(part) {
            let pointer = format!("/data/{part}");
            found.insert(part.to_owned(), said(block, pointer, actor, role)?);
        }
    }
    Ok(found)
}

/// Reads one block.
pub fn said(block: Value, pointer: String, actor: Actor, role: Option<Role>) -> Result<Said, Refusal> {
    let id = block
        .text_at("id")
        .ok_or_else(|| Refusal::input("invalid_data", format!("{pointer}/id"), "is required"))?;
    let id = id.parse().map_err(|error| Refusal::input("invalid_data", format!("{pointer}/id"), error))?;
    Ok(Said { id, pointer, actor, role, block })
}

/// Finds everybody that a request names, merges what it says of them, and refuses what does not fit.
pub async fn gather(
    ports: &Ports,
    caller: &Principal,
    business: Option<&BusinessId>,
    said: BTreeMap<String, Said>,
    named: &[(String, PersonId)],
) -> Result<Cast, Refusal> {
    let mut wanted: Vec<PersonId> = said.values().map(|said| said.id.clone()).collect();
    wanted.extend(named.iter().map(|(_, id)| id.clone()));
    let known: BTreeMap<PersonId, Person> = ports
        .directory
        .find_people(&wanted)
        .await?
        .into_iter()
        .map(|person| (person.id.clone(), person))
        .collect();
    let mut cast = Cast::default();
    let mut problems = Vec::new();
    for (part, said) in said {
        if known.get(&said.id).is_some_and(|person| !may_use(caller, business, person)) {
            problems.push(Problem::at(format!("{}/id", said.pointer), "is not a person of this business"));
            continue;
        }
        match merged(&said, known.get(&said.id), business) {
            Ok(person) => {
                if known.get(&said.id) != Some(&person) {
                    cast.changed.push(said.id.clone());
                }
                cast.parts.insert(part, said.id.clone());
                cast.people.insert(said.id, person);
            }
            Err(found) => problems.extend(found),
        }
    }
    for (pointer, id) in named {
        if cast.people.contains_key(id) {
            continue;
        }
        match known.get(id).filter(|person| may_use(caller, business, person)) {
            Some(person) => drop(cast.people.insert(id.clone(), person.clone())),
            None => problems.push(Problem::at(
                pointer,
                "is not known: send the person with the request, or PUT /v1/recipients/{id} first",
            )),
        }
    }
    Refusal::unless_empty("invalid_data", problems)?;
    Ok(cast)
}

/// A business uses its own people. The platform brings anybody's clients together with a business, but not another business's staff.
pub(crate) fn may_use(caller: &Principal, business: Option<&BusinessId>, person: &Person) -> bool {
    match (&caller.reach, &person.business) {
        (Reach::Platform, owner) => {
            person.actor == Actor::EndClient || owner.is_none() || owner.as_ref() == business
        }
        (Reach::Business(own), owner) => owner.as_ref() == Some(own),
        (Reach::Person(own), _) => own == &person.id,
    }
}

/// What a request says of a person, over what is known.
pub fn merged(
    said: &Said,
    known: Option<&Person>,
    business: Option<&BusinessId>,
) -> Result<Person, Vec<Problem>> {
    let mut problems = Vec::new();
    let text = |name: &str| said.block.text_at(name).map(str::to_owned);
    let (name, email, phone) = (text("name"), text("email"), text("phone"));
    let (locale, timezone) = (text("locale"), text("timezone"));
    let mut person = known.cloned().unwrap_or_else(|| Person {
        id: said.id.clone(),
        actor: said.actor,
        role: said.role,
        business: (said.actor != Actor::PlatformAdmin).then(|| business.cloned()).flatten(),
        name: String::new(),
        email: None,
        phone: None,
        locale: None,
        timezone: None,
        choices: carillon_domain::Choices::default(),
    });
    let mut wrong = |field: &str, error: &dyn std::fmt::Display| {
        problems.push(Problem::at(format!("{}/{field}", said.pointer), error));
    };
    match name {
        Some(name) => match check_name(&name) {
            Ok(()) => person.name = name,
            Err(detail) => wrong("name", &detail),
        },
        None if known.is_none() => wrong("name", &"is required for a person who is not known yet"),
        None => {}
    }
    if let Some(email) = email {
        EmailAddress::parse(&email)
            .map_or_else(|error| wrong("email", &error), |email| person.email = Some(email));
    }
    if let Some(phone) = phone {
        PhoneNumber::parse(&phone)
            .map_or_else(|error| wrong("phone", &error), |phone| person.phone = Some(phone));
    }
    if let Some(locale) = locale {
        locale
            .parse::<Locale>()
            .map_or_else(|error| wrong("locale", &error), |locale| person.locale = Some(locale));
    }
    if let Some(timezone) = timezone {
        match timezone.parse() {
            Ok(zone) => person.timezone = Some(zone),
            Err(_) => wrong("timezone", &"is not an IANA time zone such as Europe/Paris"),
        }
    }
    if problems.is_empty() { Ok(person) } else { Err(problems) }
}

/// A name is one line of 1 to 200 characters: it stands in headers and greetings.
pub fn check_name(name: &str) -> Result<(), &'static str> {
    if name.trim().is_empty() || name.chars().count() > 200 {
        return Err("must have 1 to 200 characters");
    }
    if name.chars().any(|c| {
        c.is_control()
            || ('\u{202a}'..='\u{202e}').contains(&c)
            || ('\u{2066}'..='\u{2069}').contains(&c)
            || matches!(c, '\u{2028}' | '\u{2029}')
    }) {
        return Err("must be one line, without control or direction characters");
    }
    Ok(())
}

/// Takes the tenant out of a request's data; `true` when it is to be registered with it.
pub async fn take_tenant(
    ports: &Ports,
    id: Option<&BusinessId>,
    data: &mut Value,
) -> Result<(Option<Business>, bool), Refusal> {
    let block = data.take("business");
    tenant(ports, id, block).await
}

/// The tenant of a request, with what the request says of it; `true` when it is to be registered with it.
pub async fn tenant(
    ports: &Ports,
    id: Option<&BusinessId>,
    block: Option<Value>,
) -> Result<(Option<Business>, bool), Refusal> {
    let Some(id) = id else { return Ok((None, false)) };
    let (business, is_new) = business(ports, id, block).await?;
    Ok((Some(business), is_new))
}

/// The business of a request, registered on first sight with what the request says of it.
async fn business(ports: &Ports, id: &BusinessId, block: Option<Value>) -> Result<(Business, bool), Refusal> {
    if let Some(known) = ports.directory.find_business(id).await? {
        return Ok((known, false));
    }
    let block = block.unwrap_or_else(Value::map);
    let name = block.text_at("name").unwrap_or(id.as_str()).to_owned();
    let wrong = |field: &str, error: &dyn std::fmt::Display| {
        Refusal::input("invalid_data", format!("/data/business/{field}"), error)
    };
    check_name(&name).map_err(|error| wrong("name", &error))?;
    let mut settings = Settings::default();
    if let Some(locale) = block.text_at("locale") {
        settings.locale = locale.parse().map_err(|error| wrong("locale", &error))?;
    }
    if let Some(zone) = block.text_at("timezone") {
        settings.timezone =
            zone.parse().map_err(|_| wrong("timezone", &"is not an IANA time zone such as Europe/Paris"))?;
    }
    Ok((Business { id: id.clone(), name, settings }, true))
}
