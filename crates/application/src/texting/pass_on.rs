//! Texts that staff must read become events: for the support staff where there are any, else for whoever receives the client.

use carillon_domain::ids::PersonId;
use carillon_domain::{Actor, BusinessId, Role, Value};
use carillon_ports::StoreError;
use carillon_ports::texting::WaitingText;
use chrono::{DateTime, Utc};

use super::events;
use crate::alarm::service;
use crate::publish::Alongside;
use crate::{Ports, Publish, PublishEvent, Refusal};

/// How many texts are looked at together.
const AT_ONCE: u32 = 200;
/// The longest text of an event.
const LONGEST: usize = 2_000;
/// What stands for a text without words, such as a picture.
const WORDLESS: &str = "…";

/// Passes texts on to staff.
#[derive(Clone)]
pub struct PassOnTexts {
    ports: Ports,
}

/// Texts of one person to one business that are told of together.
struct Letter {
    texts: Vec<WaitingText>,
    words: String,
}

impl PassOnTexts {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Passes on what waits; answers of how many texts staff were told.
    pub async fn run(&self) -> Result<usize, Refusal> {
        let now = self.ports.clock.now();
        let waiting = self.ports.texts.list_waiting(now, AT_ONCE).await?;
        let mut told = 0;
        for letter in letters(waiting) {
            told += self.tell(letter, now).await?;
        }
        Ok(told)
    }

    async fn tell(&self, letter: Letter, now: DateTime<Utc>) -> Result<usize, Refusal> {
        let names: Vec<_> = letter.texts.iter().map(|text| text.name.clone()).collect();
        let Some(publish) = self.event(&letter).await? else {
            self.ports.texts.drop_waiting(&names, now).await?;
            return Ok(0);
        };
        let alongside = Alongside { passes_on: names.clone(), ..Alongside::default() };
        match PublishEvent::new(&self.ports).run_alongside(&service(), publish, alongside).await {
            Ok(_) => Ok(names.len()),
            // Somebody else has told of one of them; what is left is found again.
            Err(Refusal::Store(StoreError::Overtaken)) => Ok(0),
            Err(error @ (Refusal::Store(_) | Refusal::Busy { .. })) => Err(error),
            Err(error) => {
                tracing::error!(%error, "a text message cannot be passed on");
                self.ports.texts.drop_waiting(&names, now).await?;
                Ok(0)
            }
        }
    }

    /// The event; `None` when the person or the business is gone, or nothing can be read any more.
    async fn event(&self, letter: &Letter) -> Result<Option<Publish>, Refusal> {
        let ports = &self.ports;
        let Some(last) = letter.texts.last() else { return Ok(None) };
        let (business, person, at) = (&last.business, &last.person, last.at);
        let is_known = !ports.directory.find_people(std::slice::from_ref(person)).await?.is_empty();
        if !is_known || letter.words.is_empty() || ports.directory.find_business(business).await?.is_none() {
            return Ok(None);
        }
        let about = self.about(last, person).await?;
        let words = letter.words.clone();
        let has_practitioner =
            about.as_ref().is_some_and(|about| about.text_at("appointment.practitioner_id").is_some());
        Ok(Some(match about {
            Some(about) if has_practitioner && !has_support(ports, business).await? => {
                events::message(business, about, words, at)
            }
            about => events::question(business, person, about, words, at),
        }))
    }

    async fn about(&self, text: &WaitingText, person: &PersonId) -> Result<Option<Value>, Refusal> {
        let Some(id) = &text.appointment else { return Ok(None) };
        match self.ports.appointments.find_appointment(&text.business, id).await? {
            Some(booked) => Ok(Some(events::about(&self.ports, &booked.booking, person).await?)),
            None => Ok(None),
        }
    }
}

/// Whether a business has support staff.
pub(super) async fn has_support(ports: &Ports, business: &BusinessId) -> Result<bool, Refusal> {
    let support =
        ports.directory.list_people(Some(business), Actor::BusinessUser, Some(Role::Support)).await?;
    Ok(!support.is_empty())
}

/// Puts texts of the same person to the same business together, in their order, as far as there is room.
fn letters(waiting: Vec<WaitingText>) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    for text in waiting {
        let words =
            text.text.as_deref().map(|words| if words.trim().is_empty() { WORDLESS } else { words.trim() });
        let words: String = words.unwrap_or_default().chars().take(LONGEST).collect();
        let theirs = letters.iter_mut().rfind(|letter| {
            let first = letter.texts.first();
            first.is_some_and(|first| (&first.person, &first.business) == (&text.person, &text.business))
        });
        let has_room = |letter: &&mut Letter| letter.words.chars().count() + words.chars().count() < LONGEST;
        match theirs.filter(has_room) {
            Some(letter) => {
                if !letter.words.is_empty() {
                    letter.words.push('\n');
                }
                letter.words.push_str(&words);
                letter.texts.push(text);
            }
            None => letters.push(Letter { texts: vec![text], words }),
        }
    }
    letters
}
