//! People and businesses that come with a request, so that a first message needs one request.

use std::collections::{BTreeMap, BTreeSet};

use carillon_domain::ids::PersonId;
use carillon_domain::number_type::receives_texts;
use carillon_domain::{
    Actor, Business, BusinessId, Channel, Country, EmailAddress, Locale, Person, PhoneNumber, Platform,
    Principal, Reach, Role, Settings, Value, zone,
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
    /// Addresses in the request that nothing can be sent to.
    pub unusable: Vec<Unusable>,
    /// What is stored as it was said, and keeps messages from leaving all the same.
    pub warnings: Vec<Problem>,
}

impl Cast {
    /// All that the caller should look at.
    pub fn warnings(&self) -> Vec<Problem> {
        let unusable = self.unusable.iter().map(|unusable| unusable.problem.clone());
        unusable.chain(self.warnings.iter().cloned()).collect()
    }
}

/// An address that nothing can be sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unusable {
    /// Whose.
    pub person: PersonId,
    /// By which channel.
    pub channel: Channel,
    /// What is wrong with it.
    pub problem: Problem,
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

/// Brings the phone numbers of people that are written as they are dialled within a country into international form.
pub fn read_national_numbers<'a>(people: impl IntoIterator<Item = &'a mut Value>, country: Option<Country>) {
    for block in people {
        let read = block.text_at("phone").and_then(|phone| PhoneNumber::parse_in(phone, country).ok());
        if let Some(number) = read {
            block.set("phone", Value::from(number.expose()));
        }
    }
}

/// The same, in the country of a business that is looked up only where there is such a number.
pub async fn read_numbers_of<'a>(
    ports: &Ports,
    business: Option<&BusinessId>,
    of_business: Option<&Value>,
    people: impl IntoIterator<Item = &'a mut Value>,
) -> Result<(), Refusal> {
    let is_unread =
        |block: &&mut Value| block.text_at("phone").is_some_and(|phone| PhoneNumber::parse(phone).is_err());
    let unread: Vec<&mut Value> = people.into_iter().filter(is_unread).collect();
    if unread.is_empty() {
        return Ok(());
    }
    let (tenant, _) = tenant(ports, business, of_business.cloned()).await?;
    read_national_numbers(unread, tenant.and_then(|tenant| tenant.settings.country()));
    Ok(())
}

/// Finds everybody that a request names, merges what it says of them, and refuses what does not fit.
pub async fn gather(
    ports: &Ports,
    caller: &Principal,
    business: Option<&BusinessId>,
    said: BTreeMap<String, Said>,
    named: &[(String, PersonId)],
) -> Result<Cast, Refusal> {
    let cast = gather_reachable(ports, caller, business, said, named).await?;
    let problems = cast.unusable.iter().map(|unusable| unusable.problem.clone()).collect();
    Refusal::unless_empty("invalid_data", problems)?;
    Ok(cast)
}

/// The same, but an address that nothing can be sent to refuses nothing by itself: the others who are named can still hear of it. One
/// mistake is one problem: a person who is named by id beside a block that cannot be read is not reported as unknown as well.
pub async fn gather_reachable(
    ports: &Ports,
    caller: &Principal,
    business: Option<&BusinessId>,
    said: BTreeMap<String, Said>,
    named: &[(String, PersonId)],
) -> Result<Cast, Refusal> {
    let described: BTreeSet<PersonId> = said.values().map(|said| said.id.clone()).collect();
    let mut wanted: Vec<PersonId> = described.iter().cloned().collect();
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
            Ok(Merged { person, unusable, warnings }) => {
                if known.get(&said.id) != Some(&person) {
                    cast.changed.push(said.id.clone());
                }
                cast.parts.insert(part, said.id.clone());
                cast.people.insert(said.id, person);
                cast.unusable.extend(unusable);
                cast.warnings.extend(warnings);
            }
            Err(found) => problems.extend(found),
        }
    }
    for (pointer, id) in named {
        if described.contains(id) {
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
    if !problems.is_empty() {
        problems.extend(cast.unusable.iter().map(|unusable| unusable.problem.clone()));
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

/// What is wrong with a number that is stored but cannot be written to.
const NOT_MOBILE: &str = "is not a mobile number: text messages are not sent to it (number_not_mobile)";

/// A person as a request says, and addresses in it that nothing can be sent to.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The person, without those addresses.
    pub person: Person,
    /// The addresses.
    pub unusable: Vec<Unusable>,
    /// What is stored as it was said, and keeps messages from leaving all the same.
    pub warnings: Vec<Problem>,
}

/// What a request says of a person, over what is known.
pub fn merged(
    said: &Said,
    known: Option<&Person>,
    business: Option<&BusinessId>,
) -> Result<Merged, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut unusable = Vec::new();
    let mut warnings = Vec::new();
    let text = |name: &str| said.block.text_at(name).map(str::to_owned);
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
    for (field, is) in [("actor", Some(person.actor.as_str())), ("role", person.role.map(Role::as_str))] {
        if text(field).is_some_and(|said| Some(said.as_str()) != is) {
            let is = is.map_or_else(|| "it has none".to_owned(), |is| format!("it is {is}"));
            wrong(field, &format!("is not what this person is here: {is}"));
        }
    }
    match text("name") {
        Some(name) => match check_person_name(&name) {
            Ok(()) => person.name = name,
            Err(detail) => wrong("name", &detail),
        },
        None if known.is_none() => wrong("name", &"is required for a person who is not known yet"),
        None => {}
    }
    let mut unreachable = |field: &str, channel, error: &dyn std::fmt::Display| {
        let problem = Problem::at(format!("{}/{field}", said.pointer), error);
        unusable.push(Unusable { person: said.id.clone(), channel, problem });
    };
    if let Some(email) = text("email") {
        EmailAddress::parse(&email).map_or_else(
            |error| unreachable("email", Channel::Email, &error),
            |email| person.email = Some(email),
        );
    }
    if let Some(phone) = text("phone") {
        PhoneNumber::parse(&phone).map_or_else(
            |error| unreachable("phone", Channel::Sms, &error),
            |phone| {
                if !receives_texts(&phone) {
                    warnings.push(Problem::at(format!("{}/phone", said.pointer), NOT_MOBILE));
                }
                person.phone = Some(phone);
            },
        );
    }
    if let Some(locale) = text("locale") {
        locale
            .parse::<Locale>()
            .map_or_else(|error| wrong("locale", &error), |locale| person.locale = Some(locale));
    }
    if let Some(timezone) = text("timezone") {
        zone::read(&timezone)
            .map_or_else(|error| wrong("timezone", &error), |zone| person.timezone = Some(zone));
    }
    if problems.is_empty() {
        return Ok(Merged { person, unusable, warnings });
    }
    problems.extend(unusable.into_iter().map(|unusable| unusable.problem));
    Err(problems)
}

/// The name of a person: a name that has something to see, and is no web address.
pub fn check_person_name(name: &str) -> Result<(), &'static str> {
    carillon_domain::name::check(name).and_then(|()| check_name(name))
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

/// A place is one line or several, of at most 400 characters together.
pub fn check_place(place: &str) -> Result<(), &'static str> {
    if place.trim().is_empty() || place.chars().count() > 400 {
        return Err("must have 1 to 400 characters");
    }
    if place.lines().any(|line| check_name(&line.chars().take(200).collect::<String>()).is_err()) {
        return Err("must not contain control characters other than line breaks");
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
    let settings = settings_of(&block, &ports.policy.platform)?;
    crate::businesses::check(ports, &settings, "/data/business/settings")?;
    Ok((Business { id: id.clone(), name, settings }, true))
}

/// The settings that a business comes with: whole, or its language and zone alone.
fn settings_of(block: &Value, platform: &Platform) -> Result<Settings, Refusal> {
    let wrong = |field: &str, error: &dyn std::fmt::Display| {
        Refusal::input("invalid_data", format!("/data/business/{field}"), error)
    };
    let mut settings = match block.at("settings") {
        Some(whole) => serde_json::to_value(whole).and_then(serde_json::from_value).map_err(|_| {
            wrong("settings", &"are not settings as PUT /v1/businesses/{id}/settings takes them")
        })?,
        None => platform.settings(),
    };
    // What the settings leave out is the platform's own, and not that of the program.
    if block.at("settings.locale").is_none() {
        settings.locale = platform.locale.clone();
    }
    if block.at("settings.timezone").is_none() {
        settings.timezone = platform.timezone;
    }
    if let Some(locale) = block.text_at("locale") {
        settings.locale = locale.parse().map_err(|error| wrong("locale", &error))?;
    }
    if let Some(timezone) = block.text_at("timezone") {
        settings.timezone = zone::read(timezone).map_err(|error| wrong("timezone", &error))?;
    }
    Ok(settings)
}
