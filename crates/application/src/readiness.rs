//! Whether those who come to an appointment will be reached by its reminders.

use std::collections::BTreeMap;

use carillon_domain::decision::{self, Standing};
use carillon_domain::ids::PersonId;
use carillon_domain::replan::Existing;
use carillon_domain::{Channel, Person, Purpose, Reason};
use carillon_ports::appointments::Booked;
use carillon_ports::directory::StandingQuery;

use crate::{Ports, Refusal};

/// What to expect of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Readiness {
    /// Who.
    pub person: PersonId,
    /// Whether a reminder has reached them, or will as far as anybody can tell.
    pub reached: bool,
    /// What stands against the reminders that will not.
    pub obstacles: Vec<(Channel, Reason)>,
}

/// Looks at each client of an appointment.
pub async fn of(ports: &Ports, booked: &Booked) -> Result<Vec<Readiness>, Refusal> {
    let appointment = &booked.booking.appointment;
    let now = ports.clock.now();
    let queries: Vec<StandingQuery> = booked
        .reminders
        .iter()
        .map(|one| StandingQuery {
            person: one.key.person.clone(),
            business: Some(appointment.business.clone()),
            kind: one.kind.clone(),
            purpose: Purpose::Service,
            channel: one.key.channel,
            at: now.max(one.due_at),
        })
        .collect();
    let people = ports.directory.find_people(&appointment.clients).await?;
    let standings = ports.directory.list_standings(&queries).await?;
    let reminders: Vec<(&Existing, &Standing)> = booked.reminders.iter().zip(&standings).collect();
    let readiness = |id: &PersonId| {
        let known = people.iter().find(|person| person.id == *id);
        one(id, known, reminders.iter().filter(|(reminder, _)| reminder.key.person == *id))
    };
    Ok(appointment.clients.iter().map(readiness).collect())
}

fn one<'a>(
    id: &PersonId,
    known: Option<&Person>,
    reminders: impl Iterator<Item = &'a (&'a Existing, &'a Standing)>,
) -> Readiness {
    let (mut reached, mut obstacles) = (false, BTreeMap::new());
    for (reminder, standing) in reminders {
        let channel = reminder.key.channel;
        match obstacle(reminder, known, standing) {
            Some(reason) => drop(obstacles.insert(channel, reason)),
            None => reached = true,
        }
    }
    Readiness { person: id.clone(), reached, obstacles: obstacles.into_iter().collect() }
}

/// Why a reminder does not reach its reader: what stands against one that waits, or what became of one that has ended.
fn obstacle(reminder: &Existing, known: Option<&Person>, standing: &Standing) -> Option<Reason> {
    if !reminder.status.is_open() {
        return reminder.reason;
    }
    match known {
        Some(person) => decision::objection(Purpose::Service, reminder.key.channel, person, standing),
        None => Some(Reason::Erased),
    }
}
