//! Businesses, people and their decisions, as the port [`Directory`] asks for them.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use carillon_domain::decision::Standing;
use carillon_domain::ids::PersonId;
use carillon_domain::{Actor, Business, BusinessId, Person, Reach, Role};
use carillon_ports::StoreError;
use carillon_ports::directory::{Directory, Holding, PreferenceChange, Recorded, StandingQuery, Suppression};
use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::SqlStore;
use crate::columns::Columns;
use crate::entity::{api_key, business, data_key, message, notification, person};
use crate::error::{store_error, unreadable};
use crate::lookups::{Answer, Question};
use crate::rows::parse;
use crate::seal::{Keys, person_key};
use crate::sql::{Sql, begin, millis};
use crate::{consents, people, suppressions};

/// A business read back.
pub(crate) fn business(row: &business::Model) -> Result<Business, StoreError> {
    Ok(Business {
        id: parse(&row.id, "a business id")?,
        name: row.name.clone(),
        settings: serde_json::from_str(&row.settings).map_err(|_| unreadable("settings"))?,
    })
}

/// What [`read_business`] takes, of `businesses`.
pub(crate) const COLUMNS: &str =
    "businesses.id, businesses.name, businesses.settings, businesses.created_at, businesses.updated_at";

/// Takes the [`COLUMNS`]; none where no business was joined.
pub(crate) fn read_business(columns: &mut Columns<'_>) -> Result<Option<business::Model>, StoreError> {
    let Some(id) = columns.take::<Option<String>>()? else {
        columns.skip_others(COLUMNS);
        return Ok(None);
    };
    let (name, settings) = (columns.take()?, columns.take()?);
    let (created_at, updated_at) = (columns.take()?, columns.take()?);
    Ok(Some(business::Model { id, name, settings, created_at, updated_at }))
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

    async fn list_suppressions(&self, person: &Person) -> Result<Vec<Suppression>, StoreError> {
        suppressions::list(self.reader(), self.vault(), person).await
    }

    async fn lift_suppressions(&self, person: &Person, lifted: &[Suppression]) -> Result<(), StoreError> {
        suppressions::lift(self.writer(), self.vault(), person, lifted).await
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

    async fn change_preferences(&self, change: &PreferenceChange) -> Result<Vec<Recorded>, StoreError> {
        consents::change(self, change).await
    }

    async fn list_consents(&self, person: &PersonId) -> Result<Vec<Recorded>, StoreError> {
        consents::list(self.reader(), self.vault(), person).await
    }

    async fn list_holding(&self, person: &PersonId) -> Result<Vec<Holding>, StoreError> {
        consents::holding(self.reader(), person).await
    }
}

/// Destroys the key, removes what identifies the person, and calls off what waits. Keyed hashes of suppressed addresses stay.
async fn erase(
    connection: &impl ConnectionTrait,
    id: &PersonId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    hold_key(connection, id).await?;
    forget_texts(connection, id).await?;
    let mut sql = Sql::on(connection);
    let (at, row) = (sql.bind(millis(now)), sql.bind(id.to_string()));
    let statement = sql.statement(&format!(
        "UPDATE people SET profile_sealed = NULL, email_index = NULL, phone_index = NULL, locale = NULL, timezone = NULL, \
         choices = NULL, erased_at = {at}, updated_at = {at} WHERE id = {row} AND erased_at IS NULL"
    ));
    let found = connection.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    if found.rows_affected() == 0 {
        return Ok(false);
    }
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
        // The decisions themselves stay: the proof that messages were lawful, or that no more were sent, is owed beyond the erasure
        // (GDPR art. 17(3)(e)). Nothing in them identifies anybody but the platform's own id.
        "UPDATE consents SET ip_sealed = NULL WHERE person_id = {person}",
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

/// The key first: whoever writes with it has locked it, goes on to the person's row, and is waited for here. The other way round each would
/// wait for the other. SQLite has one writer anyway.
async fn hold_key(connection: &impl ConnectionTrait, id: &PersonId) -> Result<(), StoreError> {
    let mut sql = Sql::on(connection);
    if !sql.is_postgres() {
        return Ok(());
    }
    let owner = sql.bind(person_key(id));
    let statement = sql.statement(&format!("SELECT 1 FROM data_keys WHERE owner = {owner} FOR UPDATE"));
    connection.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
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
