//! The database is away.

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::Method;
use async_trait::async_trait;
use carillon_domain::PersonId;
use carillon_ports::inbox::{InboxCounts, InboxItem, InboxPage};
use carillon_ports::{Inbox, StoreError};
use chrono::{DateTime, Utc};

use crate::bodies::client;
use crate::world::World;

/// An inbox whose database does not answer, or answers that it cannot.
struct Away(Option<StoreError>);

impl Away {
    async fn answer<T>(&self) -> Result<T, StoreError> {
        match &self.0 {
            Some(error) => Err(error.clone()),
            None => pending().await,
        }
    }
}

#[async_trait]
impl Inbox for Away {
    async fn list_inbox(&self, _: &PersonId, _: Option<i64>, _: u32) -> Result<Vec<InboxItem>, StoreError> {
        self.answer().await
    }

    async fn count_inbox(&self, _: &PersonId) -> Result<InboxCounts, StoreError> {
        self.answer().await
    }

    async fn list_inbox_after(&self, _: &PersonId, _: i64, _: u32) -> Result<InboxPage, StoreError> {
        self.answer().await
    }

    async fn list_newest(&self, _: &[PersonId]) -> Result<Vec<(PersonId, i64)>, StoreError> {
        self.answer().await
    }

    async fn has_inbox_item(&self, _: &PersonId, _: i64) -> Result<bool, StoreError> {
        self.answer().await
    }

    async fn read_inbox(&self, _: &PersonId, _: &[i64], _: DateTime<Utc>) -> Result<Vec<i64>, StoreError> {
        self.answer().await
    }

    async fn archive_inbox(&self, _: &PersonId, _: &[i64], _: DateTime<Utc>) -> Result<Vec<i64>, StoreError> {
        self.answer().await
    }

    async fn read_all_inbox(&self, _: &PersonId, _: DateTime<Utc>) -> Result<Vec<i64>, StoreError> {
        self.answer().await
    }

    async fn see_inbox(&self, _: &PersonId, _: i64) -> Result<bool, StoreError> {
        self.answer().await
    }
}

async fn world(error: Option<StoreError>) -> (World, String) {
    let world = World::with(|ports| ports.inbox = Arc::new(Away(error))).await;
    world.put("/v1/recipients/camille", &client("salon")).await.expect(201);
    let token = world.token("camille").await;
    (world, token)
}

#[actix_web::test]
async fn what_the_database_cannot_do_now_gets_503_and_when_to_come_back() {
    let (world, token) = world(Some(StoreError::Unavailable("no route to 10.0.0.7".to_owned()))).await;
    let reply = world.get_as(&token, "/v1/inbox").await.expect(503);
    assert_eq!((reply.problem().as_str(), reply.header("retry-after")), ("unavailable", "2"));
    assert!(!reply.text.contains("10.0.0.7"));
}

#[actix_web::test]
async fn a_database_that_hangs_is_given_up_after_5_seconds() {
    let (world, token) = world(None).await;
    let started = Instant::now();
    let reply = world.get_as(&token, "/v1/inbox/counts").await.expect(503);
    assert_eq!((reply.problem().as_str(), reply.header("retry-after")), ("unavailable", "2"));
    let waited = started.elapsed();
    assert!(waited >= Duration::from_millis(4_900) && waited <= Duration::from_secs(7), "{waited:?}");
}

#[actix_web::test]
async fn a_contradiction_is_a_conflict_and_what_cannot_be_read_back_is_our_fault() {
    let (world_, token) = world(Some(StoreError::Conflict("it is stored already".to_owned()))).await;
    let reply = world_.send(crate::world::request(Method::POST, "/v1/inbox/1/read", Some(&token))).await;
    assert_eq!(reply.expect(409).problem(), "conflict");
    let (world, token) = world(Some(StoreError::Corrupt("row 7".to_owned()))).await;
    let reply = world.get_as(&token, "/v1/inbox").await.expect(500);
    assert_eq!(reply.problem(), "internal");
    assert!(!reply.text.contains("row 7"));
}
