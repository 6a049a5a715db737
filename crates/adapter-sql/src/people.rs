//! People as rows: what identifies them is sealed with their own key, and found again by blind index.

use std::collections::BTreeSet;

use carillon_domain::ids::PersonId;
use carillon_domain::{Choices, EmailAddress, Person, PhoneNumber};
use carillon_ports::{StoreError, Vault};
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};

use crate::columns::Columns;
use crate::entity::person;
use crate::error::{store_error, unreadable};
use crate::rows::{parse, parse_option};
use crate::rows_in::Inserts;
use crate::seal::{Keys, person_key, place};
use crate::seen_keys::SeenKeys;
use crate::sql::{Sql, millis};
use crate::standing::{self, Stands};

/// Stores people, new or known; what they chose for themselves stays. Whoever belongs to another business is left as they are, and the
/// caller hears of it by the count: the check before the commit can be overtaken, this one cannot.
pub(crate) const UPSERT: &str = "ON CONFLICT (id) DO UPDATE SET business_id = excluded.business_id, actor = excluded.actor, \
     role = excluded.role, profile_sealed = excluded.profile_sealed, email_index = excluded.email_index, \
     phone_index = excluded.phone_index, locale = excluded.locale, timezone = excluded.timezone, updated_at = excluded.updated_at, \
     erased_at = excluded.erased_at WHERE people.business_id IS NOT DISTINCT FROM excluded.business_id";

/// What identifies a person.
#[derive(Serialize, Deserialize)]
struct Profile {
    name: String,
    email: Option<String>,
    phone: Option<String>,
}

/// The blind index of an e-mail address.
pub(crate) fn email_index(vault: &dyn Vault, email: &EmailAddress) -> String {
    vault.blind_index("email", &email.normalised())
}

/// The blind index of a phone number.
pub(crate) fn phone_index(vault: &dyn Vault, phone: &PhoneNumber) -> String {
    vault.blind_index("phone", phone.expose())
}

/// Stores people, new or known. The keys of all of them must be there.
pub(crate) async fn upsert(
    connection: &impl ConnectionTrait,
    vault: &dyn Vault,
    keys: &Keys<'_>,
    people: &[&Person],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if people.is_empty() {
        return Ok(());
    }
    let rows = people.iter().map(|person| row(vault, keys, person, now)).collect::<Result<Vec<_>, _>>()?;
    let mut inserts = Inserts::default();
    inserts.add::<person::Entity>(rows, UPSERT);
    if inserts.run(connection).await? { Ok(()) } else { Err(of_another_business()) }
}

/// What the caller hears when not all people were written.
pub(crate) fn of_another_business() -> StoreError {
    StoreError::Conflict("a person belongs to another business".to_owned())
}

/// A person's row.
pub(crate) fn row(
    vault: &dyn Vault,
    keys: &Keys<'_>,
    person: &Person,
    now: DateTime<Utc>,
) -> Result<person::Model, StoreError> {
    let profile = Profile {
        name: person.name.clone(),
        email: person.email.as_ref().map(|email| email.expose().to_owned()),
        phone: person.phone.as_ref().map(|phone| phone.expose().to_owned()),
    };
    let json = serde_json::to_vec(&profile).map_err(|_| unreadable("a person"))?;
    let sealed = keys.seal(&person_key(&person.id), place("people", "profile", person.id.as_str()), &json)?;
    Ok(person::Model {
        id: person.id.to_string(),
        business_id: person.business.as_ref().map(ToString::to_string),
        actor: person.actor.to_string(),
        role: person.role.map(|role| role.to_string()),
        profile_sealed: Some(sealed),
        email_index: person.email.as_ref().map(|email| email_index(vault, email)),
        phone_index: person.phone.as_ref().map(|phone| phone_index(vault, phone)),
        locale: person.locale.as_ref().map(ToString::to_string),
        timezone: person.timezone.map(|zone| zone.name().to_owned()),
        created_at: millis(now),
        updated_at: millis(now),
        erased_at: None,
        choices: None,
    })
}

/// A person read back; `None` when erased.
fn person(row: &person::Model, keys: &Keys<'_>) -> Result<Option<Person>, StoreError> {
    let id: PersonId = parse(&row.id, "a person's id")?;
    let Some(sealed) = &row.profile_sealed else { return Ok(None) };
    let Some(json) = keys.open(&person_key(&id), place("people", "profile", &row.id), sealed)? else {
        return Ok(None);
    };
    let profile: Profile = serde_json::from_slice(&json).map_err(|_| unreadable("a person"))?;
    let email = profile
        .email
        .map(|email| EmailAddress::parse(&email))
        .transpose()
        .map_err(|_| unreadable("an address"))?;
    Ok(Some(Person {
        id,
        actor: parse(&row.actor, "an actor")?,
        role: parse_option(row.role.as_ref(), "a role")?,
        business: parse_option(row.business_id.as_ref(), "a business id")?,
        name: profile.name,
        email,
        phone: profile.phone.map(PhoneNumber::from_stored),
        locale: parse_option(row.locale.as_ref(), "a locale")?,
        timezone: parse_option(row.timezone.as_ref(), "a time zone")?,
        choices: choices(row)?,
    }))
}

fn choices(row: &person::Model) -> Result<Choices, StoreError> {
    let stored = row.choices.as_deref().map(serde_json::from_str).transpose();
    Ok(stored.map_err(|_| unreadable("choices"))?.unwrap_or_default())
}

/// A person's row with the key that opens it (none when erased), and what stands against the person.
pub(crate) struct Known {
    pub(crate) row: person::Model,
    wrapped: Option<Vec<u8>>,
    pub(crate) stands: Stands,
}

/// The columns of a person and of the [`KEY`] beside it.
const COLUMNS: &str = "people.id, people.business_id, people.actor, people.role, people.profile_sealed, people.email_index, \
     people.phone_index, people.locale, people.timezone, people.created_at, people.updated_at, people.erased_at, people.choices, \
     person_keys.wrapped";

/// What [`Known::read`] takes.
pub(crate) fn columns(is_postgres: bool) -> String {
    format!("{COLUMNS}, {}", standing::columns(is_postgres))
}

/// The key beside a person.
pub(crate) const KEY: &str =
    "LEFT JOIN data_keys AS person_keys ON person_keys.owner = 'person:' || people.id";

impl Known {
    /// Takes the [`columns`]; none where nobody was joined.
    pub(crate) fn read(columns: &mut Columns<'_>) -> Result<Option<Self>, StoreError> {
        let Some(id) = columns.take::<Option<String>>()? else {
            columns.skip_others(COLUMNS);
            return Stands::read(columns).map(|_| None);
        };
        let row = person::Model {
            id,
            business_id: columns.take()?,
            actor: columns.take()?,
            role: columns.take()?,
            profile_sealed: columns.take()?,
            email_index: columns.take()?,
            phone_index: columns.take()?,
            locale: columns.take()?,
            timezone: columns.take()?,
            created_at: columns.take()?,
            updated_at: columns.take()?,
            erased_at: columns.take()?,
            choices: columns.take()?,
        };
        Ok(Some(Self { row, wrapped: columns.take()?, stands: Stands::read(columns)? }))
    }
}

/// The rows of these people with their keys, erased people included.
pub(crate) async fn known(
    connection: &impl ConnectionTrait,
    ids: &BTreeSet<String>,
) -> Result<Vec<Known>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::on(connection);
    let these = sql.among("people.id", ids.iter().cloned());
    select(connection, sql, &these).await
}

/// The rows of those people with their keys that a condition holds for, in the order of their ids.
pub(crate) async fn select(
    connection: &impl ConnectionTrait,
    sql: Sql,
    condition: &str,
) -> Result<Vec<Known>, StoreError> {
    let columns = columns(sql.is_postgres());
    let statement =
        sql.statement(&format!("SELECT {columns} FROM people {KEY} WHERE {condition} ORDER BY people.id"));
    let rows = connection.query_all_raw(statement).await.map_err(|error| store_error(&error))?;
    rows.iter().filter_map(|row| Known::read(&mut Columns::of(row)).transpose()).collect()
}

/// Remembers the keys of these people.
pub(crate) fn note_keys(seen: &SeenKeys, known: &[Known]) {
    for Known { row, wrapped, .. } in known {
        if let Some(wrapped) = wrapped {
            seen.note(&format!("person:{}", row.id), wrapped);
        }
    }
}

/// Adds the keys of these people to those that are open.
pub(crate) fn open_keys(keys: &mut Keys<'_>, known: &[Known]) -> Result<(), StoreError> {
    for Known { row, wrapped, .. } in known {
        if let Some(wrapped) = wrapped {
            keys.open_key(&format!("person:{}", row.id), wrapped)?;
        }
    }
    Ok(())
}

/// Reads people back, leaving out the erased.
pub(crate) fn open(vault: &dyn Vault, known: &[Known]) -> Result<Vec<Person>, StoreError> {
    let mut keys = Keys::none(vault);
    open_keys(&mut keys, known)?;
    opened(known, &keys)
}

/// Reads people back whose keys are open, leaving out the erased.
pub(crate) fn opened(known: &[Known], keys: &Keys<'_>) -> Result<Vec<Person>, StoreError> {
    known.iter().filter_map(|known| person(&known.row, keys).transpose()).collect()
}
