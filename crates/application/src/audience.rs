//! Who hears of an event.

use std::collections::BTreeMap;

use carillon_domain::ids::PersonId;
use carillon_domain::kind::Audience;
use carillon_domain::{Actor, Appointment, BusinessId, Kind, Person, Role, Value};

use crate::inline::Cast;
use crate::subject::clients;
use crate::{Ports, Refusal};

/// What decides who hears of an event.
#[derive(Debug, Clone, Copy)]
pub struct Hearing<'a> {
    /// The tenant.
    pub business: Option<&'a BusinessId>,
    /// Everybody that the event names.
    pub cast: &'a Cast,
    /// The appointment it changes.
    pub appointment: Option<&'a Appointment>,
    /// Its data.
    pub data: &'a Value,
}

/// The people of each audience that these kinds have, by its name.
pub async fn find(
    ports: &Ports,
    kinds: &[&Kind],
    hearing: Hearing<'_>,
) -> Result<BTreeMap<&'static str, Vec<Person>>, Refusal> {
    let mut found = BTreeMap::new();
    for kind in kinds {
        if !found.contains_key(kind.audience.as_str()) {
            found.insert(kind.audience.as_str(), people(ports, kind.audience, hearing).await?);
        }
    }
    Ok(found)
}

async fn people(ports: &Ports, audience: Audience, hearing: Hearing<'_>) -> Result<Vec<Person>, Refusal> {
    match audience {
        Audience::PlatformAdmins => Ok(ports.directory.list_people(None, Actor::PlatformAdmin, None).await?),
        Audience::Owners => colleagues(ports, hearing, Role::Owner, "owner").await,
        Audience::Support => colleagues(ports, hearing, Role::Support, "support").await,
        Audience::Practitioner => Ok(named(hearing.cast, "practitioner").into_iter().collect()),
        Audience::Clients => of_clients(hearing),
    }
}

fn named(cast: &Cast, part: &str) -> Option<Person> {
    cast.parts.get(part).and_then(|id| cast.people.get(id)).cloned()
}

/// Everybody of that role, and whoever came along in that part.
async fn colleagues(
    ports: &Ports,
    hearing: Hearing<'_>,
    role: Role,
    part: &str,
) -> Result<Vec<Person>, Refusal> {
    let Some(business) = hearing.business else { return Ok(Vec::new()) };
    let known = ports.directory.list_people(Some(business), Actor::BusinessUser, Some(role)).await?;
    let mut people: BTreeMap<PersonId, Person> =
        known.into_iter().map(|person| (person.id.clone(), person)).collect();
    // What the event says of a person is newer than what is stored.
    people.extend(named(hearing.cast, part).map(|person| (person.id.clone(), person)));
    Ok(people.into_values().collect())
}

/// Each client of the appointment, and the client of the event.
fn of_clients(hearing: Hearing<'_>) -> Result<Vec<Person>, Refusal> {
    let of_appointment = match hearing.appointment {
        Some(appointment) => appointment.clients.clone(),
        None => clients(hearing.data)?,
    };
    let mut ids: Vec<PersonId> = hearing.cast.parts.get("client").cloned().into_iter().collect();
    ids.extend(of_appointment);
    ids.sort();
    ids.dedup();
    Ok(ids.iter().filter_map(|id| hearing.cast.people.get(id).cloned()).collect())
}
