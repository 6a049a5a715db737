//! Live in-app push: a person's connections hear at once what changes in their inbox.
//!
//! The inbox in the database is the truth, and the feed only says where to look. What if we crash between a commit and telling of it,
//! or the feed is away? Nothing is lost: whoever is connected is compared with the store every now and then, and whoever connects again
//! goes on from the last item they saw.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use carillon_domain::{PersonId, Status};
use carillon_ports::Content;
pub use carillon_ports::inbox::InboxPage;
pub use carillon_ports::live::{Change, FeedError, Heard, Listener, News};
use carillon_ports::store::Outcome;
use chrono::{DateTime, TimeDelta, Utc};

use crate::inbox::{InboxCounts, mark_read};
use crate::tokens::ReadTokens;
use crate::{Ports, Refusal};

/// How many items are read at once.
const PAGE: u32 = 100;
/// The longest that telling may take: a feed that hangs must hold up nobody's delivery.
const LONGEST_TELL: Duration = Duration::from_secs(1);
/// So many numbers travel in one piece of news.
const SEQS_AT_ONCE: usize = 500;

/// What a token lets its bearer follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Whose inbox.
    pub person: PersonId,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// Follows a person's inbox.
#[derive(Clone)]
pub struct FollowInbox {
    ports: Ports,
    tokens: Arc<dyn ReadTokens>,
}

impl FollowInbox {
    /// Wires the use case.
    pub fn new(ports: &Ports, tokens: Arc<dyn ReadTokens>) -> Self {
        Self { ports: ports.clone(), tokens }
    }

    /// What a token lets its bearer follow. `None` when it is not ours, its time is over, or the person was erased or is no longer
    /// what the token says.
    pub async fn admit(&self, token: &str) -> Result<Option<Grant>, Refusal> {
        let Some(claims) = self.tokens.read(token, self.now()) else { return Ok(None) };
        let known = self.ports.directory.find_people(std::slice::from_ref(&claims.person)).await?.pop();
        let holds = known.is_some_and(|person| {
            (person.actor, person.role, &person.business) == (claims.actor, claims.role, &claims.business)
        });
        Ok(holds.then_some(Grant { person: claims.person, expires_at: claims.expires_at }))
    }

    /// How many items there are.
    pub async fn counts(&self, person: &PersonId) -> Result<InboxCounts, Refusal> {
        Ok(self.ports.inbox.count_inbox(person).await?)
    }

    /// The next items after a cursor, oldest first.
    pub async fn after(&self, person: &PersonId, cursor: i64) -> Result<InboxPage, Refusal> {
        Ok(self.ports.inbox.list_inbox_after(person, cursor, PAGE).await?)
    }

    /// Marks items as read, and answers those that were not yet.
    pub async fn read(&self, person: &PersonId, seqs: &[i64]) -> Result<Vec<i64>, Refusal> {
        Ok(mark_read(&self.ports, person, seqs).await?)
    }

    /// Notes how far the person has seen the list.
    pub async fn see(&self, person: &PersonId, seq: i64) -> Result<(), Refusal> {
        if self.ports.inbox.see_inbox(person, seq).await? {
            tell(&self.ports, [News { person: person.clone(), change: Change::Seen { seq } }]).await;
        }
        Ok(())
    }

    /// The newest number of each; who was erased is left out.
    pub async fn newest(&self, people: &[PersonId]) -> Result<Vec<(PersonId, i64)>, Refusal> {
        Ok(self.ports.inbox.list_newest(people).await?)
    }

    /// Listens to what changes, in this process or another.
    pub async fn listen(&self) -> Result<Box<dyn Listener>, FeedError> {
        self.ports.feed.listen().await
    }

    /// The time that tokens are measured by.
    pub fn now(&self) -> DateTime<Utc> {
        self.ports.clock.now()
    }

    /// Waits by the clock that tokens are measured by.
    pub async fn sleep(&self, span: TimeDelta) {
        self.ports.clock.sleep(span).await;
    }
}

/// Tells that in-app texts were filed. To be called with outcomes and what became of them, right after they are committed.
pub async fn filed(ports: &Ports, outcomes: &[Outcome], recorded: &[bool]) {
    let people: BTreeSet<&PersonId> = outcomes
        .iter()
        .zip(recorded)
        .filter(|(outcome, recorded)| {
            **recorded
                && outcome.after.status == Status::Sent
                && matches!(outcome.content, Some(Content::InApp { .. }))
        })
        .map(|(outcome, _)| &outcome.recipient)
        .collect();
    tell(ports, people.into_iter().map(|person| News { person: person.clone(), change: Change::Arrived }))
        .await;
}

/// Tells that a person was erased, or is no longer what their tokens say.
pub async fn dismissed(ports: &Ports, person: &PersonId) {
    tell(ports, [News { person: person.clone(), change: Change::Dismissed }]).await;
}

/// Tells of a change of these items.
pub(crate) async fn changed(ports: &Ports, person: &PersonId, seqs: &[i64], change: fn(Vec<i64>) -> Change) {
    let news = |seqs: &[i64]| News { person: person.clone(), change: change(seqs.to_vec()) };
    tell(ports, seqs.chunks(SEQS_AT_ONCE).map(news)).await;
}

/// What cannot be told is no failure of what was done.
async fn tell(ports: &Ports, news: impl IntoIterator<Item = News>) {
    let news: Vec<News> = news.into_iter().collect();
    if news.is_empty() {
        return;
    }
    match tokio::time::timeout(LONGEST_TELL, ports.feed.tell(&news)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "connected people are told later"),
        Err(_) => tracing::warn!("the live feed did not take news in time; connected people are told later"),
    }
}
