//! Messages as they are read back to be sent: with their businesses, events and recipients, in one statement.

use carillon_domain::ids::{BatchId, EventId, MessageId, NotificationId};
use carillon_domain::{Message, Notification};
use carillon_ports::StoreError;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, QueryResult};
use uuid::Uuid;

use crate::columns::Columns;
use crate::directory;
use crate::entity::business;
use crate::error::store_error;
use crate::events::{self, WithKey};
use crate::people::{self, Known};
use crate::rows::{count, fence, parse, parse_option};
use crate::sql::{Sql, time};

/// A message and what stands beside it.
pub(crate) struct Found {
    pub(crate) message: Message,
    pub(crate) notification: Notification,
    pub(crate) lease_until: Option<DateTime<Utc>>,
    pub(crate) business: Option<business::Model>,
    pub(crate) event: Option<WithKey>,
    pub(crate) recipient: Option<Known>,
}

/// What [`Found::read`] takes of the message itself, beginning with its id.
const COLUMNS: &str = "m.id, m.notification_id, m.event_id, m.business_id, m.recipient_id, m.kind, m.channel, m.class, m.purpose, \
     m.batch_id, m.appointment_id, m.appointment_revision, m.rule, m.status, m.reason, m.due_at, m.expires_at, m.attempt, m.tries, \
     m.lease_until, m.created_at";

/// The rows of messages with all that [`Found::read`] takes, in the order of their ids. `messages` is a statement that answers whole rows
/// of them: on PostgreSQL it may change them too.
pub(crate) async fn select(
    connection: &impl ConnectionTrait,
    sql: Sql,
    messages: &str,
) -> Result<Vec<QueryResult>, StoreError> {
    let (of_businesses, of_events) = (directory::COLUMNS, events::COLUMNS);
    let of_people = people::columns(sql.is_postgres());
    let (key_of_person, key_of_event) = (people::KEY, events::KEY);
    let statement = sql.statement(&format!(
        "WITH m AS ({messages}) SELECT {COLUMNS}, {of_businesses}, {of_events}, {of_people} FROM m \
         LEFT JOIN businesses ON businesses.id = m.business_id \
         LEFT JOIN events ON events.id = m.event_id {key_of_event} \
         LEFT JOIN people ON people.id = m.recipient_id {key_of_person} ORDER BY m.id"
    ));
    connection.query_all_raw(statement).await.map_err(|error| store_error(&error))
}

/// The id of a message, which is the first column.
pub(crate) fn id(row: &QueryResult) -> Result<Uuid, StoreError> {
    Columns::of(row).take()
}

impl Found {
    /// Reads a row of [`select`].
    pub(crate) fn read(row: &QueryResult) -> Result<Self, StoreError> {
        let columns = &mut Columns::of(row);
        let (id, notification) = (MessageId(columns.take()?), NotificationId(columns.take()?));
        let event = EventId(columns.take()?);
        let tenant = parse_option(columns.take::<Option<&str>>()?, "a business id")?;
        let recipient = parse(columns.take()?, "a person's id")?;
        let kind = parse(columns.take()?, "a kind")?;
        let channel = parse(columns.take()?, "a channel")?;
        let class = parse(columns.take()?, "a class")?;
        let purpose = parse(columns.take()?, "a purpose")?;
        let batch = columns.take::<Option<_>>()?.map(BatchId);
        let fence = fence(columns.take()?, columns.take()?, columns.take()?)?;
        let message = Message {
            id,
            notification,
            channel,
            class,
            status: parse(columns.take()?, "a status")?,
            reason: parse_option(columns.take::<Option<&str>>()?, "a reason")?,
            due_at: time(columns.take()?),
            expires_at: columns.take::<Option<_>>()?.map(time),
            attempt: count(columns.take()?),
            tries: count(columns.take()?),
        };
        let lease_until = columns.take::<Option<_>>()?.map(time);
        let created_at = time(columns.take()?);
        let notification = Notification {
            id: notification,
            event,
            business: tenant,
            kind,
            recipient,
            class,
            purpose,
            batch,
            fence,
            created_at,
        };
        let business = directory::read_business(columns)?;
        let (event, recipient) = (WithKey::read(columns)?, Known::read(columns)?);
        Ok(Self { message, notification, lease_until, business, event, recipient })
    }
}
