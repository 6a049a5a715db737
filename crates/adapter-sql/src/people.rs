//! People as rows: what identifies them is sealed with their own key, and found again by blind index.

use std::collections::BTreeSet;

use carillon_domain::ids::PersonId;
use carillon_domain::{EmailAddress, Person, PhoneNumber};
use carillon_ports::{StoreError, Vault};
use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use crate::entity::person::{self, Column};
use crate::error::{store_error, unreadable};
use crate::rows::{parse, parse_option};
use crate::seal::{Keys, person_key, place};
use crate::sql::millis;

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
    let replaced = [
        Column::BusinessId,
        Column::Actor,
        Column::Role,
        Column::ProfileSealed,
        Column::EmailIndex,
        Column::PhoneIndex,
        Column::Locale,
        Column::Timezone,
        Column::UpdatedAt,
        Column::ErasedAt,
    ];
    // Whoever belongs to another business is left as they are, and the caller hears of it: the check before the commit can be
    // overtaken, this one cannot.
    let same_business = Expr::cust("people.business_id IS NOT DISTINCT FROM excluded.business_id");
    let changed = person::Entity::insert_many(rows)
        .on_conflict(
            OnConflict::column(Column::Id)
                .update_columns(replaced)
                .action_and_where(same_business)
                .to_owned(),
        )
        .exec_without_returning(connection)
        .await
        .map_err(|error| store_error(&error))?;
    if usize::try_from(changed).ok() == Some(people.len()) {
        Ok(())
    } else {
        Err(StoreError::Conflict("a person belongs to another business".to_owned()))
    }
}

fn row(
    vault: &dyn Vault,
    keys: &Keys<'_>,
    person: &Person,
    now: DateTime<Utc>,
) -> Result<person::ActiveModel, StoreError> {
    let profile = Profile {
        name: person.name.clone(),
        email: person.email.as_ref().map(|email| email.expose().to_owned()),
        phone: person.phone.as_ref().map(|phone| phone.expose().to_owned()),
    };
    let json = serde_json::to_vec(&profile).map_err(|_| unreadable("a person"))?;
    let sealed = keys.seal(&person_key(&person.id), place("people", "profile", person.id.as_str()), &json)?;
    Ok(person::ActiveModel {
        id: Set(person.id.to_string()),
        business_id: Set(person.business.as_ref().map(ToString::to_string)),
        actor: Set(person.actor.to_string()),
        role: Set(person.role.map(|role| role.to_string())),
        profile_sealed: Set(Some(sealed)),
        email_index: Set(person.email.as_ref().map(|email| email_index(vault, email))),
        phone_index: Set(person.phone.as_ref().map(|phone| phone_index(vault, phone))),
        locale: Set(person.locale.as_ref().map(ToString::to_string)),
        timezone: Set(person.timezone.map(|zone| zone.name().to_owned())),
        created_at: Set(millis(now)),
        updated_at: Set(millis(now)),
        erased_at: Set(None),
    })
}

/// A person read back; `None` when erased.
pub(crate) fn person(row: &person::Model, keys: &Keys<'_>) -> Result<Option<Person>, StoreError> {
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
    }))
}

/// The rows of these people, erased ones included.
pub(crate) async fn rows(
    connection: &impl ConnectionTrait,
    ids: &BTreeSet<String>,
) -> Result<Vec<person::Model>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    person::Entity::find()
        .filter(Column::Id.is_in(ids.iter().cloned()))
        .all(connection)
        .await
        .map_err(|error| store_error(&error))
}

/// The owners of the keys that these rows need.
pub(crate) fn owners(rows: &[person::Model]) -> BTreeSet<String> {
    rows.iter().filter(|row| row.profile_sealed.is_some()).map(|row| format!("person:{}", row.id)).collect()
}

/// Reads rows back, leaving out the erased.
pub(crate) async fn open(
    connection: &impl ConnectionTrait,
    vault: &dyn Vault,
    rows: &[person::Model],
) -> Result<Vec<Person>, StoreError> {
    let keys = Keys::load(connection, vault, &owners(rows)).await?;
    rows.iter().filter_map(|row| person(row, &keys).transpose()).collect()
}
