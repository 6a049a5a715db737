//! A person's in-app notifications, as the port [`Inbox`] asks for them.

use std::collections::BTreeSet;

use async_trait::async_trait;
use carillon_domain::ids::{NotificationId, PersonId};
use carillon_ports::StoreError;
use carillon_ports::inbox::{Inbox, InboxCounts, InboxItem, InboxPage};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::SqlStore;
use crate::entity::inbox_item::{self, Column, Entity};
use crate::error::{store_error, unreadable};
use crate::following::{Answer, Question};
use crate::rows;
use crate::seal::{Keys, person_key, place};
use crate::sql::{Sql, millis, time};

/// So many people are asked for in one statement: SQLite takes no more than 32,766 parameters.
const PEOPLE_AT_ONCE: usize = 1_000;

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

    /// The row of the person's counter is locked while items are filed, so that they become visible in the order of their numbers.
    async fn list_inbox_after(
        &self,
        person: &PersonId,
        after: i64,
        limit: u32,
    ) -> Result<InboxPage, StoreError> {
        match self.follow(Question::After { person: person.clone(), seq: after, limit }).await? {
            Answer::Page(page) => Ok(page),
            Answer::Counts(_) => Err(unreadable("an answer")),
        }
    }

    async fn count_inbox(&self, person: &PersonId) -> Result<InboxCounts, StoreError> {
        match self.follow(Question::Counts(person.clone())).await? {
            Answer::Counts(counts) => Ok(counts),
            Answer::Page(_) => Err(unreadable("an answer")),
        }
    }

    async fn list_newest(&self, people: &[PersonId]) -> Result<Vec<(PersonId, i64)>, StoreError> {
        let mut newest = Vec::with_capacity(people.len());
        for some in people.chunks(PEOPLE_AT_ONCE) {
            newest.extend(self.newest_of(some).await?);
        }
        Ok(newest)
    }

    async fn has_inbox_item(&self, person: &PersonId, seq: i64) -> Result<bool, StoreError> {
        let mut sql = Sql::on(self.reader());
        let (person, seq) = (sql.bind(person.to_string()), sql.bind(seq));
        let statement =
            sql.statement(&format!("SELECT 1 FROM inbox_items WHERE person_id = {person} AND seq = {seq}"));
        let row = self.reader().query_one_raw(statement).await.map_err(|error| store_error(&error))?;
        Ok(row.is_some())
    }

    async fn read_inbox(
        &self,
        person: &PersonId,
        seqs: &[i64],
        now: DateTime<Utc>,
    ) -> Result<Vec<i64>, StoreError> {
        self.mark(person, "read_at", now, |sql| sql.among("seq", seqs.iter().copied())).await
    }

    async fn archive_inbox(
        &self,
        person: &PersonId,
        seqs: &[i64],
        now: DateTime<Utc>,
    ) -> Result<Vec<i64>, StoreError> {
        self.mark(person, "archived_at", now, |sql| sql.among("seq", seqs.iter().copied())).await
    }

    async fn read_all_inbox(&self, person: &PersonId, now: DateTime<Utc>) -> Result<Vec<i64>, StoreError> {
        self.mark(person, "read_at", now, |_| "archived_at IS NULL".to_owned()).await
    }

    async fn see_inbox(&self, person: &PersonId, seq: i64) -> Result<bool, StoreError> {
        let mut sql = Sql::on(self.writer());
        let (person, seq) = (sql.bind(person.to_string()), sql.bind(seq));
        let up_to = format!("CASE WHEN newest < {seq} THEN newest ELSE {seq} END");
        let statement = sql.statement(&format!(
            "UPDATE inbox_counters SET seen = {up_to} WHERE person_id = {person} AND seen < {up_to}"
        ));
        let done = self.writer().execute_raw(statement).await.map_err(|error| store_error(&error))?;
        Ok(done.rows_affected() > 0)
    }
}

impl SqlStore {
    /// Sets a time where there is none yet, and answers the items that had none: what is marked already keeps its first time.
    async fn mark(
        &self,
        person: &PersonId,
        column: &str,
        now: DateTime<Utc>,
        which: impl FnOnce(&mut Sql) -> String,
    ) -> Result<Vec<i64>, StoreError> {
        let mut sql = Sql::on(self.writer());
        let (at, person, which) = (sql.bind(millis(now)), sql.bind(person.to_string()), which(&mut sql));
        let statement = sql.statement(&format!(
            "UPDATE inbox_items SET {column} = {at} WHERE person_id = {person} AND {column} IS NULL AND {which} RETURNING seq"
        ));
        let rows = self.writer().query_all_raw(statement).await.map_err(|error| store_error(&error))?;
        let seqs: Result<BTreeSet<i64>, _> = rows.iter().map(|row| row.try_get("", "seq")).collect();
        Ok(seqs.map_err(|error| store_error(&error))?.into_iter().collect())
    }

    async fn newest_of(&self, people: &[PersonId]) -> Result<Vec<(PersonId, i64)>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let wanted = sql.among("people.id", people.iter().map(ToString::to_string));
        let statement = sql.statement(&format!(
            "SELECT people.id, COALESCE(inbox_counters.newest, 0) AS newest FROM people \
             LEFT JOIN inbox_counters ON inbox_counters.person_id = people.id \
             WHERE people.erased_at IS NULL AND {wanted}"
        ));
        let rows = self.reader().query_all_raw(statement).await.map_err(|error| store_error(&error))?;
        rows.iter()
            .map(|row| {
                let id: String = row.try_get("", "id").map_err(|error| store_error(&error))?;
                let newest = row.try_get("", "newest").map_err(|error| store_error(&error))?;
                Ok((rows::parse(&id, "a person's id")?, newest))
            })
            .collect()
    }
}

/// One that cannot be read is left out rather than holding up the rest of the inbox for good.
pub(crate) fn readable<T>(item: Result<T, StoreError>) -> Option<T> {
    item.inspect_err(|error| tracing::error!(%error, "an inbox item cannot be read and is left out")).ok()
}

pub(crate) fn item(
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
