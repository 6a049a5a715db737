//! What text messages cost.

use carillon_application::costs::{Asked, Budget, CostLine, Costs};
use carillon_domain::country::Country;
use carillon_domain::sms::decimal;
use carillon_domain::{BusinessId, KindName};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::dto::search::time;
use crate::dto::timestamp::Timestamp;
use crate::query::{FromQuery, Pairs};
use crate::world::MessageCost;

/// Which costs are wanted: of text messages accepted within a window of at most 92 days.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CostSearch {
    /// Of this business; left out, of all that the caller sees.
    #[param(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// Accepted at or after (RFC 3339 with offset); left out, 31 days before `until`.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<DateTime<Utc>>,
    /// Accepted before (RFC 3339 with offset); left out, now.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<DateTime<Utc>>,
}

impl FromQuery for CostSearch {
    fn read(query: &mut Pairs) -> Self {
        Self {
            business_id: query.take("business_id"),
            since: query.take_as("since", time),
            until: query.take_as("until", time),
        }
    }
}

impl CostSearch {
    /// The question.
    pub(crate) fn asked(self) -> Asked {
        Asked { business: self.business_id, since: self.since, until: self.until }
    }
}

/// What text messages cost in a window.
#[derive(Serialize, ToSchema)]
#[schema(as = Costs)]
pub(crate) struct CostsBody {
    /// The window's start.
    since: Timestamp,
    /// The window's end.
    until: Timestamp,
    /// By day, business, kind and country.
    items: Vec<CostLineBody>,
    /// How the business that was asked for stands with its budget of this month; null where it has none, or none was asked for.
    budget: Option<BudgetBody>,
}

/// One line of the costs.
#[derive(Serialize, ToSchema)]
#[schema(as = CostLine)]
pub(crate) struct CostLineBody {
    /// The day (UTC) on which the messages were accepted.
    #[schema(value_type = String, format = Date, example = "2026-12-01")]
    day: NaiveDate,
    /// The business; null for the platform's own.
    #[schema(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// What they say.
    #[schema(value_type = String, example = "client.reminder_1h")]
    kind: KindName,
    /// Where they went (ISO 3166-1); null where the number's country is not known.
    #[schema(value_type = Option<String>, example = "FR")]
    country: Option<Country>,
    /// How many messages.
    #[schema(example = 42)]
    messages: u64,
    /// How many segments.
    #[schema(example = 43)]
    segments: u64,
    /// What they cost, as a decimal text.
    #[schema(example = "3.0702")]
    cost: String,
    /// The currency (ISO 4217).
    #[schema(example = "EUR")]
    currency: String,
}

/// How a business stands with its budget.
#[derive(Serialize, ToSchema)]
#[schema(as = Budget)]
pub(crate) struct BudgetBody {
    /// The month.
    #[schema(example = "2026-12")]
    month: String,
    /// What the business allows itself, as a decimal text.
    #[schema(example = "50")]
    budget: String,
    /// What it has spent, or promised to.
    #[schema(example = "12.1")]
    spent: String,
    /// What it will have spent by the end of the month, with the text messages that are booked already.
    #[schema(example = "38.4")]
    forecast: String,
    /// The currency (ISO 4217).
    #[schema(example = "EUR")]
    currency: String,
}

/// What a text message cost.
#[derive(Serialize, ToSchema)]
#[schema(as = MessageCost)]
pub(crate) struct MessageCostBody {
    /// How many segments are billed.
    #[schema(example = 1)]
    segments: usize,
    /// What they cost, as a decimal text.
    #[schema(example = "0.0714")]
    cost: String,
    /// The currency (ISO 4217).
    #[schema(example = "EUR")]
    currency: String,
    /// Where the number lies (ISO 3166-1); null where that is not known.
    #[schema(value_type = Option<String>, example = "FR")]
    country: Option<Country>,
}

impl From<Costs> for CostsBody {
    fn from(costs: Costs) -> Self {
        Self {
            since: costs.since.into(),
            until: costs.until.into(),
            items: costs.lines.into_iter().map(CostLineBody::from).collect(),
            budget: costs.budget.map(BudgetBody::from),
        }
    }
}

impl From<CostLine> for CostLineBody {
    fn from(line: CostLine) -> Self {
        Self {
            day: line.day,
            business_id: line.business,
            kind: line.kind,
            country: line.country,
            messages: line.messages,
            segments: line.segments,
            cost: decimal(line.cost),
            currency: line.currency,
        }
    }
}

impl From<Budget> for BudgetBody {
    fn from(budget: Budget) -> Self {
        Self {
            month: budget.month,
            budget: decimal(budget.budget.micros),
            spent: decimal(budget.spent.micros),
            forecast: decimal(budget.forecast.micros),
            currency: budget.budget.currency.as_str().to_owned(),
        }
    }
}

impl From<MessageCost> for MessageCostBody {
    fn from(cost: MessageCost) -> Self {
        Self {
            segments: cost.segments,
            cost: decimal(cost.money.micros),
            currency: cost.money.currency.as_str().to_owned(),
            country: cost.country,
        }
    }
}
