//! An inbox that a test can hold up, or take away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use carillon_domain::PersonId;
use carillon_ports::inbox::{InboxCounts, InboxItem, InboxPage};
use carillon_ports::{Inbox, StoreError};
use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;

use crate::world::{World, limits};

/// A world whose inbox is moody.
pub(crate) async fn moody_world() -> (World, Arc<MoodyInbox>) {
    let mut moody = None;
    let world = World::with(limits(), |ports| {
        let inbox = Arc::new(MoodyInbox {
            inner: ports.inbox.clone(),
            gate: Semaphore::new(0),
            followed: AtomicUsize::new(0),
            is_away: AtomicBool::new(false),
        });
        ports.inbox = inbox.clone();
        moody = Some(inbox);
    })
    .await;
    (world, moody.expect("it was put in"))
}

/// Lets nobody follow it until it is told to, counts who tried, and can go away.
pub(crate) struct MoodyInbox {
    inner: Arc<dyn Inbox>,
    gate: Semaphore,
    followed: AtomicUsize,
    is_away: AtomicBool,
}

impl MoodyInbox {
    pub(crate) fn let_follow(&self, times: usize) {
        self.gate.add_permits(times);
    }

    pub(crate) fn followed(&self) -> usize {
        self.followed.load(Ordering::SeqCst)
    }

    pub(crate) fn go_away(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::SeqCst);
    }

    fn inner(&self) -> Result<&dyn Inbox, StoreError> {
        if self.is_away.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("moody".to_owned()));
        }
        Ok(&*self.inner)
    }
}

#[async_trait]
impl Inbox for MoodyInbox {
    async fn list_inbox_after(&self, p: &PersonId, after: i64, limit: u32) -> Result<InboxPage, StoreError> {
        self.followed.fetch_add(1, Ordering::SeqCst);
        self.gate.acquire().await.expect("never closed").forget();
        self.inner()?.list_inbox_after(p, after, limit).await
    }

    async fn list_inbox(&self, p: &PersonId, b: Option<i64>, l: u32) -> Result<Vec<InboxItem>, StoreError> {
        self.inner()?.list_inbox(p, b, l).await
    }

    async fn count_inbox(&self, person: &PersonId) -> Result<InboxCounts, StoreError> {
        self.inner()?.count_inbox(person).await
    }

    async fn list_newest(&self, people: &[PersonId]) -> Result<Vec<(PersonId, i64)>, StoreError> {
        self.inner()?.list_newest(people).await
    }

    async fn has_inbox_item(&self, person: &PersonId, seq: i64) -> Result<bool, StoreError> {
        self.inner()?.has_inbox_item(person, seq).await
    }

    async fn read_inbox(&self, p: &PersonId, s: &[i64], at: DateTime<Utc>) -> Result<Vec<i64>, StoreError> {
        self.inner()?.read_inbox(p, s, at).await
    }

    async fn archive_inbox(
        &self,
        p: &PersonId,
        s: &[i64],
        at: DateTime<Utc>,
    ) -> Result<Vec<i64>, StoreError> {
        self.inner()?.archive_inbox(p, s, at).await
    }

    async fn read_all_inbox(&self, person: &PersonId, at: DateTime<Utc>) -> Result<Vec<i64>, StoreError> {
        self.inner()?.read_all_inbox(person, at).await
    }

    async fn see_inbox(&self, person: &PersonId, seq: i64) -> Result<bool, StoreError> {
        self.inner()?.see_inbox(person, seq).await
    }
}
