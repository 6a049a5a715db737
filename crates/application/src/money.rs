//! What a text message costs, and whether the business allows itself that.
//!
//! A price is taken out of the month's budget before the provider is asked, and given back when it certainly was not sent. What if we die in
//! between? It stays taken: a little less than the budget is spent, never more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use carillon_domain::country::country_of;
use carillon_domain::sms::SmsOptions;
use carillon_domain::{Business, BusinessId, Channel, Class, PhoneNumber, civil, sms};
use carillon_ports::StoreError;
use carillon_ports::costs::Spending;
use carillon_ports::store::{Claimed, MessageCost};
use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::{Ports, accept};

/// How long providers take at least to know a price.
pub(crate) const FIRST_LOOK: TimeDelta = TimeDelta::minutes(1);
/// How long it is remembered how much is kept for reminders.
const REMEMBERED: TimeDelta = TimeDelta::seconds(30);

/// How much of a budget is kept for reminders, and since when that is known.
type Kept = (DateTime<Utc>, u64);

/// Pays for text messages.
#[derive(Clone)]
pub(crate) struct Purse {
    ports: Ports,
    kept: Arc<Mutex<HashMap<BusinessId, Kept>>>,
}

/// The month that a time belongs to, by the clock of a business.
pub(crate) fn month(now: DateTime<Utc>, zone: Tz) -> String {
    civil::shown(now, zone).format("%Y-%m").to_string()
}

/// When the month of a time ends, by the clock of a business.
pub(crate) fn month_end(now: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let today = civil::shown(now, zone).date();
    let first = today.with_day(1).unwrap_or(today);
    let next = first.checked_add_months(chrono::Months::new(1)).unwrap_or(first);
    civil::instant(next.and_time(NaiveTime::MIN), zone)
}

impl Purse {
    pub(crate) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), kept: Arc::default() }
    }

    /// Takes the price out of the budget of a business that has one; `false` when there is not enough left.
    ///
    /// What reminds of an appointment is worth most, and what leaves an hour before it most of all: for what is worth less, the money that
    /// booked reminders will need is not there.
    pub(crate) async fn spend(&self, claimed: &Claimed, bill: &MessageCost) -> Result<bool, StoreError> {
        let Some((business, budget)) = budget(claimed) else { return Ok(true) };
        let now = self.ports.clock.now();
        let kept =
            if is_worth_most(claimed) { 0 } else { self.kept_for_reminders(business, bill, now).await? };
        let month = month(now, business.settings.timezone);
        let spending = Spending {
            business: business.id.clone(),
            month: month.clone(),
            cost: bill.money.micros,
            most: budget.saturating_sub(kept),
        };
        let is_paid = self.ports.costs.spend(&spending).await?;
        if !is_paid && let Err(error) = self.ports.costs.note_refused(&business.id, &month, now).await {
            tracing::warn!(%error, "a refusal for want of money could not be noted; the next one is");
        }
        Ok(is_paid)
    }

    /// Gives back what was taken for a message that certainly was not sent.
    pub(crate) async fn give_back(&self, claimed: &Claimed, bill: &MessageCost) {
        let Some((business, _)) = budget(claimed) else { return };
        let month = month(self.ports.clock.now(), business.settings.timezone);
        if let Err(error) = self.ports.costs.give_back(&business.id, &month, bill.money.micros).await {
            tracing::warn!(%error, "what was not spent could not be given back");
        }
    }

    /// Another channel stands in for a text message that is too dear: e-mail, else the inbox. What if we die before this? The message is
    /// stopped with its reason, and nobody stands in.
    pub(crate) async fn stand_in(&self, claimed: &Claimed) {
        let has_text = |channel| self.ports.catalogue.has_text(&claimed.notification.kind, channel);
        let has_address =
            |channel| claimed.recipient.as_ref().is_some_and(|person| person.has_address_for(channel));
        for channel in [Channel::Email, Channel::InApp] {
            if !has_text(channel) || !has_address(channel) {
                continue;
            }
            let now = self.ports.clock.now();
            let id = self.ports.ids.message(now);
            match self.ports.costs.substitute(claimed.message.id, id, channel, now).await {
                Ok(Some(ready)) => accept::announce(&self.ports, &[ready]).await,
                // It has one by that channel already.
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "nothing could stand in for a text message"),
            }
            return;
        }
    }

    async fn kept_for_reminders(
        &self,
        business: &Business,
        bill: &MessageCost,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let known = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&business.id).copied();
        if let Some((_, kept)) = known.filter(|(at, _)| now - *at < REMEMBERED && *at <= now) {
            return Ok(kept);
        }
        let until = month_end(now, business.settings.timezone);
        let waiting = self.ports.costs.count_waiting(&business.id, until).await?;
        let each = bill.money.micros / bill.segments.max(1) as u64;
        let kept = waiting.saturating_mul(each);
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(business.id.clone(), (now, kept));
        Ok(kept)
    }
}

/// A text as it costs least: letters lose their accents only where the business allows it.
pub(crate) fn compiled(claimed: &Claimed, text: String) -> String {
    let choice = claimed.business.as_ref().map(|business| &business.settings.sms);
    let options = SmsOptions { allow_letters: choice.is_some_and(|choice| choice.letters) };
    if options.allow_letters { sms::compile(&text, &options).text } else { text }
}

/// When the provider is asked what a text really cost, and which month's budget that changes: only for a business with a budget.
pub(crate) fn settles(
    claimed: &Claimed,
    provider_id: Option<&str>,
    now: DateTime<Utc>,
) -> Option<(DateTime<Utc>, String)> {
    let (business, _) = budget(claimed)?;
    provider_id.map(|_| (now + FIRST_LOOK, month(now, business.settings.timezone)))
}

/// What a text to a number costs, by the price table.
pub(crate) fn cost(ports: &Ports, to: &PhoneNumber, text: &str) -> MessageCost {
    let (country, segments) = (country_of(to), sms::cost(text).segments);
    MessageCost { segments, money: sms::price(&ports.policy.prices, country, segments), country }
}

/// The budget of a business that has one, in millionths of its currency.
fn budget(claimed: &Claimed) -> Option<(&Business, u64)> {
    let business = claimed.business.as_deref()?;
    Some((business, business.settings.sms.monthly_budget?.micros()))
}

/// Reminders, and what is critical.
fn is_worth_most(claimed: &Claimed) -> bool {
    let is_reminder = claimed.notification.fence.as_ref().is_some_and(|fence| fence.rule.is_some());
    is_reminder || claimed.message.class == Class::Critical
}
