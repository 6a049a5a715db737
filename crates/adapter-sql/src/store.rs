//! The store itself, and the hot path as the port [`MessageStore`] asks for it.

use std::sync::Arc;

use async_trait::async_trait;
use carillon_domain::ids::{MessageId, NotificationId};
use carillon_domain::{BusinessId, Cause, Channel, Person, Reach};
use carillon_ports::ready::Ready;
use carillon_ports::receipts::Kept;
use carillon_ports::store::{Acceptance, Accepted, Changed, Claimed, MessageStore, Outcome, Share};
use carillon_ports::{Ids, StoreError, Vault};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, QueryResult};
use tokio::sync::Notify;

use crate::connect::Connections;
use crate::entity::receipt;
use crate::error::store_error;
use crate::group::Group;
use crate::lookups::{Answer, Question};
use crate::seen_keys::SeenKeys;
use crate::sql::Sql;
use crate::{append, change, claim, following, found, lookups, moving, receipts, record, surroundings};

/// The store on SQLite or PostgreSQL. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct SqlStore {
    connections: Connections,
    vault: Hidden<Arc<dyn Vault>>,
    ids: Hidden<Arc<dyn Ids>>,
    seen: Arc<SeenKeys>,
    lookups: Group<Question, Answer>,
    appends: Group<Acceptance, Accepted>,
    records: Group<Outcome, bool>,
    receipts: Group<Vec<receipt::Model>, Kept>,
    following: Group<following::Question, following::Answer>,
    news: Notify,
    bulk_turn: tokio::sync::Mutex<()>,
}

/// Keeps what cannot be printed out of `Debug`.
struct Hidden<T>(T);

impl<T> std::fmt::Debug for Hidden<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl SqlStore {
    pub(crate) fn new(connections: Connections, vault: Arc<dyn Vault>, ids: Arc<dyn Ids>) -> Self {
        let seen = Arc::new(SeenKeys::default());
        let (reader, opening, noting) = (connections.lookups.clone(), vault.clone(), seen.clone());
        let lookups = Group::start(Question::weight, move |questions: Arc<[Question]>| {
            let (reader, vault, seen) = (reader.clone(), opening.clone(), noting.clone());
            async move { lookups::answer(&reader, &*vault, &seen, &questions).await }
        });
        let (writer, sealing, naming, noting) =
            (connections.writer.clone(), vault.clone(), ids.clone(), seen.clone());
        let appends = Group::start(append::weight, move |acceptances: Arc<[Acceptance]>| {
            let (writer, vault, ids, seen) =
                (writer.clone(), sealing.clone(), naming.clone(), noting.clone());
            async move { append::append(&writer, &*vault, &ids, &seen, &acceptances).await }
        });
        let (writer, sealing, noting) = (connections.writer.clone(), vault.clone(), seen.clone());
        let records = Group::start(
            |_| 1,
            move |outcomes: Arc<[Outcome]>| {
                let (writer, vault, seen) = (writer.clone(), sealing.clone(), noting.clone());
                async move { record::record(&writer, &*vault, &seen, &outcomes).await }
            },
        );
        let (reader, opening) = (connections.lookups.clone(), vault.clone());
        let following =
            Group::start(following::Question::weight, move |questions: Arc<[following::Question]>| {
                let (reader, vault) = (reader.clone(), opening.clone());
                async move { following::answer(&reader, &*vault, &questions).await }
            });
        let writer = connections.writer.clone();
        let receipts = Group::start(Vec::len, move |brought: Arc<[Vec<receipt::Model>]>| {
            let writer = writer.clone();
            async move { receipts::keep(&writer, &brought).await }
        });
        Self {
            connections,
            vault: Hidden(vault),
            ids: Hidden(ids),
            seen,
            lookups,
            appends,
            records,
            receipts,
            following,
            news: Notify::new(),
            bulk_turn: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.connections.writer
    }

    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.connections.reader
    }

    /// Answers a question together with those of others who ask at the same time.
    pub(crate) async fn look_up(&self, question: Question) -> Result<Answer, StoreError> {
        self.lookups.join(question).await
    }

    /// Answers one who follows an inbox together with others who ask at the same time.
    pub(crate) async fn follow(
        &self,
        question: following::Question,
    ) -> Result<following::Answer, StoreError> {
        self.following.join(question).await
    }

    /// Messages found with all that is needed to make their texts; one that cannot be read is left out.
    pub(crate) async fn read_back(&self, rows: &[QueryResult]) -> Result<Vec<Claimed>, StoreError> {
        let mut whole = Vec::new();
        for row in rows {
            match surroundings::read(
                &self.connections.lookups,
                self.vault(),
                &self.seen,
                std::slice::from_ref(row),
            )
            .await
            {
                Ok(one) => whole.extend(one),
                Err(StoreError::Corrupt(error)) => {
                    tracing::error!(error, message.id = %found::id(row)?, "a message cannot be read back");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(whole)
    }

    /// Bulk requests are accepted one at a time.
    pub(crate) fn bulk_turn(&self) -> &tokio::sync::Mutex<()> {
        &self.bulk_turn
    }

    /// Keeps receipts together with those of others who bring some at the same time.
    pub(crate) async fn keep_together(&self, rows: Vec<receipt::Model>) -> Result<Kept, StoreError> {
        self.receipts.join(rows).await
    }

    /// Rings when receipts were kept.
    pub(crate) fn news(&self) -> &Notify {
        &self.news
    }

    pub(crate) fn vault(&self) -> &dyn Vault {
        &*self.vault.0
    }

    pub(crate) fn ids(&self) -> &Arc<dyn Ids> {
        &self.ids.0
    }
}

#[async_trait]
impl MessageStore for SqlStore {
    async fn append(&self, acceptance: Acceptance) -> Result<Accepted, StoreError> {
        self.appends.join(acceptance).await
    }

    async fn find_answer(&self, owner: &str, key: &str) -> Result<Option<(String, String)>, StoreError> {
        append::find_answer(self.reader(), owner, key).await
    }

    async fn claim(
        &self,
        ids: &[MessageId],
        lease: TimeDelta,
        now: DateTime<Utc>,
    ) -> Result<Vec<Claimed>, StoreError> {
        claim::claim(self.writer(), &self.connections.lookups, self.vault(), &self.seen, ids, lease, now)
            .await
    }

    async fn record(&self, outcomes: Vec<Outcome>) -> Result<Vec<bool>, StoreError> {
        let joined = outcomes.into_iter().map(|outcome| self.records.join(outcome));
        futures_util::future::try_join_all(joined).await
    }

    async fn queue_due(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Ready>, StoreError> {
        moving::queue_due(self.writer(), now, limit).await
    }

    async fn find_next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        moving::find_next_due(self.reader()).await
    }

    async fn list_stranded(
        &self,
        share: Share,
        now: DateTime<Utc>,
        quiet: TimeDelta,
        limit: u32,
    ) -> Result<Vec<Ready>, StoreError> {
        moving::list_stranded(self.writer(), share, now, quiet, limit).await
    }

    async fn cancel(
        &self,
        id: NotificationId,
        reach: &Reach,
        now: DateTime<Utc>,
    ) -> Result<Changed, StoreError> {
        change::cancel(self.writer(), id, reach, now).await
    }

    async fn retry(
        &self,
        id: NotificationId,
        reach: &Reach,
        now: DateTime<Utc>,
    ) -> Result<Changed, StoreError> {
        change::retry(self.writer(), id, reach, now).await
    }

    async fn suppress(
        &self,
        person: &Person,
        channel: Channel,
        business: Option<&BusinessId>,
        why: Cause,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        change::suppress(self.writer(), self.vault(), person, channel, business, why, now).await
    }

    async fn forget_answers(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        append::forget_answers(self.writer(), before).await
    }

    async fn read_clock(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        if self.reader().get_database_backend() != DbBackend::Postgres {
            return Ok(None);
        }
        let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros";
        let statement = Sql::on(self.reader()).statement(sql);
        let row = self.reader().query_one_raw(statement).await.map_err(|error| store_error(&error))?;
        let micros =
            row.map(|row| row.try_get("", "micros")).transpose().map_err(|error| store_error(&error))?;
        Ok(micros.and_then(DateTime::from_timestamp_micros))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.writer().execute_unprepared("SELECT 1").await.map_err(|error| store_error(&error))?;
        Ok(())
    }
}
