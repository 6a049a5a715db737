//! Businesses, people and their decisions, as the port [`Directory`] asks for them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use carillon_domain::decision::Standing;
use carillon_domain::ids::PersonId;
use carillon_domain::{Actor, Business, BusinessId, Person, Reach, Role};
use carillon_ports::directory::{Consent, Directory, StandingQuery, Topic};
use carillon_ports::{Ids, StoreError};
use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::SqlStore;
use crate::entity::{api_key, business, consent, data_key, message, notification, person, preference};
use crate::error::{store_error, unreadable};
use crate::lookups::{Answer, Question};
use crate::rows::{parse, parse_option};
use crate::seal::{Keys, person_key};
use crate::sql::{Sql, begin, millis, tenant, time};
use crate::{people, standing};

/// A business read back.
pub(crate) fn business(row: &business::Model) -> Result<Business, StoreError> {
    Ok(Business {
        id: parse(&row.id, "a business id")?,
        name: row.name.clone(),
        settings: serde_json::from_str(&row.settings).map_err(|_| unreadable("settings"))?,
    })
}

/// The businesses of these ids.
pub(crate) async fn businesses(
    connection: &impl ConnectionTrait,
    ids: BTreeSet<String>,
) -> Result<HashMap<String, Business>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::on(connection);
    let these = sql.among("id", ids);
    let statement = sql.statement(&format!("SELECT * FROM businesses WHERE {these}"));
    let rows = business::Entity::find().from_raw_sql(statement).all(connection).await;
    rows.map_err(|error| store_error(&error))?
        .into_iter()
        .map(|row| Ok((row.id.clone(), business(&row)?)))
        .collect()
}

/// A question that got the answer to another: never, for each is answered by its kind.
fn mixed_up() -> StoreError {
    StoreError::Corrupt("a question got the answer to another".to_owned())
}

#[async_trait]
impl Directory for SqlStore {
    async fn find_business(&self, id: &BusinessId) -> Result<Option<Business>, StoreError> {
        match self.look_up(Question::Business(id.clone())).await? {
            Answer::Business(found) => Ok(found.map(|found| *found)),
            Answer::People(_) | Answer::Standings(_) => Err(mixed_up()),
        }
    }

    async fn find_people(&self, ids: &[PersonId]) -> Result<Vec<Person>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        match self.look_up(Question::People(ids.to_vec())).await? {
            Answer::People(found) => Ok(found),
            Answer::Business(_) | Answer::Standings(_) => Err(mixed_up()),
        }
    }

    async fn list_standings(&self, queries: &[StandingQuery]) -> Result<Vec<Standing>, StoreError> {
        if queries.is_empty() {
            return Ok(Vec::new());
        }
        match self.look_up(Question::Standings(queries.to_vec())).await? {
            Answer::Standings(found) => Ok(found),
            Answer::Business(_) | Answer::People(_) => Err(mixed_up()),
        }
    }

    async fn list_people(
        &self,
        business: Option<&BusinessId>,
        actor: Actor,
        role: Option<Role>,
    ) -> Result<Vec<Person>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let actor = format!("people.erased_at IS NULL AND people.actor = {}", sql.bind(actor.as_str()));
        let business = match business {
            Some(business) => format!("people.business_id = {}", sql.bind(business.as_str())),
            None => "people.business_id IS NULL".to_owned(),
        };
        let role = match role {
            Some(role) => format!("people.role = {}", sql.bind(role.as_str())),
            None => "true".to_owned(),
        };
        let condition = format!("{actor} AND {business} AND {role}");
        people::open(self.vault(), &people::select(self.reader(), sql, &condition).await?)
    }

    async fn put_business(&self, business: &Business, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let known = self.find_business(&business.id).await?.is_some();
        let row = business::ActiveModel {
            id: Set(business.id.to_string()),
            name: Set(business.name.clone()),
            settings: Set(serde_json::to_string(&business.settings).map_err(|_| unreadable("settings"))?),
            created_at: Set(millis(now)),
            updated_at: Set(millis(now)),
        };
        let replaced = [business::Column::Name, business::Column::Settings, business::Column::UpdatedAt];
        business::Entity::insert(row)
            .on_conflict(OnConflict::column(business::Column::Id).update_columns(replaced).to_owned())
            .exec_without_returning(self.writer())
            .await
            .map_err(|error| store_error(&error))?;
        Ok(!known)
    }

    async fn delete_business(&self, id: &BusinessId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let transaction = begin(self.writer()).await?;
        let gone = business::Entity::delete_by_id(id.to_string())
            .exec(&transaction)
            .await
            .map_err(|error| store_error(&error))?;
        api_key::Entity::update_many()
            .col_expr(api_key::Column::RevokedAt, sea_orm::sea_query::Expr::value(millis(now)))
            .filter(api_key::Column::BusinessId.eq(id.as_str()))
            .filter(api_key::Column::RevokedAt.is_null())
            .exec(&transaction)
            .await
            .map_err(|error| store_error(&error))?;
        call_off(&transaction, notification::Column::BusinessId, id.as_str(), "cancelled_by_request", now)
            .await?;
        transaction.commit().await.map_err(|error| store_error(&error))?;
        Ok(gone.rows_affected > 0)
    }

    async fn find_person(&self, id: &PersonId, reach: &Reach) -> Result<Option<Person>, StoreError> {
        let person = self.find_people(std::slice::from_ref(id)).await?.pop();
        Ok(person.filter(|person| match reach {
            Reach::Platform | Reach::Business(_) => reach.sees(person.business.as_ref()),
            Reach::Person(own) => own == &person.id,
        }))
    }

    async fn put_person(&self, person: &Person, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let transaction = begin(self.writer()).await?;
        let known = person::Entity::find_by_id(person.id.to_string())
            .one(&transaction)
            .await
            .map_err(|error| store_error(&error))?;
        let keys =
            Keys::ensure(&transaction, self.vault(), &BTreeSet::from([person_key(&person.id)])).await?;
        people::upsert(&transaction, self.vault(), &keys, &[person], now).await?;
        transaction.commit().await.map_err(|error| store_error(&error))?;
        Ok(known.is_none_or(|row| row.erased_at.is_some()))
    }

    async fn erase_person(&self, id: &PersonId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let transaction = begin(self.writer()).await?;
        let erased = erase(&transaction, id, now).await?;
        transaction.commit().await.map_err(|error| store_error(&error))?;
        Ok(erased)
    }

    async fn add_consent(&self, decision: &Consent) -> Result<(), StoreError> {
        let transaction = begin(self.writer()).await?;
        add_decision(&transaction, self.ids(), decision).await?;
        transaction.commit().await.map_err(|error| store_error(&error))
    }

    async fn list_consents(&self, person: &PersonId) -> Result<Vec<Consent>, StoreError> {
        let rows = consent::Entity::find()
            .filter(consent::Column::PersonId.eq(person.as_str()))
            .order_by_asc(consent::Column::At)
            .order_by_asc(consent::Column::Id)
            .all(self.reader())
            .await
            .map_err(|error| store_error(&error))?;
        rows.iter().map(decision).collect()
    }
}

/// Keeps a decision as proof and makes it hold.
pub(crate) async fn add_decision(
    connection: &impl ConnectionTrait,
    ids: &Arc<dyn Ids>,
    decision: &Consent,
) -> Result<(), StoreError> {
    let (business, topic, channel) =
        (tenant(decision.business.as_ref()), standing::topic(&decision.topic), decision.channel.to_string());
    let proof = consent::ActiveModel {
        id: Set(ids.row(decision.at)),
        person_id: Set(decision.person.to_string()),
        business_id: Set(business.clone()),
        topic: Set(topic.clone()),
        channel: Set(channel.clone()),
        granted: Set(decision.granted),
        source: Set(decision.source.clone()),
        wording: Set(decision.wording.clone()),
        at: Set(millis(decision.at)),
    };
    let holds = preference::ActiveModel {
        person_id: Set(decision.person.to_string()),
        business_id: Set(business),
        topic: Set(topic),
        channel: Set(channel),
        allowed: Set(decision.granted),
        updated_at: Set(millis(decision.at)),
    };
    let key = [
        preference::Column::PersonId,
        preference::Column::BusinessId,
        preference::Column::Topic,
        preference::Column::Channel,
    ];
    let replaced = [preference::Column::Allowed, preference::Column::UpdatedAt];
    consent::Entity::insert(proof)
        .exec_without_returning(connection)
        .await
        .map_err(|error| store_error(&error))?;
    preference::Entity::insert(holds)
        .on_conflict(OnConflict::columns(key).update_columns(replaced).to_owned())
        .exec_without_returning(connection)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(())
}

/// Destroys the key, removes what identifies the person, and calls off what waits. Keyed hashes of suppressed addresses stay.
async fn erase(
    connection: &impl ConnectionTrait,
    id: &PersonId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    forget_texts(connection, id).await?;
    let mut sql = Sql::on(connection);
    let (at, row) = (sql.bind(millis(now)), sql.bind(id.to_string()));
    let statement = sql.statement(&format!(
        "UPDATE people SET profile_sealed = NULL, email_index = NULL, phone_index = NULL, locale = NULL, timezone = NULL, \
         erased_at = {at}, updated_at = {at} WHERE id = {row} AND erased_at IS NULL"
    ));
    let found = connection.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    if found.rows_affected() == 0 {
        return Ok(false);
    }
    // The key first: whoever writes with it has locked it, and is waited for.
    data_key::Entity::delete_by_id(person_key(id))
        .exec(connection)
        .await
        .map_err(|error| store_error(&error))?;
    for statement in [
        // What others were told of this person, and what this person was told. Should the person come back, there is a new key, which
        // must not be tried on what the old one sealed.
        "DELETE FROM inbox_items WHERE person_id = {person} OR message_id IN \
         (SELECT id FROM messages WHERE notification_id IN (SELECT id FROM notifications WHERE event_id IN {about}))",
        "DELETE FROM inbox_counters WHERE person_id = {person}",
        "DELETE FROM preferences WHERE person_id = {person}",
        "UPDATE messages SET content_sealed = NULL WHERE notification_id IN \
         (SELECT id FROM notifications WHERE recipient_id = {person} OR event_id IN {about})",
        "UPDATE events SET key_owner = 'erased' WHERE key_owner = {owner}",
    ] {
        let mut sql = Sql::on(connection);
        let mut text = statement.replace("{about}", ABOUT);
        let named = format!("%:{}%", escaped(&serde_json::to_string(id.as_str()).unwrap_or_default()));
        for (name, value) in [("{owner}", person_key(id)), ("{person}", id.to_string()), ("{named}", named)] {
            if text.contains(name) {
                text = text.replace(name, &sql.bind(value));
            }
        }
        connection.execute_raw(sql.statement(&text)).await.map_err(|error| store_error(&error))?;
    }
    call_off(connection, notification::Column::RecipientId, id.as_str(), "erased", now).await?;
    Ok(true)
}

/// Events about a person, and those that name them in a list.
const ABOUT: &str = "(SELECT id FROM events WHERE key_owner = {owner} \
     OR (name IN ('reminders.missed', 'report.due') AND parts LIKE {named} ESCAPE '!'))";

/// A text as it stands within a pattern of LIKE.
fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// Removes what a person wrote to us, from the number they have while that is still known, and from those they had.
async fn forget_texts(connection: &impl ConnectionTrait, id: &PersonId) -> Result<(), StoreError> {
    let mut sql = Sql::on(connection);
    let person = sql.bind(id.to_string());
    let statement = sql.statement(&format!(
        "DELETE FROM inbound_messages WHERE address_index = (SELECT phone_index FROM people WHERE id = {person}) OR person_id = {person}"
    ));
    connection.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}

async fn call_off(
    connection: &impl ConnectionTrait,
    column: notification::Column,
    value: &str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    use sea_orm::sea_query::{Expr, Query};
    let theirs = Query::select()
        .column(notification::Column::Id)
        .from(notification::Entity)
        .and_where(column.eq(value))
        .to_owned();
    message::Entity::update_many()
        .col_expr(message::Column::Status, Expr::value("cancelled"))
        .col_expr(message::Column::Reason, Expr::value(reason))
        .col_expr(message::Column::UpdatedAt, Expr::value(millis(now)))
        .filter(message::Column::NotificationId.in_subquery(theirs))
        .filter(message::Column::Status.is_in(["scheduled", "queued", "in_doubt"]))
        .exec(connection)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(())
}

fn decision(row: &consent::Model) -> Result<Consent, StoreError> {
    let topic = match row.topic.strip_prefix("kind:") {
        Some(kind) => Topic::Kind(parse(kind, "a kind")?),
        None => Topic::Marketing,
    };
    let business = Some(row.business_id.clone()).filter(|id| !id.is_empty());
    Ok(Consent {
        person: parse(&row.person_id, "a person's id")?,
        business: parse_option(business.as_ref(), "a business id")?,
        topic,
        channel: parse(&row.channel, "a channel")?,
        granted: row.granted,
        source: row.source.clone(),
        wording: row.wording.clone(),
        at: time(row.at),
    })
}
