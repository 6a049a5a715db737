//! The store itself, and the hot path as the port [`MessageStore`] asks for it.

use std::sync::Arc;

use async_trait::async_trait;
use carillon_domain::ids::{MessageId, NotificationId};
use carillon_domain::{BusinessId, Channel, Person, Reach, Reason};
use carillon_ports::ready::Ready;
use carillon_ports::store::{Acceptance, Accepted, Changed, Claimed, MessageStore, Outcome};
use carillon_ports::{Ids, StoreError, Vault};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection};

use crate::connect::Connections;
use crate::error::store_error;
use crate::group::Group;
use crate::{append, change, claim, moving, record};

/// The store on SQLite or PostgreSQL. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct SqlStore {
    connections: Connections,
    vault: Hidden<Arc<dyn Vault>>,
    ids: Hidden<Arc<dyn Ids>>,
    appends: Group<Acceptance, Accepted>,
    records: Group<Outcome, bool>,
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
        let (writer, sealing, naming) = (connections.writer.clone(), vault.clone(), ids.clone());
        let appends = Group::start(move |acceptances| {
            let (writer, vault, ids) = (writer.clone(), sealing.clone(), naming.clone());
            async move { append::append(&writer, &*vault, &ids, acceptances).await }
        });
        let (writer, sealing) = (connections.writer.clone(), vault.clone());
        let records = Group::start(move |outcomes| {
            let (writer, vault) = (writer.clone(), sealing.clone());
            async move { record::record(&writer, &*vault, outcomes).await }
        });
        Self { connections, vault: Hidden(vault), ids: Hidden(ids), appends, records }
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.connections.writer
    }

    pub(crate) fn reader(&self) -> &DatabaseConnection {
        &self.connections.reader
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
        claim::claim(self.writer(), self.reader(), self.vault(), ids, lease, now).await
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
        now: DateTime<Utc>,
        quiet: TimeDelta,
        limit: u32,
    ) -> Result<Vec<Ready>, StoreError> {
        moving::list_stranded(self.writer(), now, quiet, limit).await
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
        why: Reason,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        change::suppress(self.writer(), self.vault(), person, channel, business, why, now).await
    }

    async fn forget_answers(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        append::forget_answers(self.writer(), before).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.writer().execute_unprepared("SELECT 1").await.map_err(|error| store_error(&error))?;
        Ok(())
    }
}
