//! People as texts see them. Data names people by the part that they take and holds no copy of them, so that a text calls them what
//! they are called when it is made, and by no name at all once they are erased.

use std::collections::BTreeMap;

use carillon_domain::event::Part;
use carillon_domain::{Person, Value, invisible, name};
use minijinja::Value as Seen;

use crate::context::PARTS;
use crate::gaps::Unnamed;
use crate::texts::Words;

/// The one name in a map that stands for a person: `{"part": "client.1"}`.
const PART: &str = "part";
/// What a text can use of a person whom data names by part.
pub(crate) const LISTED: [&str; 6] = ["id", "name", "first_name", "phone", "phone_url", "email"];

/// Who takes which part, for one text.
pub(crate) struct Cast<'a> {
    pub(crate) people: &'a BTreeMap<Part, Person>,
    pub(crate) words: &'a Words,
    /// Whether whoever reads the text may read how to reach them.
    pub(crate) is_reachable: bool,
}

impl Cast<'_> {
    /// The person that a map stands for; `None` for a map like any other.
    pub(crate) fn listed(&self, map: &BTreeMap<String, Value>) -> Option<Seen> {
        let part = part_in(map)?;
        let neutral = self.words.someone(role(part));
        let Some(found) = self.people.get(part) else { return Some(person("", "", neutral)) };
        let addresses = if self.is_reachable { addresses(found) } else { Vec::new() };
        Some(Seen::from_pairs(named(found.id.as_str(), &found.name, neutral).into_iter().chain(addresses)))
    }
}

/// The part that a map names, if it stands for a person.
pub(crate) fn part_in(map: &BTreeMap<String, Value>) -> Option<&str> {
    map.get(PART).filter(|_| map.len() == 1).and_then(Value::as_text)
}

/// The part without its number. There are words for the parts of an event alone, and most lists are of clients.
fn role(part: &str) -> &str {
    part.split('.').next().filter(|role| PARTS.contains(role)).unwrap_or("client")
}

/// A person with a name or, without one, with the neutral phrase for all of it: "there" in "Hello there".
pub(crate) fn person(id: &str, name: &str, someone: &str) -> Seen {
    Seen::from_pairs(named(id, name, someone))
}

fn named(id: &str, name: &str, someone: &str) -> [(&'static str, Seen); 3] {
    let (name, first) = if invisible::trim(name).is_empty() {
        (someone.to_owned(), someone.to_owned())
    } else {
        (name::unlinked(name.trim()), name::unlinked(&name::called(name)))
    };
    [("id", id.into()), ("name", name.into()), ("first_name", first.into())]
}

/// The reader of a text: the first name is that of a greeting, and absent where a greeting has no name.
pub(crate) fn reader(id: &str, name: &str, someone: &str) -> Seen {
    let [id, named, _] = named(id, name, someone);
    let first = name::greeted(name).map_or_else(|| Seen::from_object(Unnamed), Seen::from);
    Seen::from_pairs([id, named, ("first_name", first)])
}

fn addresses(person: &Person) -> Vec<(&'static str, Seen)> {
    let mut addresses = Vec::new();
    if let Some(phone) = &person.phone {
        addresses.push(("phone", without_breaks(&phone.expose_grouped()).into()));
        addresses.push(("phone_url", format!("tel:{}", phone.expose()).into()));
    }
    if let Some(email) = &person.email {
        addresses.push(("email", email.expose_readable().into()));
    }
    addresses
}

/// A telephone number does not break over two lines; an SMS makes the blanks plain again.
pub(crate) fn without_breaks(phone: &str) -> String {
    phone.replace(' ', "\u{a0}")
}
