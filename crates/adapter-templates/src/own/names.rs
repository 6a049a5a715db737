//! Which names an own text of a kind may use, what each stands for, and what may be absent.

use carillon_domain::Kind;
use serde_json::Value as Json;

use crate::context::{ALWAYS, PARTS};
use crate::own::shape::Shape;
use crate::people::LISTED;
use crate::schema::Schema;

/// What a text may use of a person, and of the business.
const OF_PEOPLE: [&str; 2] = ["name", "first_name"];
const OF_BUSINESS: [&str; 3] = ["name", "phone", "address"];
/// More changes than this make another word.
const MOST_CHANGES: usize = 3;

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) shape: Shape,
    /// The names on the way to it, itself included, that may be absent.
    pub(crate) optional: Vec<String>,
}

/// The names of one kind.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) kind: &'a Kind,
    pub(crate) schema: &'a Schema,
}

impl Names<'_> {
    /// What a dotted name stands for; `None` where this kind does not know it.
    pub(crate) fn find(&self, path: &str) -> Option<Known> {
        let (top, rest) = path.split_once('.').unwrap_or((path, ""));
        let known = |shape, optional: &[&str]| {
            Some(Known { shape, optional: optional.iter().map(|name| (*name).to_owned()).collect() })
        };
        match (top, rest) {
            ("recipient", rest) if OF_PEOPLE.contains(&rest) => known(Shape::name(), &[]),
            ("business", "name") => known(Shape::name(), &[]),
            ("business", "phone") => known(Shape::Text { longest: 20 }, &[path]),
            ("business", "address") => known(Shape::Text { longest: 120 }, &[path]),
            ("recipient" | "business", "") => known(Shape::Group, &[]),
            (part, "") if PARTS.contains(&part) => known(Shape::Group, &[part]),
            (part, rest) if PARTS.contains(&part) => {
                OF_PEOPLE.contains(&rest).then(|| known(Shape::name(), &[part])).flatten()
            }
            ("unsubscribe_url", "") => known(Shape::Url, &[]),
            (top, _) if ALWAYS.contains(&top) && top != "action_url" => None,
            _ => self.in_data(path),
        }
    }

    /// A name of the data, by its schema.
    fn in_data(&self, path: &str) -> Option<Known> {
        let mut optional = Vec::new();
        let mut required: Vec<&str> = self.schema.required().collect();
        let mut written = self.schema.properties().find(|(name, _)| Some(*name) == path.split('.').next())?.1;
        let mut reached = String::new();
        for (index, name) in path.split('.').enumerate() {
            if index > 0 {
                let resolved = self.schema.resolve(written);
                if self.schema.has_person_at(&reached) {
                    return listed(path, name, &reached, optional);
                }
                required = resolved
                    .get("required")
                    .and_then(Json::as_array)
                    .into_iter()
                    .flatten()
                    .filter_map(Json::as_str)
                    .collect();
                written = resolved.get("properties")?.get(name)?;
                reached.push('.');
            }
            reached.push_str(name);
            if !required.contains(&name) {
                optional.push(reached.clone());
            }
        }
        Some(Known { shape: Shape::of(written, self.schema.resolve(written)), optional })
    }

    /// The known name that was probably meant.
    pub(crate) fn nearest(&self, path: &str) -> Option<String> {
        let path: &str = &path.to_ascii_lowercase();
        let distance = |name: &str| {
            let whole = changes(path, name);
            // The name alone, where its group was left out: `service` for `appointment.service`.
            let end = name.rsplit('.').next().unwrap_or(name);
            whole.min(changes(path, end) + usize::from(end != name))
        };
        let all = self.all();
        let near = all.into_iter().map(|name| (distance(&name), name)).min()?;
        (near.0 <= MOST_CHANGES.min(path.len() / 2)).then_some(near.1)
    }

    /// Every name that can be printed.
    pub(crate) fn all(&self) -> Vec<String> {
        let mut names = vec!["unsubscribe_url".to_owned()];
        for person in ["recipient"].into_iter().chain(PARTS) {
            names.extend(OF_PEOPLE.iter().map(|name| format!("{person}.{name}")));
        }
        names.extend(OF_BUSINESS.iter().map(|name| format!("business.{name}")));
        for (name, written) in self.schema.properties() {
            let is_taken = PARTS.contains(&name) || (ALWAYS.contains(&name) && name != "action_url");
            if !is_taken {
                self.collect(name, written, 0, &mut names);
            }
        }
        names
    }

    fn collect(&self, path: &str, written: &Json, depth: usize, names: &mut Vec<String>) {
        let resolved = self.schema.resolve(written);
        match resolved.get("properties").and_then(Json::as_object) {
            // Data nests a few deep; a definition that holds itself would never end.
            Some(properties) if depth < 4 => {
                for (name, inner) in properties {
                    self.collect(&format!("{path}.{name}"), inner, depth + 1, names);
                }
            }
            Some(_) => {}
            None => names.push(path.to_owned()),
        }
    }
}

/// How many changes make one name of the other; lengths that differ by more than matters are not compared letter by letter.
fn changes(one: &str, other: &str) -> usize {
    let difference = one.len().abs_diff(other.len());
    if difference > MOST_CHANGES { difference } else { strsim::osa_distance(one, other) }
}

/// Somebody whom the data names by part: `contact.name`.
fn listed(path: &str, name: &str, reached: &str, mut optional: Vec<String>) -> Option<Known> {
    if path.len() != reached.len() + 1 + name.len() || !LISTED.contains(&name) || name == "id" {
        return None;
    }
    if !OF_PEOPLE.contains(&name) {
        optional.push(path.to_owned());
    }
    Some(Known { shape: Shape::name(), optional })
}
