//! Calling off, trying again, and noting bad addresses.

use carillon_domain::ids::{MessageId, NotificationId};
use carillon_domain::{BusinessId, Cause, Channel, Person, Reach, Reason, Status};
use carillon_ports::store::Changed;
use carillon_ports::{StoreError, Vault};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter};

use crate::entity::{message, suppression};
use crate::error::store_error;
use crate::history;
use crate::moving::found;
use crate::sql::{Sql, millis, tenant};
use crate::{people, receipts, rows};

/// Calls off every message of a notification that has not left yet.
pub(crate) async fn cancel(
    writer: &DatabaseConnection,
    id: NotificationId,
    reach: &Reach,
    now: DateTime<Utc>,
) -> Result<Changed, StoreError> {
    let from: Vec<Status> = Status::ALL.iter().copied().filter(|status| status.can_be_cancelled()).collect();
    change(writer, id, reach, &from, |sql| {
        format!(
            "status = {}, reason = {}, updated_at = {}",
            sql.bind(Status::Cancelled.as_str()),
            sql.bind(Reason::CancelledByRequest.as_str()),
            sql.bind(millis(now))
        )
    })
    .await
}

/// Queues the failed messages of a notification again.
pub(crate) async fn retry(
    writer: &DatabaseConnection,
    id: NotificationId,
    reach: &Reach,
    now: DateTime<Utc>,
) -> Result<Changed, StoreError> {
    change(writer, id, reach, &[Status::Failed], |sql| {
        let at = sql.bind(millis(now));
        format!(
            "status = {}, reason = NULL, tries = 0, due_at = {at}, updated_at = {at}",
            sql.bind(Status::Queued.as_str())
        )
    })
    .await
}

/// Changes the messages that are in one of the states, in one statement, so that a worker and a caller cannot both win.
async fn change(
    writer: &DatabaseConnection,
    id: NotificationId,
    reach: &Reach,
    from: &[Status],
    set: impl FnOnce(&mut Sql) -> String,
) -> Result<Changed, StoreError> {
    if history::find_row(writer, id, reach).await?.is_none() {
        return Ok(Changed::Unknown);
    }
    let mut sql = Sql::on(writer);
    let set = set(&mut sql);
    let stands = sql.among("status", from.iter().map(|status| status.as_str().to_owned()));
    let notification = sql.bind(id.0);
    let statement = sql.statement(&format!(
        "UPDATE messages SET {set} WHERE notification_id = {notification} AND {stands} RETURNING *"
    ));
    let changed = found(writer, statement).await?;
    if !changed.is_empty() {
        return Ok(Changed::Done(changed));
    }
    let rows = message::Entity::find()
        .filter(message::Column::NotificationId.eq(id.0))
        .all(writer)
        .await
        .map_err(|error| store_error(&error))?;
    let states = rows
        .iter()
        .map(|row| Ok((MessageId(row.id), rows::message(row)?.status)))
        .collect::<Result<_, StoreError>>()?;
    Ok(Changed::TooLate(states))
}

/// Notes by keyed hash that an address must not be used again.
pub(crate) async fn suppress(
    writer: &DatabaseConnection,
    vault: &dyn Vault,
    person: &Person,
    channel: Channel,
    business: Option<&BusinessId>,
    why: Cause,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let index = match channel {
        Channel::Email => person.email.as_ref().map(|email| people::email_index(vault, email)),
        Channel::Sms => person.phone.as_ref().map(|phone| people::phone_index(vault, phone)),
        Channel::InApp => None,
    };
    let Some(address_index) = index else { return Ok(()) };
    let row = suppression::Model {
        address_index,
        business_id: tenant(business),
        reason: why.to_string(),
        at: millis(now),
        until_at: None,
        times: 0,
    };
    receipts::write_suppressions(writer, &[row]).await
}
