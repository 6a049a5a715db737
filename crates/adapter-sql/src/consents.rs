//! What people decided: appended to a chain a person, and what holds of it.
//!
//! What if we crash? Everything of a change is one transaction.

use std::collections::BTreeSet;
use std::sync::Arc;

use carillon_domain::consent;
use carillon_domain::ids::PersonId;
use carillon_ports::directory::{Consent, Holding, Link, PreferenceChange, Recorded};
use carillon_ports::{Ids, StoreError, Vault};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder};

use crate::SqlStore;
use crate::entity::{consent as record, preference};
use crate::error::{store_error, unreadable};
use crate::rows::{parse, parse_option};
use crate::seal::{Keys, person_key, place};
use crate::sql::{Sql, begin, millis, tenant, time};

/// Adds the decisions of a person, makes them hold, and stores the person's own choices.
pub(crate) async fn change(store: &SqlStore, change: &PreferenceChange) -> Result<Vec<Recorded>, StoreError> {
    let (person, vault) = (&change.person, store.vault());
    let transaction = begin(store.writer()).await?;
    take_turn(&transaction, person).await?;
    if let Some(given) = &change.given {
        require_unchanged(&transaction, person, given).await?;
    }
    let keys = Keys::hold(&transaction, vault, &BTreeSet::from([person_key(person)])).await?;
    let mut last = last_link(&transaction, person).await?;
    let mut recorded = Vec::with_capacity(change.decisions.len());
    for consent in &change.decisions {
        let id = store.ids().row(consent.at);
        // Whoever was erased has no key, and leaves no address.
        let ip = consent.ip.filter(|_| keys.has(&person_key(person))).map(|ip| ip.to_string());
        let ip_hash = ip.as_ref().map(|ip| vault.blind_index("consent", &format!("{id}:{ip}")));
        let link = consent::link(last.as_ref(), consent, ip_hash);
        let sealed = ip.map(|ip| {
            keys.seal(&person_key(person), place("consents", "ip", &id.to_string()), ip.as_bytes())
        });
        append(&transaction, id, consent, &link, sealed.transpose()?).await?;
        make_hold(&transaction, consent).await?;
        last = Some(link.clone());
        recorded.push(Recorded { consent: consent.clone(), link: Some(link) });
    }
    choose(&transaction, change).await?;
    transaction.commit().await.map_err(|error| store_error(&error))?;
    Ok(recorded)
}

/// Adds one decision that came without an internet address, within a transaction of somebody else's, and makes it hold.
pub(crate) async fn add(
    transaction: &DatabaseTransaction,
    ids: &Arc<dyn Ids>,
    consent: &Consent,
) -> Result<(), StoreError> {
    take_turn(transaction, &consent.person).await?;
    let last = last_link(transaction, &consent.person).await?;
    let link = consent::link(last.as_ref(), consent, None);
    append(transaction, ids.row(consent.at), consent, &link, None).await?;
    make_hold(transaction, consent).await
}

/// Every decision of a person, oldest first.
pub(crate) async fn list(
    reader: &impl ConnectionTrait,
    vault: &dyn Vault,
    person: &PersonId,
) -> Result<Vec<Recorded>, StoreError> {
    let keys = Keys::load(reader, vault, &BTreeSet::from([person_key(person)])).await?;
    let mut rows = record::Entity::find()
        .filter(record::Column::PersonId.eq(person.as_str()))
        .all(reader)
        .await
        .map_err(|error| store_error(&error))?;
    // What is older than the chain first: databases do not agree on where NULL comes.
    rows.sort_by_key(|row| (row.seq, row.at, row.id));
    rows.iter().map(|row| read(row, &keys)).collect()
}

/// The decisions of a person that hold.
pub(crate) async fn holding(
    reader: &impl ConnectionTrait,
    person: &PersonId,
) -> Result<Vec<Holding>, StoreError> {
    let rows = preference::Entity::find()
        .filter(preference::Column::PersonId.eq(person.as_str()))
        .all(reader)
        .await
        .map_err(|error| store_error(&error))?;
    rows.iter().map(|row| held(&row.business_id, &row.topic, &row.channel, row.allowed)).collect()
}

/// A decision as it is stored; the empty business is everybody.
pub(crate) fn held(business: &str, topic: &str, channel: &str, allowed: bool) -> Result<Holding, StoreError> {
    let business = Some(business).filter(|id| !id.is_empty());
    Ok(Holding {
        business: parse_option(business, "a business id")?,
        topic: parse(topic, "a topic")?,
        channel: parse(channel, "a channel")?,
        allowed,
    })
}

/// Lets one change of a person at a time through, until the commit. A lock of its own, so that nobody who stores or erases the person waits
/// for it. SQLite has one writer anyway.
pub(crate) async fn take_turn(
    connection: &impl ConnectionTrait,
    person: &PersonId,
) -> Result<(), StoreError> {
    let mut sql = Sql::on(connection);
    if !sql.is_postgres() {
        return Ok(());
    }
    let name = sql.bind(format!("consents:{person}"));
    let statement = sql.statement(&format!("SELECT pg_advisory_xact_lock(hashtextextended({name}, 0))"));
    connection.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}

/// Refuses what was worked out from something that holds no longer.
async fn require_unchanged(
    connection: &impl ConnectionTrait,
    person: &PersonId,
    given: &[Holding],
) -> Result<(), StoreError> {
    let now = holding(connection, person).await?;
    if now.len() == given.len() && now.iter().all(|one| given.contains(one)) {
        return Ok(());
    }
    Err(StoreError::Conflict("the person has decided something else meanwhile".to_owned()))
}

async fn last_link(connection: &impl ConnectionTrait, person: &PersonId) -> Result<Option<Link>, StoreError> {
    let row = record::Entity::find()
        .filter(record::Column::PersonId.eq(person.as_str()))
        .filter(record::Column::Seq.is_not_null())
        .order_by_desc(record::Column::Seq)
        .one(connection)
        .await
        .map_err(|error| store_error(&error))?;
    row.as_ref().map(link).transpose().map(Option::flatten)
}

async fn append(
    connection: &impl ConnectionTrait,
    id: uuid::Uuid,
    consent: &Consent,
    link: &Link,
    ip_sealed: Option<Vec<u8>>,
) -> Result<(), StoreError> {
    let row = record::ActiveModel {
        id: Set(id),
        person_id: Set(consent.person.to_string()),
        business_id: Set(tenant(consent.business.as_ref())),
        topic: Set(consent.topic.to_string()),
        channel: Set(consent.channel.to_string()),
        granted: Set(consent.granted),
        source: Set(consent.source.clone()),
        wording: Set(consent.wording.clone()),
        at: Set(millis(consent.at)),
        seq: Set(Some(i64::try_from(link.seq).map_err(|_| unreadable("a chain"))?)),
        previous_hash: Set(Some(link.previous_hash.clone())),
        hash: Set(Some(link.hash.clone())),
        ip_sealed: Set(ip_sealed),
        ip_hash: Set(link.ip_hash.clone()),
    };
    let inserted = record::Entity::insert(row).exec_without_returning(connection).await;
    inserted.map(drop).map_err(|error| store_error(&error))
}

async fn make_hold(connection: &impl ConnectionTrait, consent: &Consent) -> Result<(), StoreError> {
    use preference::Column;
    let (topic, channel) = (consent.topic.to_string(), consent.channel.to_string());
    if consent.business.is_none() && !consent.granted {
        preference::Entity::delete_many()
            .filter(Column::PersonId.eq(consent.person.as_str()))
            .filter(Column::Topic.eq(topic.as_str()))
            .filter(Column::Channel.eq(channel.as_str()))
            .filter(Column::Allowed.eq(true))
            .exec(connection)
            .await
            .map_err(|error| store_error(&error))?;
    }
    let row = preference::ActiveModel {
        person_id: Set(consent.person.to_string()),
        business_id: Set(tenant(consent.business.as_ref())),
        topic: Set(topic),
        channel: Set(channel),
        allowed: Set(consent.granted),
        updated_at: Set(millis(consent.at)),
    };
    let key = [Column::PersonId, Column::BusinessId, Column::Topic, Column::Channel];
    let replaced = [Column::Allowed, Column::UpdatedAt];
    let stored = preference::Entity::insert(row)
        .on_conflict(OnConflict::columns(key).update_columns(replaced).to_owned())
        .exec_without_returning(connection)
        .await;
    stored.map(drop).map_err(|error| store_error(&error))
}

/// Stores the person's own choices; whoever was erased meanwhile has none.
async fn choose(connection: &impl ConnectionTrait, change: &PreferenceChange) -> Result<(), StoreError> {
    let Some(choices) = &change.choices else { return Ok(()) };
    let json = serde_json::to_string(choices).map_err(|_| unreadable("choices"))?;
    let mut sql = Sql::on(connection);
    let (json, at) = (sql.bind(json), sql.bind(millis(change.at)));
    let person = sql.bind(change.person.to_string());
    let statement = sql.statement(&format!(
        "UPDATE people SET choices = {json}, updated_at = {at} WHERE id = {person} AND erased_at IS NULL"
    ));
    connection.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}

fn read(row: &record::Model, keys: &Keys<'_>) -> Result<Recorded, StoreError> {
    let person: PersonId = parse(&row.person_id, "a person's id")?;
    let business = Some(row.business_id.clone()).filter(|id| !id.is_empty());
    let ip = match &row.ip_sealed {
        Some(sealed) => {
            keys.open(&person_key(&person), place("consents", "ip", &row.id.to_string()), sealed)?
        }
        None => None,
    };
    let ip = ip.map(String::from_utf8).transpose().map_err(|_| unreadable("an internet address"))?;
    let consent = Consent {
        business: parse_option(business.as_ref(), "a business id")?,
        topic: parse(&row.topic, "a topic")?,
        channel: parse(&row.channel, "a channel")?,
        granted: row.granted,
        source: row.source.clone(),
        wording: row.wording.clone(),
        ip: parse_option(ip.as_ref(), "an internet address")?,
        at: time(row.at),
        person,
    };
    Ok(Recorded { consent, link: link(row)? })
}

fn link(row: &record::Model) -> Result<Option<Link>, StoreError> {
    let Some(seq) = row.seq else { return Ok(None) };
    Ok(Some(Link {
        seq: u64::try_from(seq).map_err(|_| unreadable("a chain"))?,
        previous_hash: row.previous_hash.clone().unwrap_or_default(),
        hash: row.hash.clone().unwrap_or_default(),
        ip_hash: row.ip_hash.clone(),
    }))
}
