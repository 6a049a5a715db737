//! Changing what is planned: for all appointments concerned in one transaction, and only while they are as they were read.

use std::collections::{BTreeMap, BTreeSet};

use carillon_domain::ids::MessageId;
use carillon_domain::replan::Move;
use carillon_domain::{AppointmentId, Business, Message, Notification, Reason, Settings, Status};
use carillon_ports::appointments::Replanning;
use carillon_ports::{StoreError, Vault};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction};

use crate::append;
use crate::entity::{event, message, notification};
use crate::error::{store_error, unreadable};
use crate::rows;
use crate::rows_in::{Column, Inserts, Kind, Rows, insert};
use crate::seal::{Keys, event_key};
use crate::sql::{Sql, begin, millis};

/// How many notifications are written in a statement.
const AT_ONCE: usize = 1_000;

/// Commits a change of plans; `false`, with nothing written, when it was overtaken.
pub(crate) async fn replan(
    writer: &DatabaseConnection,
    vault: &dyn Vault,
    change: Replanning,
) -> Result<bool, StoreError> {
    let transaction = begin(writer).await?;
    match write(&transaction, vault, change).await {
        Ok(()) => transaction.commit().await.map_err(|error| store_error(&error)).map(|()| true),
        // On SQLite an index refuses a reminder that somebody else has planned.
        Err(StoreError::Overtaken | StoreError::Conflict(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn write(
    transaction: &DatabaseTransaction,
    vault: &dyn Vault,
    change: Replanning,
) -> Result<(), StoreError> {
    let now = change.event.accepted_at;
    hold(transaction, &change).await?;
    if let Some(known) = &change.known {
        unchanged(transaction, known).await?;
    }
    if let Some(business) = &change.business {
        put_settings(transaction, business, now).await?;
    }
    vanish(transaction, &change.vanish, Reason::RuleChanged, now).await?;
    shift(transaction, &change.moved, now).await?;
    if change.notifications.is_empty() {
        return Ok(());
    }
    unplanned(transaction, &change.notifications, &change.messages).await?;
    let event = &change.event;
    let keys = Keys::ensure(transaction, vault, &BTreeSet::from([event_key(event)])).await?;
    insert::<event::Entity>(transaction, vec![rows::event_row(event, &keys)?]).await?;
    for (notifications, messages) in parts(change.notifications, change.messages) {
        let rows = notifications.iter().map(|one| rows::notification_row(one, &event.name));
        let mut inserts = Inserts::default();
        inserts.add::<notification::Entity>(rows.collect(), "");
        inserts.add::<message::Entity>(append::message_rows(&notifications, &messages)?, "");
        inserts.run(transaction).await?;
    }
    Ok(())
}

/// Notifications with their messages, so many at a time that a statement stays short. Messages stand in the order of their notifications.
fn parts(notifications: Vec<Notification>, messages: Vec<Message>) -> Vec<(Vec<Notification>, Vec<Message>)> {
    let mut messages = messages.into_iter().peekable();
    let mut parts: Vec<(Vec<Notification>, Vec<Message>)> = Vec::new();
    for notification in notifications {
        if parts.last().is_none_or(|(some, _)| some.len() >= AT_ONCE) {
            parts.push((Vec::new(), Vec::new()));
        }
        let Some((part, of_part)) = parts.last_mut() else { continue };
        while let Some(message) = messages.next_if(|message| message.notification == notification.id) {
            of_part.push(message);
        }
        part.push(notification);
    }
    parts
}

/// Holds the appointments until the commit, in the order of their ids; [`StoreError::Overtaken`] if one has changed.
async fn hold(transaction: &DatabaseTransaction, change: &Replanning) -> Result<(), StoreError> {
    let (Some(business), false) = (&change.event.business, change.bookings.is_empty()) else {
        return Ok(());
    };
    let mut sql = Sql::on(transaction);
    let business = sql.bind(business.as_str());
    let these = sql.among("id", change.bookings.iter().map(|(id, _)| id.to_string()));
    let lock = sql.for_update();
    let statement = sql.statement(&format!(
        "SELECT id, revision FROM appointments WHERE business_id = {business} AND {these} ORDER BY id {lock}"
    ));
    let rows = transaction.query_all_raw(statement).await.map_err(|error| store_error(&error))?;
    let stand: BTreeMap<String, i64> = rows
        .iter()
        .map(|row| Ok((row.try_get("", "id")?, row.try_get("", "revision")?)))
        .collect::<Result<_, _>>()
        .map_err(|error| store_error(&error))?;
    let holds = |(id, revision): &(AppointmentId, i64)| stand.get(id.as_str()) == Some(revision);
    if change.bookings.iter().all(holds) { Ok(()) } else { Err(StoreError::Overtaken) }
}

/// Makes sure that nobody has planned these reminders meanwhile; [`StoreError::Overtaken`] otherwise. Their appointments are held: whoever
/// plans for them has committed, or waits. On SQLite a unique index says the same.
pub(crate) async fn unplanned(
    transaction: &DatabaseTransaction,
    notifications: &[Notification],
    messages: &[Message],
) -> Result<(), StoreError> {
    let by_id: BTreeMap<_, _> = notifications.iter().map(|one| (one.id, one)).collect();
    let mut given = Rows::new(&[
        Column::new("business", Kind::Text),
        Column::new("appointment", Kind::Text),
        Column::new("revision", Kind::Integer),
        Column::new("rule_name", Kind::Text),
        Column::new("person", Kind::Text),
        Column::new("way", Kind::Text),
    ]);
    for message in messages.iter().filter(|message| message.status != Status::Suppressed) {
        let Some(notification) = by_id.get(&message.notification) else { continue };
        let (Some(business), Some(fence)) = (&notification.business, &notification.fence) else { continue };
        let Some(rule) = &fence.rule else { continue };
        given.push(vec![
            business.to_string().into(),
            fence.appointment.to_string().into(),
            fence.revision.into(),
            rule.clone().into(),
            notification.recipient.to_string().into(),
            message.channel.as_str().into(),
        ]);
    }
    let mut sql = Sql::on(transaction);
    if given.is_empty() || !sql.is_postgres() {
        return Ok(());
    }
    let given = given.table("given", &mut sql);
    let statement = sql.statement(&format!(
        "WITH {given} SELECT 1 AS found FROM given JOIN messages ON messages.business_id = given.business \
         AND messages.appointment_id = given.appointment AND messages.appointment_revision = given.revision \
         AND messages.rule = given.rule_name AND messages.recipient_id = given.person AND messages.channel = given.way \
         WHERE messages.rule IS NOT NULL AND messages.status NOT IN ('cancelled', 'suppressed') LIMIT 1"
    ));
    let found = transaction.query_one_raw(statement).await.map_err(|error| store_error(&error))?;
    if found.is_none() { Ok(()) } else { Err(StoreError::Overtaken) }
}

/// Holds a business until the commit; [`StoreError::Overtaken`] if it is no longer as it was read. Compared as values: an older version
/// may have written the same settings in other words.
async fn unchanged(transaction: &DatabaseTransaction, known: &Business) -> Result<(), StoreError> {
    let mut sql = Sql::on(transaction);
    let id = sql.bind(known.id.as_str());
    let lock = sql.for_update();
    let statement = sql.statement(&format!("SELECT name, settings FROM businesses WHERE id = {id} {lock}"));
    let row = transaction.query_one_raw(statement).await.map_err(|error| store_error(&error))?;
    let Some(row) = row else { return Err(StoreError::Overtaken) };
    let name: String = row.try_get("", "name").map_err(|error| store_error(&error))?;
    let settings: String = row.try_get("", "settings").map_err(|error| store_error(&error))?;
    let settings: Settings = serde_json::from_str(&settings).map_err(|_| unreadable("settings"))?;
    if name == known.name && settings == known.settings { Ok(()) } else { Err(StoreError::Overtaken) }
}

async fn put_settings(
    transaction: &DatabaseTransaction,
    business: &Business,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let settings = serde_json::to_string(&business.settings).map_err(|_| unreadable("settings"))?;
    let mut sql = Sql::on(transaction);
    let (id, name) = (sql.bind(business.id.as_str()), sql.bind(business.name.as_str()));
    let (settings, now) = (sql.bind(settings), sql.bind(millis(now)));
    let statement = sql.statement(&format!(
        "UPDATE businesses SET name = {name}, settings = {settings}, updated_at = {now} WHERE id = {id}"
    ));
    let done = transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Overtaken) }
}

/// Calls off reminders, unless they are leaving already.
pub(crate) async fn vanish(
    connection: &impl ConnectionTrait,
    reminders: &[MessageId],
    why: Reason,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if reminders.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::on(connection);
    let (cancelled, reason) = (sql.bind(Status::Cancelled.as_str()), sql.bind(why.as_str()));
    let (now, these) = (sql.bind(millis(now)), sql.among_ids("id", reminders.iter().map(|id| id.0)));
    let statement = sql.statement(&format!(
        "UPDATE messages SET status = {cancelled}, reason = {reason}, updated_at = {now} \
         WHERE status IN ('scheduled', 'queued') AND {these}"
    ));
    connection.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}

/// Moves reminders that still wait for their time.
async fn shift(
    transaction: &DatabaseTransaction,
    moves: &[Move],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if moves.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::on(transaction);
    let mut rows = Rows::new(&[
        Column::new("message", Kind::Uuid),
        Column::new("due", Kind::Integer),
        Column::new("until", Kind::Integer),
    ]);
    for one in moves {
        rows.push(vec![one.message.0.into(), millis(one.due_at).into(), millis(one.useful_until).into()]);
    }
    let (given, now) = (rows.table("given", &mut sql), sql.bind(millis(now)));
    let statement = sql.statement(&format!(
        "WITH {given} UPDATE messages SET due_at = given.due, expires_at = given.until, updated_at = {now} FROM given \
         WHERE messages.id = given.message AND messages.status = 'scheduled'"
    ));
    transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}
