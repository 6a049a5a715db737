//! Whether those who come to an appointment will be reached by its reminders.

use std::collections::{BTreeMap, BTreeSet};

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
    let told = told(ports, booked).await?;
    let reminders: Vec<(&Existing, &Standing)> = booked.reminders.iter().zip(&standings).collect();
    let readiness = |id: &PersonId| {
        let known = people.iter().find(|person| person.id == *id);
        one(id, known, told.contains(id), reminders.iter().filter(|(reminder, _)| reminder.key.person == *id))
    };
    Ok(appointment.clients.iter().map(readiness).collect())
}

/// Who was told of the appointment at its present time by an event, or will be; asked for only where a reminder relies on that.
async fn told(ports: &Ports, booked: &Booked) -> Result<BTreeSet<PersonId>, Refusal> {
    if booked.reminders.iter().all(|one| one.reason != Some(Reason::Folded)) {
        return Ok(BTreeSet::new());
    }
    let (appointment, timing) = (&booked.booking.appointment, booked.booking.timing);
    let told = ports.appointments.list_told(&appointment.business, &appointment.id).await?;
    Ok(told.into_iter().filter(|(_, told)| told.revision >= timing).map(|(person, _)| person).collect())
}

fn one<'a>(
    id: &PersonId,
    known: Option<&Person>,
    is_told: bool,
    reminders: impl Iterator<Item = &'a (&'a Existing, &'a Standing)>,
) -> Readiness {
    let (mut reached, mut obstacles) = (false, BTreeMap::new());
    for (reminder, standing) in reminders {
        let channel = reminder.key.channel;
        match obstacle(reminder, known, is_told, standing) {
            Some(reason) => drop(obstacles.insert(channel, reason)),
            None => reached = true,
        }
    }
    Readiness { person: id.clone(), reached, obstacles: obstacles.into_iter().collect() }
}

/// Why a reminder does not reach its reader: what stands against one that waits, or what became of one that has ended. One that was folded
/// into the confirmation reaches those whom the confirmation reached.
fn obstacle(
    reminder: &Existing,
    known: Option<&Person>,
    is_told: bool,
    standing: &Standing,
) -> Option<Reason> {
    let objection = || match known {
        Some(person) => decision::objection(Purpose::Service, reminder.key.channel, person, standing),
        None => Some(Reason::Erased),
    };
    match reminder.reason {
        Some(Reason::Folded) => objection().or((!is_told).then_some(Reason::Folded)),
        Some(_) | None if reminder.status.is_open() => objection(),
        ended => ended,
    }
}
