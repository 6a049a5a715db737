//! Businesses, people, and what people agreed to.

use async_trait::async_trait;
use carillon_domain::decision::Standing;
use carillon_domain::ids::{BusinessId, KindName, PersonId};
use carillon_domain::{Actor, Business, Channel, Person, Purpose, Reach, Role};
use chrono::{DateTime, Utc};

use crate::error::StoreError;

/// Asks what stands against a channel of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingQuery {
    /// Who.
    pub person: PersonId,
    /// By whom they would be addressed.
    pub business: Option<BusinessId>,
    /// By which kind.
    pub kind: KindName,
    /// For what purpose.
    pub purpose: Purpose,
    /// By which channel.
    pub channel: Channel,
}

/// What a person allows or forbids: a kind by its name, or all marketing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic {
    /// Everything of purpose `marketing`.
    Marketing,
    /// One kind.
    Kind(KindName),
}

/// A recorded decision of a person, with its proof (GDPR art. 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Who decided.
    pub person: PersonId,
    /// Towards whom.
    pub business: Option<BusinessId>,
    /// About what.
    pub topic: Topic,
    /// By which channel.
    pub channel: Channel,
    /// Yes or no.
    pub granted: bool,
    /// Where it came from: `booking_form`, `unsubscribe_link` …
    pub source: String,
    /// The version of the wording that was shown.
    pub wording: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// The address book. Cold path, except for the first three.
#[async_trait]
pub trait Directory: Send + Sync {
    /// One business.
    async fn find_business(&self, id: &BusinessId) -> Result<Option<Business>, StoreError>;

    /// Those of the people that are known; erased ones are not.
    async fn find_people(&self, ids: &[PersonId]) -> Result<Vec<Person>, StoreError>;

    /// What stands against each, in the order asked.
    async fn list_standings(&self, queries: &[StandingQuery]) -> Result<Vec<Standing>, StoreError>;

    /// Everybody who is that to the business (or to the platform).
    async fn list_people(
        &self,
        business: Option<&BusinessId>,
        actor: Actor,
        role: Option<Role>,
    ) -> Result<Vec<Person>, StoreError>;

    /// Makes or replaces a business; `true` when it was new.
    async fn put_business(&self, business: &Business, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Removes a business and calls off what waits for it; `false` when there was none.
    async fn delete_business(&self, id: &BusinessId, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// One person within reach.
    async fn find_person(&self, id: &PersonId, reach: &Reach) -> Result<Option<Person>, StoreError>;

    /// Makes or replaces a person; `true` when new. [`StoreError::Conflict`] when the person belongs to another business.
    async fn put_person(&self, person: &Person, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Erases a person: destroys the data key, removes what identifies them, calls off what waits; keeps the keyed hash of
    /// suppressed addresses. `false` when there was none.
    async fn erase_person(&self, id: &PersonId, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Adds a decision and makes it hold.
    async fn add_consent(&self, consent: &Consent) -> Result<(), StoreError>;

    /// Every decision of a person, oldest first.
    async fn list_consents(&self, person: &PersonId) -> Result<Vec<Consent>, StoreError>;
}
