//! Search and timelines, as the port [`History`] asks for them.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use carillon_domain::ids::{EventId, NotificationId};
use carillon_domain::{Event, Reach, Value};
use carillon_ports::StoreError;
use carillon_ports::history::{
    AttemptRecord, Filter, History, MessageRecord, NotificationRecord, Page, ReceiptRecord,
};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use crate::SqlStore;
use crate::costs;
use crate::entity::{attempt, event, message, notification, receipt};
use crate::error::store_error;
use crate::rows;
use crate::seal::{Keys, place};
use crate::sql::{millis, time};

#[async_trait]
impl History for SqlStore {
    async fn list_notifications(
        &self,
        filter: &Filter,
        reach: &Reach,
        page: Page,
    ) -> Result<Vec<NotificationRecord>, StoreError> {
        let mut query = within(notification::Entity::find(), reach);
        query = filtered(query, filter);
        if let Some(after) = page.after {
            query = query.filter(notification::Column::Id.lt(after.0));
        }
        let rows = query
            .order_by_desc(notification::Column::Id)
            .limit(u64::from(page.limit))
            .all(self.reader())
            .await
            .map_err(|error| store_error(&error))?;
        records(self.reader(), &rows).await
    }

    async fn find_notification(
        &self,
        id: NotificationId,
        reach: &Reach,
    ) -> Result<Option<NotificationRecord>, StoreError> {
        let Some(row) = find_row(self.reader(), id, reach).await? else { return Ok(None) };
        let messages = messages_of(self.reader(), &[row.id]).await?;
        let attempts = attempt::Entity::find()
            .filter(attempt::Column::MessageId.is_in(messages.iter().map(|message| message.id)))
            .order_by_asc(attempt::Column::Number)
            .all(self.reader())
            .await
            .map_err(|error| store_error(&error))?;
        let receipts = receipt::Entity::find()
            .filter(receipt::Column::MessageId.is_in(messages.iter().map(|message| message.id)))
            .order_by_asc(receipt::Column::At)
            .order_by_asc(receipt::Column::ReceivedAt)
            .all(self.reader())
            .await
            .map_err(|error| store_error(&error))?;
        let owner = format!("person:{}", row.recipient_id);
        let keys = Keys::load(self.reader(), self.vault(), &BTreeSet::from([owner.clone()])).await?;
        let mut record = record(&row, messages.iter())?;
        let mut costs = costs::of_notification(self.reader(), row.id).await?;
        for (whole, message) in record.messages.iter_mut().zip(&messages) {
            whole.attempts = attempts
                .iter()
                .filter(|attempt| attempt.message_id == message.id)
                .map(try_record)
                .collect::<Result<_, _>>()?;
            whole.receipts = receipts
                .iter()
                .filter(|receipt| receipt.message_id == message.id)
                .filter_map(receipt_record)
                .collect();
            whole.cost = costs.remove(&message.id);
            if let Some(sealed) = &message.content_sealed {
                let id = whole.message.id.to_string();
                let bytes = keys.open(&owner, place("messages", "content", &id), sealed)?;
                whole.content = bytes.map(|bytes| rows::kept(&bytes)).transpose()?;
            }
        }
        Ok(Some(record))
    }

    async fn find_event(
        &self,
        id: EventId,
        reach: &Reach,
    ) -> Result<Option<(Event, Vec<NotificationRecord>)>, StoreError> {
        let row =
            event::Entity::find_by_id(id.0).one(self.reader()).await.map_err(|error| store_error(&error))?;
        let Some(row) = row else { return Ok(None) };
        let business = rows::parse_option(row.business_id.as_ref(), "a business id")?;
        if !reach.sees(business.as_ref()) {
            return Ok(None);
        }
        let keys = Keys::load(self.reader(), self.vault(), &BTreeSet::from([row.key_owner.clone()])).await?;
        let event = rows::event(&row, &keys)?.map_or_else(|| rows::event_with(&row, Value::Null), Ok)?;
        let caused = within(notification::Entity::find(), reach)
            .filter(notification::Column::EventId.eq(id.0))
            .order_by_asc(notification::Column::Id)
            .all(self.reader())
            .await
            .map_err(|error| store_error(&error))?;
        Ok(Some((event, records(self.reader(), &caused).await?)))
    }
}

/// One notification's row, if it is within reach.
pub(crate) async fn find_row(
    connection: &impl ConnectionTrait,
    id: NotificationId,
    reach: &Reach,
) -> Result<Option<notification::Model>, StoreError> {
    within(notification::Entity::find_by_id(id.0), reach)
        .one(connection)
        .await
        .map_err(|error| store_error(&error))
}

/// Binds a query to what the caller may see: in the statement itself, so that no code path can forget it.
fn within(query: Select<notification::Entity>, reach: &Reach) -> Select<notification::Entity> {
    match reach {
        Reach::Platform => query,
        Reach::Business(business) => query.filter(notification::Column::BusinessId.eq(business.as_str())),
        Reach::Person(person) => query.filter(notification::Column::RecipientId.eq(person.as_str())),
    }
}

fn filtered(mut query: Select<notification::Entity>, filter: &Filter) -> Select<notification::Entity> {
    use notification::Column;
    if let Some(business) = &filter.business {
        query = query.filter(Column::BusinessId.eq(business.as_str()));
    }
    if let Some(recipient) = &filter.recipient {
        query = query.filter(Column::RecipientId.eq(recipient.as_str()));
    }
    if let Some(kind) = &filter.kind {
        query = query.filter(Column::Kind.eq(kind.as_str()));
    }
    if let Some(since) = filter.since {
        query = query.filter(Column::CreatedAt.gte(millis(since)));
    }
    if let Some(until) = filter.until {
        query = query.filter(Column::CreatedAt.lt(millis(until)));
    }
    if filter.status.is_none() && filter.channel.is_none() {
        return query;
    }
    let mut messages = Query::select();
    messages.expr(Expr::val(1)).from(message::Entity).and_where(
        Expr::col((message::Entity, message::Column::NotificationId))
            .equals((notification::Entity, Column::Id)),
    );
    if let Some(status) = filter.status {
        messages.and_where(Expr::col((message::Entity, message::Column::Status)).eq(status.as_str()));
    }
    if let Some(channel) = filter.channel {
        messages.and_where(Expr::col((message::Entity, message::Column::Channel)).eq(channel.as_str()));
    }
    query.filter(Expr::exists(messages))
}

async fn messages_of(
    connection: &impl ConnectionTrait,
    notifications: &[Uuid],
) -> Result<Vec<message::Model>, StoreError> {
    message::Entity::find()
        .filter(message::Column::NotificationId.is_in(notifications.iter().copied()))
        .order_by_asc(message::Column::Id)
        .all(connection)
        .await
        .map_err(|error| store_error(&error))
}

async fn records(
    connection: &impl ConnectionTrait,
    rows: &[notification::Model],
) -> Result<Vec<NotificationRecord>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut by_notification: HashMap<Uuid, Vec<message::Model>> = HashMap::new();
    for message in messages_of(connection, &ids).await? {
        by_notification.entry(message.notification_id).or_default().push(message);
    }
    rows.iter().map(|row| record(row, by_notification.get(&row.id).into_iter().flatten())).collect()
}

fn record<'a>(
    row: &notification::Model,
    messages: impl Iterator<Item = &'a message::Model>,
) -> Result<NotificationRecord, StoreError> {
    Ok(NotificationRecord {
        notification: rows::notification(row)?,
        event_name: row.event_name.clone(),
        messages: messages.map(message_record).collect::<Result<_, _>>()?,
    })
}

fn message_record(row: &message::Model) -> Result<MessageRecord, StoreError> {
    Ok(MessageRecord {
        message: rows::message(row)?,
        provider: row.provider.clone(),
        provider_id: row.provider_id.clone(),
        sent_at: row.sent_at.map(time),
        cost: None,
        attempts: Vec::new(),
        receipts: Vec::new(),
        content: None,
    })
}

fn try_record(row: &attempt::Model) -> Result<AttemptRecord, StoreError> {
    Ok(AttemptRecord {
        number: u32::try_from(row.number).unwrap_or(u32::MAX),
        provider: row.provider.clone(),
        status: rows::parse(&row.status, "a status")?,
        detail: row.detail.clone(),
        decided: row.decided.clone(),
        started_at: time(row.started_at),
        finished_at: time(row.finished_at),
    })
}

/// What a newer version of this program understood, and this one does not, is left out.
fn receipt_record(row: &receipt::Model) -> Option<ReceiptRecord> {
    Some(ReceiptRecord {
        attempt: u32::try_from(row.attempt).ok()?,
        provider: row.provider.clone(),
        said: row.said.parse().ok()?,
        detail: row.detail.clone(),
        at: time(row.at),
    })
}
