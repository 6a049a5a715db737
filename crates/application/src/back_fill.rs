//! Many events at once, in the order in which they are given: for back-fills from a file.
//!
//! Each event is published as by a request of its own. Events that have nothing in common are published at the same time, so that they share
//! transactions; those that speak of the same appointment, or say different things of the same person, keep their order.

use std::collections::HashMap;

use carillon_domain::{Principal, Value};
use futures_util::future::join_all;

use crate::refusal::StoreError;
use crate::{Ports, Problem, Publish, PublishEvent, Refusal};

/// Publishes many events.
#[derive(Clone)]
pub struct BackFill {
    ports: Ports,
    publish: PublishEvent,
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filled {
    /// It was accepted now.
    New {
        /// What in it could not be used; the rest was accepted all the same.
        warnings: Vec<Problem>,
    },
    /// It had been accepted before, under the same key.
    Known,
    /// It must be changed.
    Refused(Refusal),
    /// It was not tried, or cannot be accepted at the moment: repeat it.
    NotNow(Refusal),
}

impl BackFill {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), publish: PublishEvent::new(ports) }
    }

    /// Publishes events, and answers what became of each. Once one cannot be accepted at the moment, those that may depend on it are not tried.
    pub async fn run(&self, caller: &Principal, events: &[Publish]) -> Vec<Filled> {
        self.ports.load.look(&self.ports).await;
        let rounds = rounds(events);
        let mut filled: Vec<Option<Filled>> = vec![None; events.len()];
        let mut obstacle = None;
        for round in 0..=rounds.iter().copied().max().unwrap_or(0) {
            if obstacle.is_some() {
                break;
            }
            let of_round =
                rounds.iter().enumerate().filter(|(_, one)| **one == round).map(|(index, _)| index);
            let publishing =
                of_round.map(|index| async move { (index, self.fill(caller, events[index].clone()).await) });
            for (index, one) in join_all(publishing).await {
                if let Filled::NotNow(refusal) = &one {
                    obstacle = Some(refusal.clone());
                }
                filled[index] = Some(one);
            }
        }
        let untried = || Filled::NotNow(obstacle.clone().unwrap_or(Refusal::Store(StoreError::Overtaken)));
        filled.into_iter().map(|one| one.unwrap_or_else(untried)).collect()
    }

    async fn fill(&self, caller: &Principal, event: Publish) -> Filled {
        match self.publish.run(caller, event).await {
            Ok(report) if report.is_repeated => Filled::Known,
            Ok(report) => Filled::New { warnings: report.warnings },
            Err(
                refusal @ (Refusal::Busy { .. }
                | Refusal::NotReady { .. }
                | Refusal::Store(StoreError::Unavailable(_) | StoreError::Overtaken)),
            ) => Filled::NotNow(refusal),
            Err(refusal) => Filled::Refused(refusal),
        }
    }
}

/// What an event says of something that other events may speak of too.
#[derive(Debug, Clone, Copy)]
enum Says<'a> {
    /// It changes it, or takes it for itself alone.
    Changes,
    /// It describes it.
    Describes(&'a Value),
    /// It names it, and takes it as it is known.
    Names,
}

impl Says<'_> {
    /// Whether it does not matter which of two events is first.
    fn goes_with(self, other: Self) -> bool {
        match (self, other) {
            (Self::Describes(one), Self::Describes(other)) => one == other,
            (Self::Names, Self::Names) => true,
            (Self::Changes, _)
            | (_, Self::Changes)
            | (Self::Describes(_), Self::Names)
            | (Self::Names, Self::Describes(_)) => false,
        }
    }
}

/// The events so far that say the same of something.
#[derive(Debug, Clone, Copy)]
struct Said<'a> {
    says: Says<'a>,
    /// The first round in which another event may say the same.
    from: usize,
    /// The last round in which an event says it.
    to: usize,
}

/// The round in which each event is published: later than every earlier event that it must not overtake.
fn rounds(events: &[Publish]) -> Vec<usize> {
    let mut said: HashMap<(&str, &str), Said<'_>> = HashMap::new();
    let mut rounds = Vec::with_capacity(events.len());
    for event in events {
        let spoken_of = spoken_of(event);
        let from = |(name, says): &((&str, &str), Says<'_>)| {
            said.get(name).map_or(0, |said| if said.says.goes_with(*says) { said.from } else { said.to + 1 })
        };
        let froms: Vec<usize> = spoken_of.iter().map(from).collect();
        let round = froms.iter().copied().max().unwrap_or(0);
        for ((name, says), from) in spoken_of.into_iter().zip(froms) {
            let to = said.get(&name).map_or(round, |said| said.to.max(round));
            said.insert(name, Said { says, from, to });
        }
        rounds.push(round);
    }
    rounds
}

/// Everything that an event shares with others: its key, its business, its appointment and people.
fn spoken_of(event: &Publish) -> Vec<((&str, &str), Says<'_>)> {
    let mut found = Vec::new();
    if let Some(repeatable) = &event.repeatable {
        found.push((("key", repeatable.key.as_str()), Says::Changes));
    }
    if let Some(business) = &event.business {
        let says = event.data.at("business").map_or(Says::Names, Says::Describes);
        found.push((("business", business.as_str()), says));
    }
    let Value::Map(data) = &event.data else { return found };
    let mut described = Vec::new();
    for (name, block) in data {
        match (name.as_str(), block.text_at("id")) {
            ("business", _) | (_, None) => {}
            ("appointment", Some(id)) => found.push((("appointment", id), Says::Changes)),
            (_, Some(id)) => {
                described.push(id);
                found.push((("person", id), Says::Describes(block)));
            }
        }
    }
    let many = event.data.at("appointment.client_ids").and_then(Value::as_list).unwrap_or_default();
    let single = ["appointment.client_id", "appointment.practitioner_id"];
    let named = many.iter().chain(single.into_iter().filter_map(|path| event.data.at(path)));
    let named = named.filter_map(Value::as_text).filter(|id| !described.contains(id));
    found.extend(named.map(|id| (("person", id), Says::Names)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(data: &str) -> Publish {
        Publish {
            name: "appointment.booked".to_owned(),
            business: "salon".parse().ok(),
            occurred_at: None,
            data: serde_json::from_str(data).expect("JSON"),
            silent: true,
            repeatable: None,
        }
    }

    fn rounds_of(data: &[&str]) -> Vec<usize> {
        rounds(&data.iter().map(|data| event(data)).collect::<Vec<_>>())
    }

    #[test]
    fn events_of_different_appointments_and_people_are_published_together() {
        let one = r#"{"appointment": {"id": "a-1"}, "client": {"id": "c-1"}, "practitioner": {"id": "p", "name": "Inès"}}"#;
        let other = r#"{"appointment": {"id": "a-2"}, "client": {"id": "c-2"}, "practitioner": {"id": "p", "name": "Inès"}}"#;
        assert_eq!(rounds_of(&[one, other]), [0, 0]);
    }

    #[test]
    fn events_of_one_appointment_keep_their_order() {
        let one = r#"{"appointment": {"id": "a-1"}}"#;
        let other = r#"{"appointment": {"id": "a-2"}}"#;
        assert_eq!(rounds_of(&[one, other, one, one, other]), [0, 0, 1, 2, 1]);
    }

    #[test]
    fn a_person_is_described_before_an_event_names_them_and_the_last_description_comes_last() {
        let named = r#"{"appointment": {"id": "a-2", "client_id": "c-1"}}"#;
        let in_a_list = r#"{"appointment": {"id": "a-3", "client_ids": ["c-1", "c-2"]}}"#;
        let old = r#"{"client": {"id": "c-1", "name": "Camille"}}"#;
        let new = r#"{"client": {"id": "c-1", "name": "Camille Laurent"}}"#;
        assert_eq!(rounds_of(&[old, named, in_a_list, new, old]), [0, 1, 1, 2, 3]);
        assert_eq!(rounds_of(&[old, old, r#"{"business": {"name": "Atelier"}}"#, old]), [0, 0, 1, 2]);
    }

    #[test]
    fn of_two_events_with_one_key_the_first_is_taken() {
        let keyed = |data| Publish {
            repeatable: Some(crate::accept::Repeatable { key: "k".to_owned(), fingerprint: String::new() }),
            ..event(data)
        };
        assert_eq!(rounds(&[keyed("{}"), keyed("{}")]), [0, 1]);
    }
}
