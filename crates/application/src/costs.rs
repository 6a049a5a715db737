//! What text messages cost, and telling a business in time that its budget runs out.

use carillon_domain::budget::{Account, BudgetNews};
use carillon_domain::sms::Money;
use carillon_domain::{Business, BusinessId, Channel, Permission, Principal, Value};
pub use carillon_ports::costs::CostLine;
use carillon_ports::costs::Spent;
use chrono::{DateTime, TimeDelta, Utc};

use crate::accept::Repeatable;
use crate::alarm::service;
use crate::money::{month, month_end};
use crate::statistics::LONGEST_WINDOW;
use crate::{Ports, Publish, PublishEvent, Refusal, access};

/// The event that tells of a budget.
const EVENT: &str = "sms.budget_reached";
/// The event that tells the platform of it.
const QUOTA: &str = "quota.exceeded";
/// What the texts of that event word a used up budget by.
const BUDGET: &str = "sms_budget";
/// The window of whoever asks for none.
const USUAL_WINDOW: TimeDelta = TimeDelta::days(31);

/// Which costs are asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Of this business; left out, of all that the caller sees.
    pub business: Option<BusinessId>,
    /// From; 31 days before the end where absent.
    pub since: Option<DateTime<Utc>>,
    /// Until before; now where absent.
    pub until: Option<DateTime<Utc>>,
}

/// The costs of a window.
#[derive(Debug, Clone)]
pub struct Costs {
    /// From.
    pub since: DateTime<Utc>,
    /// Until before.
    pub until: DateTime<Utc>,
    /// By day, business, kind and country.
    pub lines: Vec<CostLine>,
    /// The budget of the business that was asked for, where it has one.
    pub budget: Option<Budget>,
}

/// How a business stands with its budget of this month.
#[derive(Debug, Clone)]
pub struct Budget {
    /// The month, as `2026-11`.
    pub month: String,
    /// What it allows itself.
    pub budget: Money,
    /// What it has spent.
    pub spent: Money,
    /// What it will have spent at the end of the month, by the text messages that are booked already.
    pub forecast: Money,
}

/// Shows costs, and watches budgets.
#[derive(Clone)]
pub struct WatchCosts {
    ports: Ports,
}

impl WatchCosts {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// What was spent in a window.
    pub async fn show(&self, caller: &Principal, asked: Asked) -> Result<Costs, Refusal> {
        access::require(&self.ports, caller, Permission::StatsRead).await?;
        if asked.business.is_some() {
            access::require_business(&self.ports, caller, asked.business.as_ref()).await?;
        }
        let now = self.ports.clock.now();
        let until = asked.until.unwrap_or(now);
        let since = asked.since.unwrap_or(until - USUAL_WINDOW);
        if since >= until || until - since > LONGEST_WINDOW {
            let detail = format!("must lie before until, by {} days at most", LONGEST_WINDOW.num_days());
            return Err(Refusal::input("invalid_query", "since", detail));
        }
        let lines = self.ports.costs.list_costs(asked.business.as_ref(), &caller.reach, since, until).await?;
        let business = match &asked.business {
            Some(id) => self.ports.directory.find_business(id).await?,
            None => None,
        };
        let budget = match &business {
            Some(business) => self.budget(business, now).await?,
            None => None,
        };
        Ok(Costs { since, until, lines, budget })
    }

    async fn budget(&self, business: &Business, now: DateTime<Utc>) -> Result<Option<Budget>, Refusal> {
        let Some(budget) = business.settings.sms.monthly_budget else { return Ok(None) };
        let zone = business.settings.timezone;
        let month = month(now, zone);
        let spent = self.ports.costs.list_spent(&month).await?;
        let spent = spent.iter().find(|one| one.business == business.id).map_or(0, |one| one.spent);
        let waiting = self.ports.costs.count_waiting(&business.id, month_end(now, zone)).await?;
        let usual = carillon_domain::sms::price(&self.ports.policy.prices, home(business), 1).micros;
        let money = |micros| Money { currency: self.ports.policy.prices.currency.clone(), micros };
        Ok(Some(Budget {
            budget: money(budget.micros()),
            spent: money(spent),
            forecast: money(spent.saturating_add(waiting.saturating_mul(usual))),
            month,
        }))
    }

    /// Tells owners whose budget has reached four fifths, or refuses messages, each once a month; answers how many were told.
    pub async fn tell(&self) -> Result<usize, Refusal> {
        let now = self.ports.clock.now();
        let mut told = 0;
        // Two names where it is the first of a month in one zone and the last in another.
        let mut months = vec![month(now, chrono_tz::Etc::GMTPlus12), month(now, chrono_tz::Etc::GMTMinus14)];
        months.dedup();
        for month in months {
            for spent in self.ports.costs.list_spent(&month).await? {
                told += usize::from(self.tell_of(&spent).await?);
            }
        }
        Ok(told)
    }

    async fn tell_of(&self, spent: &Spent) -> Result<bool, Refusal> {
        let Some(business) = self.ports.directory.find_business(&spent.business).await? else {
            return Ok(false);
        };
        let Some(budget) = business.settings.sms.monthly_budget.filter(|budget| budget.micros() > 0) else {
            return Ok(false);
        };
        let account = self.account(&business, spent, budget.micros()).await?;
        let Some(news) = account.news().filter(|news| spent.told < news.level()) else { return Ok(false) };
        self.publish(&business, spent, &account, news).await?;
        if news == BudgetNews::UsedUp {
            self.tell_platform(&business, spent, &account).await?;
        }
        // Told first: what if we die in between? It is told again under the same key, and heard once.
        Ok(self.ports.costs.note_told(&spent.business, &spent.month, news.level()).await?)
    }

    /// Tells platform admins that a business's budget is used up.
    async fn tell_platform(
        &self,
        business: &Business,
        spent: &Spent,
        account: &Account,
    ) -> Result<(), Refusal> {
        let mut data = Value::map();
        data.set("quota", Value::map());
        data.set("quota.facts", Value::map());
        for (field, text) in [
            ("name", BUDGET),
            ("code", BUDGET),
            ("facts.channel", Channel::Sms.as_str()),
            ("currency", self.ports.policy.prices.currency.as_str()),
            ("business_name", &business.name),
        ] {
            data.set(&format!("quota.{field}"), Value::from(text));
        }
        data.set("quota.used", Value::Integer(in_cents(account.spent)));
        data.set("quota.limit", Value::Integer(in_cents(account.budget)));
        let publish = Publish {
            name: QUOTA.to_owned(),
            business: Some(business.id.clone()),
            occurred_at: None,
            data,
            repeatable: Some(Repeatable {
                key: format!("budget:{}:{}:platform", business.id, spent.month),
                fingerprint: String::new(),
            }),
            silent: false,
        };
        PublishEvent::new(&self.ports).run(&service(), publish).await.map(|_| ())
    }

    async fn account(&self, business: &Business, spent: &Spent, budget: u64) -> Result<Account, Refusal> {
        let is_asked = spent.was_refused && spent.told < BudgetNews::UsedUp.level();
        let until = month_end(self.ports.clock.now(), business.settings.timezone);
        let waiting = if is_asked { self.ports.costs.count_waiting(&business.id, until).await? } else { 0 };
        let one_text = carillon_domain::sms::price(&self.ports.policy.prices, home(business), 1).micros;
        Ok(Account { budget, spent: spent.spent, was_refused: spent.was_refused, waiting, one_text })
    }

    async fn publish(
        &self,
        business: &Business,
        spent: &Spent,
        account: &Account,
        news: BudgetNews,
    ) -> Result<(), Refusal> {
        let currency = self.ports.policy.prices.currency.as_str();
        let mut data = Value::map();
        data.set("budget", Value::map());
        let percent = match news {
            BudgetNews::Nearly | BudgetNews::UsedUp => u64::from(news.level()),
            BudgetNews::Kept => account.share().clamp(1, 99),
        };
        data.set("budget.percent", Value::Integer(i64::try_from(percent).unwrap_or_default()));
        data.set("budget.spent", Value::Integer(in_cents(account.spent)));
        data.set("budget.limit", Value::Integer(in_cents(account.budget)));
        data.set("budget.currency", Value::from(currency));
        data.set("budget.kept", Value::Bool(news == BudgetNews::Kept));
        let publish = Publish {
            name: EVENT.to_owned(),
            business: Some(business.id.clone()),
            occurred_at: None,
            data,
            repeatable: Some(Repeatable {
                key: format!("budget:{}:{}:{}", business.id, spent.month, news.level()),
                fingerprint: String::new(),
            }),
            silent: false,
        };
        PublishEvent::new(&self.ports).run(&service(), publish).await.map(|_| ())
    }
}

/// The country where most of a business's clients are taken to live: the one it names first, or France.
fn home(business: &Business) -> Option<carillon_domain::country::Country> {
    business.settings.sms.countries.first().copied().or_else(|| "FR".parse().ok())
}

/// Hundredths of the currency's unit, as kinds take amounts.
pub(crate) fn in_cents(micros: u64) -> i64 {
    i64::try_from(micros / 10_000).unwrap_or(i64::MAX)
}
