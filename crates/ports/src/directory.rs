//! Businesses, people, and what people agreed to.

use async_trait::async_trait;
pub use carillon_domain::consent::{Consent, Holding, Link, Recorded, Topic};
use carillon_domain::decision::Standing;
use carillon_domain::ids::{BusinessId, KindName, PersonId};
use carillon_domain::{Actor, Business, Cause, Channel, Choices, Person, Purpose, Reach, Role};
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
    /// When: an address that rests until then does not count as suppressed.
    pub at: DateTime<Utc>,
}

/// Something that stands against an address of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The channel of the address.
    pub channel: Channel,
    /// For whose messages; `None` for everybody's.
    pub business: Option<BusinessId>,
    /// Why.
    pub cause: Cause,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when; `None` for good.
    pub until: Option<DateTime<Utc>>,
}

/// What a person changes at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreferenceChange {
    /// Who.
    pub person: PersonId,
    /// What the person decides, in this order.
    pub decisions: Vec<Consent>,
    /// The person's own choices; `None` leaves them as they are.
    pub choices: Option<Choices>,
    /// What held when this was worked out, in any order; `None` is for what may be decided whatever holds.
    pub given: Option<Vec<Holding>>,
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

    /// All that stands against the addresses of a person, what is over by now included, the oldest first.
    async fn list_suppressions(&self, person: &Person) -> Result<Vec<Suppression>, StoreError>;

    /// Takes these away, each only where it stands for that cause still.
    async fn lift_suppressions(&self, person: &Person, lifted: &[Suppression]) -> Result<(), StoreError>;

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

    /// Makes or replaces a person, whose own choices stay; `true` when new. [`StoreError::Conflict`] when the person belongs to another
    /// business.
    async fn put_person(&self, person: &Person, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Erases a person: destroys the data key, removes what identifies them and what they chose, calls off what waits; keeps the keyed
    /// hash of suppressed addresses, and what was decided as proof, without internet addresses. `false` when there was none.
    async fn erase_person(&self, id: &PersonId, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Adds a decision and makes it hold: [`change_preferences`](Self::change_preferences) of one.
    async fn add_consent(&self, consent: &Consent) -> Result<Recorded, StoreError> {
        let change = PreferenceChange {
            person: consent.person.clone(),
            decisions: vec![consent.clone()],
            choices: None,
            given: None,
            at: consent.at,
        };
        let recorded = self.change_preferences(&change).await?.pop();
        recorded.ok_or_else(|| StoreError::Corrupt("a decision was not recorded".to_owned()))
    }

    /// Adds decisions and makes them hold, and replaces the person's own choices, all or nothing; answers the decisions as kept. MUST
    /// link each to the person's one before, so that of changes at once one comes after the other and none is left out. A refusal
    /// towards everybody also ends what was allowed to single businesses of the same topic and channel. Fails with
    /// [`StoreError::Conflict`] and changes nothing if something else holds by then than what the change was worked out from.
    async fn change_preferences(&self, change: &PreferenceChange) -> Result<Vec<Recorded>, StoreError>;

    /// Every decision of a person, oldest first. Internet addresses are gone once the person was erased.
    async fn list_consents(&self, person: &PersonId) -> Result<Vec<Recorded>, StoreError>;

    /// The decisions of a person that hold.
    async fn list_holding(&self, person: &PersonId) -> Result<Vec<Holding>, StoreError>;
}
