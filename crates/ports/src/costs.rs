//! What text messages cost, and how much of it a business allows itself.

use async_trait::async_trait;
use carillon_domain::country::Country;
use carillon_domain::ids::{BusinessId, KindName, MessageId};
use carillon_domain::{Channel, Reach};
use chrono::{DateTime, NaiveDate, Utc};

use crate::error::StoreError;
use crate::ready::Ready;

/// Asks for money out of a month's budget, in millionths of the business's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spending {
    /// Whose.
    pub business: BusinessId,
    /// The month, as `2026-11` in the business's zone.
    pub month: String,
    /// How much.
    pub cost: u64,
    /// How much may be spent by what is as dear to the business as this.
    pub most: u64,
}

/// What a business has spent in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    /// Whose.
    pub business: BusinessId,
    /// The month.
    pub month: String,
    /// Millionths of its currency.
    pub spent: u64,
    /// The highest share, in percent, that the business was told of.
    pub told: u32,
    /// Whether a message was refused for want of money.
    pub was_refused: bool,
}

/// One line of the costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostLine {
    /// The day, in UTC, on which the messages were accepted.
    pub day: NaiveDate,
    /// Whose.
    pub business: Option<BusinessId>,
    /// What they say.
    pub kind: KindName,
    /// Where they went; `None` where the number's country is not known.
    pub country: Option<Country>,
    /// The currency.
    pub currency: String,
    /// How many messages.
    pub messages: u64,
    /// How many segments.
    pub segments: u64,
    /// Millionths of the currency.
    pub cost: u64,
}

/// A text message of a business with a budget, whose price the provider has not told yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsettled {
    /// The message.
    pub message: MessageId,
    /// Whose.
    pub business: BusinessId,
    /// The month whose budget it was taken from.
    pub month: String,
    /// What was taken, in millionths of the currency.
    pub estimate: u64,
    /// The currency.
    pub currency: String,
    /// Who sent it.
    pub provider: String,
    /// The provider's own id of it.
    pub provider_id: String,
    /// How often the provider was asked.
    pub looks: u32,
}

/// What the provider says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Millionths of the currency.
    pub micros: u64,
    /// How many segments were billed.
    pub segments: u32,
}

/// Keeps account of money.
#[async_trait]
pub trait Costs: Send + Sync {
    /// Takes money out of the budget; `false`, with nothing taken, when that would exceed `most`. MUST be exact however many ask at once.
    async fn spend(&self, spending: &Spending) -> Result<bool, StoreError>;

    /// Notes that a message of the month was refused for want of money, also where nothing was spent yet. Once noted it stays.
    async fn note_refused(
        &self,
        business: &BusinessId,
        month: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;

    /// Gives back what was taken for something that was not sent, or cost less.
    async fn give_back(&self, business: &BusinessId, month: &str, cost: u64) -> Result<(), StoreError>;

    /// What was spent in a month, by all businesses that have a budget.
    async fn list_spent(&self, month: &str) -> Result<Vec<Spent>, StoreError>;

    /// Notes the share that a business was told of; `false` when it was told of as much already.
    async fn note_told(&self, business: &BusinessId, month: &str, percent: u32) -> Result<bool, StoreError>;

    /// Costs of messages accepted from `since` until before `until`, by day, kind and country.
    async fn list_costs(
        &self,
        business: Option<&BusinessId>,
        reach: &Reach,
        since: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<CostLine>, StoreError>;

    /// Text messages whose price is to be asked for, the earliest first. [`MessageStore::record`](crate::MessageStore::record) puts them there.
    async fn list_unsettled(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Unsettled>, StoreError>;

    /// Asks again at a time, or never.
    async fn look_again(&self, message: MessageId, at: Option<DateTime<Utc>>) -> Result<(), StoreError>;

    /// Corrects the message and the budget by what it really cost; `false`, with nothing changed, when that was done already.
    async fn settle(&self, unsettled: &Unsettled, settled: Settled) -> Result<bool, StoreError>;

    /// How many text messages of a business wait for a time before `until`.
    async fn count_waiting(&self, business: &BusinessId, until: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Makes a message by another channel in place of one that will not leave, unless its notification has one by that channel that leaves
    /// or has left; `None` then.
    async fn substitute(
        &self,
        instead_of: MessageId,
        id: MessageId,
        channel: Channel,
        now: DateTime<Utc>,
    ) -> Result<Option<Ready>, StoreError>;
}
