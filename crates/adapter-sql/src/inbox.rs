//! A person's in-app notifications, as the port [`Inbox`] asks for them.

use std::collections::BTreeSet;

use async_trait::async_trait;
use carillon_domain::ids::{NotificationId, PersonId};
use carillon_ports::StoreError;
use carillon_ports::inbox::{Inbox, InboxCounts, InboxItem};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, UpdateMany};

use crate::SqlStore;
use crate::entity::inbox_item::{self, Column, Entity};
use crate::error::store_error;
use crate::rows;
use crate::seal::{Keys, person_key, place};
use crate::sql::{Sql, millis, time};

#[async_trait]
impl Inbox for SqlStore {
    async fn list_inbox(
        &self,
        person: &PersonId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<InboxItem>, StoreError> {
        let mut query =
            Entity::find().filter(Column::PersonId.eq(person.as_str())).filter(Column::ArchivedAt.is_null());
        if let Some(before) = before {
            query = query.filter(Column::Seq.lt(before));
        }
        let rows = query
            .order_by_desc(Column::Seq)
            .limit(u64::from(limit))
            .all(self.reader())
            .await
            .map_err(|error| store_error(&error))?;
        let keys = Keys::load(self.reader(), self.vault(), &BTreeSet::from([person_key(person)])).await?;
        rows.iter().filter_map(|row| item(row, person, &keys).transpose()).collect()
    }

    async fn count_inbox(&self, person: &PersonId) -> Result<InboxCounts, StoreError> {
        let mut sql = Sql::on(self.reader());
        let id = sql.bind(person.to_string());
        let statement = sql.statement(&format!(
            "SELECT (SELECT COUNT(*) FROM inbox_items WHERE person_id = {id} AND read_at IS NULL AND archived_at IS NULL) AS unread, \
             (SELECT COUNT(*) FROM inbox_items WHERE person_id = {id} AND archived_at IS NULL) AS total, \
             COALESCE((SELECT newest FROM inbox_counters WHERE person_id = {id}), 0) AS newest"
        ));
        let row = self.reader().query_one_raw(statement).await.map_err(|error| store_error(&error))?;
        let Some(row) = row else { return Ok(InboxCounts::default()) };
        let number = |column: &str| row.try_get("", column).map_err(|error| store_error(&error));
        Ok(InboxCounts { unread: number("unread")?, total: number("total")?, newest: number("newest")? })
    }

    async fn read_inbox(&self, person: &PersonId, seq: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.mark(person, Some(seq), Column::ReadAt, now).await.map(|rows| rows > 0)
    }

    async fn archive_inbox(
        &self,
        person: &PersonId,
        seq: i64,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.mark(person, Some(seq), Column::ArchivedAt, now).await.map(|rows| rows > 0)
    }

    async fn read_all_inbox(&self, person: &PersonId, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.mark(person, None, Column::ReadAt, now).await
    }
}

impl SqlStore {
    /// Sets a time, once: what is marked already keeps its first time. With a number, the answer counts the item even if it was
    /// marked before; without one, only what was not.
    async fn mark(
        &self,
        person: &PersonId,
        seq: Option<i64>,
        column: Column,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut update: UpdateMany<Entity> = Entity::update_many()
            .col_expr(column, Expr::col(column).if_null(millis(now)))
            .filter(Column::PersonId.eq(person.as_str()));
        update = match seq {
            Some(seq) => update.filter(Column::Seq.eq(seq)),
            None => update.filter(column.is_null()).filter(Column::ArchivedAt.is_null()),
        };
        let done = update.exec(self.writer()).await.map_err(|error| store_error(&error))?;
        Ok(done.rows_affected)
    }
}

fn item(
    row: &inbox_item::Model,
    person: &PersonId,
    keys: &Keys<'_>,
) -> Result<Option<InboxItem>, StoreError> {
    let name = format!("{person}/{}", row.seq);
    let Some(bytes) =
        keys.open(&person_key(person), place("inbox_items", "content", &name), &row.content_sealed)?
    else {
        return Ok(None);
    };
    Ok(Some(InboxItem {
        seq: row.seq,
        notification: NotificationId(row.notification_id),
        kind: rows::parse(&row.kind, "a kind")?,
        content: rows::kept(&bytes)?,
        created_at: time(row.created_at),
        read_at: row.read_at.map(time),
        archived_at: row.archived_at.map(time),
    }))
}
