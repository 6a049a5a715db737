//! What owners and staff are told regularly, each at a time of day of the business: the owners' reports, the staff's agenda.
//!
//! What if we crash, or several planners look at once? Each report has a name (which, of whom, of which day) that the store takes once,
//! in the same commit as its messages.

use std::collections::BTreeMap;

use carillon_domain::business::time_of_day;
use carillon_domain::ids::{KindName, PersonId};
use carillon_domain::{Actor, Booking, Business, Event, Person, Role, Value, civil};
use carillon_ports::store::{Acceptance, IdempotencyKey};
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

use crate::accept::accept;
use crate::channels::{self, Setting, Wanted};
use crate::{Ports, Refusal};

/// The name of the event behind a report.
pub const REPORTED: &str = "report.due";

/// How late a report may still be sent: after that the next one says more.
const LATEST: TimeDelta = TimeDelta::hours(6);
/// How many businesses are looked at together.
const AT_ONCE: u32 = 200;
/// How many visits an agenda names.
const MOST_LISTED: usize = 100;

/// Sends reports.
#[derive(Clone)]
pub struct SendReports {
    ports: Ports,
}

/// A report whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Due {
    which: Which,
    /// The first day it is about.
    first: NaiveDate,
    /// The day after the last.
    end: NaiveDate,
}

/// What a report says, under the name by which it is sent once.
struct Report {
    kind: &'static str,
    data: Value,
    /// The people whom the data names in lists.
    named: BTreeMap<String, PersonId>,
    key: IdempotencyKey,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Daily,
    Weekly,
    Agenda,
}

impl Which {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Agenda => "agenda",
        }
    }
}

impl SendReports {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Sends every report whose time has come and that was not sent yet; answers how many.
    pub async fn run(&self) -> Result<usize, Refusal> {
        let (mut after, mut sent) = (None, 0);
        loop {
            let businesses = self.ports.appointments.list_businesses(after.as_ref(), AT_ONCE).await?;
            let is_last = businesses.len() < AT_ONCE as usize;
            after = businesses.last().map(|business| business.id.clone());
            for business in &businesses {
                let now = self.ports.clock.now();
                for due in due(business, now) {
                    sent += self.send(business, &due, now).await?;
                }
            }
            if is_last {
                return Ok(sent);
            }
        }
    }

    async fn send(&self, business: &Business, due: &Due, now: DateTime<Utc>) -> Result<usize, Refusal> {
        match due.which {
            Which::Daily | Which::Weekly => self.report(business, due, now).await,
            Which::Agenda => self.agendas(business, due, now).await,
        }
    }

    /// The owners' report.
    async fn report(&self, business: &Business, due: &Due, now: DateTime<Utc>) -> Result<usize, Refusal> {
        let ports = &self.ports;
        let key = Self::key(business, due, None);
        if ports.store.find_answer(&key.owner, &key.key).await?.is_some() {
            return Ok(0);
        }
        let owners =
            ports.directory.list_people(Some(&business.id), Actor::BusinessUser, Some(Role::Owner)).await?;
        if owners.is_empty() {
            return Ok(0);
        }
        let data = self.figures(business, due).await?;
        if is_of_nothing(&data) {
            return Ok(0);
        }
        let report = Report { kind: "owner.activity_report", data, named: BTreeMap::new(), key };
        self.tell(business, &owners, report, now).await
    }

    /// The numbers of a period.
    async fn figures(&self, business: &Business, due: &Due) -> Result<Value, Refusal> {
        let ports = &self.ports;
        let (from, to) = (start_of(due.first, business), start_of(due.end, business));
        let length = due.end - due.first;
        let before = start_of(due.first - length, business);
        let activity = ports.appointments.count_activity(&business.id, from, to).await?;
        let payments = ports.appointments.list_events(&business.id, "payment.received", before, to).await?;
        let currency = payments.iter().rev().find_map(|event| event.data.text_at("payment.currency"));
        let currency = currency.unwrap_or("EUR").to_owned();
        let revenue = |from: DateTime<Utc>, to: DateTime<Utc>| -> i64 {
            let within = payments.iter().filter(|event| event.accepted_at >= from && event.accepted_at < to);
            within.filter_map(|event| amount(event, &currency)).sum()
        };
        let number = |status: &str| {
            let number = activity.by_status.get(status).copied().unwrap_or_default();
            Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
        };
        let took_place: u64 = ["confirmed", "completed", "no_show"]
            .iter()
            .filter_map(|status| activity.by_status.get(*status))
            .sum();
        let time =
            |time: DateTime<Utc>| Value::Text(time.with_timezone(&business.settings.timezone).to_rfc3339());
        let mut data = Value::map();
        data.set("report", Value::map());
        for (name, value) in [
            ("period", Value::from(due.which.as_str())),
            ("from", time(from)),
            ("to", time(to - TimeDelta::seconds(1))),
            ("appointments", Value::Integer(i64::try_from(took_place).unwrap_or(i64::MAX))),
            ("new_clients", Value::Integer(i64::try_from(activity.new_clients).unwrap_or(i64::MAX))),
            ("cancellations", number("cancelled")),
            ("no_shows", number("no_show")),
            ("revenue", Value::Integer(revenue(from, to))),
            ("previous_revenue", Value::Integer(revenue(before, from))),
            ("currency", Value::from(currency.as_str())),
        ] {
            data.set(&format!("report.{name}"), value);
        }
        Ok(data)
    }

    /// The agenda of each of the staff who has visits that day.
    async fn agendas(&self, business: &Business, due: &Due, now: DateTime<Utc>) -> Result<usize, Refusal> {
        let ports = &self.ports;
        let staff =
            ports.directory.list_people(Some(&business.id), Actor::BusinessUser, Some(Role::Staff)).await?;
        let mut sent = 0;
        for person in staff {
            let key = Self::key(business, due, Some(&person.id));
            if ports.store.find_answer(&key.owner, &key.key).await?.is_some() {
                continue;
            }
            // The day is the place's, as are the times that the agenda prints.
            let zone = business.settings.timezone;
            let (from, to) = (start_of(due.first, business), start_of(due.end, business));
            let visits = ports.appointments.list_visits(&business.id, &person.id, from, to).await?;
            // Nobody needs to hear every evening that there is nothing.
            if visits.is_empty() {
                continue;
            }
            let (data, named) = agenda(&visits, from.with_timezone(&zone).to_rfc3339());
            let people = std::slice::from_ref(&person);
            sent +=
                self.tell(business, people, Report { kind: "staff.agenda", data, named, key }, now).await?;
        }
        Ok(sent)
    }

    /// Commits a report to these people; answers how many reports that were.
    async fn tell(
        &self,
        business: &Business,
        people: &[Person],
        report: Report,
        now: DateTime<Utc>,
    ) -> Result<usize, Refusal> {
        let Report { kind, data, named, key } = report;
        let ports = &self.ports;
        let name: Option<KindName> = kind.parse().ok();
        let Some(kind) = name.and_then(|name| ports.catalogue.find_kind(&name)) else { return Ok(0) };
        let event = Event {
            id: ports.ids.event(now),
            name: REPORTED.to_owned(),
            business: Some(business.id.clone()),
            occurred_at: now,
            accepted_at: now,
            data,
            parts: named,
        };
        // Whoever set the hour wants it, also by a channel that is off until it is turned on; which channels is the business's choice.
        let chosen = business.settings.channels.kinds.get(&kind.name).cloned();
        let all = || kind.channels.iter().map(|rule| rule.channel).collect();
        let wanted: Vec<Wanted<'_>> = people
            .iter()
            .map(|person| Wanted {
                channels: Some(chosen.clone().unwrap_or_else(all)),
                deadline: Some(now + LATEST),
                ..Wanted::now(kind, person, now)
            })
            .collect();
        let setting = Setting { event: event.id, data: &event.data, business: Some(business), now };
        let (notifications, messages) = channels::plan(ports, setting, &wanted).await?;
        let acceptance =
            Acceptance { notifications, messages, idempotency: Some(key), ..Acceptance::of(event) };
        accept(ports, acceptance, ()).await?;
        Ok(1)
    }

    /// The name of a report.
    fn key(business: &Business, due: &Due, person: Option<&PersonId>) -> IdempotencyKey {
        let of = person.map(|person| format!(":{person}")).unwrap_or_default();
        IdempotencyKey {
            owner: format!("reports:{}", business.id),
            key: format!("{}:{}{of}", due.which.as_str(), due.first),
            fingerprint: String::new(),
            answer: "null".to_owned(),
        }
    }
}

/// Whether nothing happened in the period of a report: such a report is not sent.
fn is_of_nothing(data: &Value) -> bool {
    ["appointments", "new_clients", "cancellations", "no_shows", "revenue"]
        .iter()
        .all(|name| data.at(&format!("report.{name}")) == Some(&Value::Integer(0)))
}

/// The reports of a business whose time has come, and is not long past.
fn due(business: &Business, now: DateTime<Utc>) -> Vec<Due> {
    let (zone, reports) = (business.settings.timezone, &business.settings.reports);
    let today = civil::shown(now, zone).date();
    let is_time = |at: &Option<String>| {
        let at = at.as_deref().and_then(time_of_day);
        at.is_some_and(|at| {
            let time = civil::instant(today.and_time(at), zone);
            time <= now && now < time + LATEST
        })
    };
    let days = |which, first: Option<NaiveDate>, days: u64| {
        let first = first?;
        Some(Due { which, first, end: first.checked_add_days(Days::new(days))? })
    };
    let mut due = Vec::new();
    if is_time(&reports.daily_at) {
        due.extend(days(Which::Daily, today.pred_opt(), 1));
    }
    if is_time(&reports.weekly_at) && today.weekday() == Weekday::Mon {
        due.extend(days(Which::Weekly, today.checked_sub_days(Days::new(7)), 7));
    }
    if is_time(&reports.agenda_at) {
        due.extend(days(Which::Agenda, today.succ_opt(), 1));
    }
    due
}

/// When a day begins where the business is.
fn start_of(day: NaiveDate, business: &Business) -> DateTime<Utc> {
    midnight(day, business.settings.timezone)
}

fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    civil::instant(day.and_time(NaiveTime::MIN), zone)
}

/// What a payment brought, in minor units, where it was in that currency.
fn amount(event: &Event, currency: &str) -> Option<i64> {
    let same = event.data.text_at("payment.currency") == Some(currency);
    match event.data.at("payment.amount").filter(|_| same)? {
        Value::Integer(amount) => Some(*amount),
        Value::Null | Value::Bool(_) | Value::Float(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
            None
        }
    }
}

fn agenda(visits: &[Booking], day: String) -> (Value, BTreeMap<String, PersonId>) {
    let (mut named, mut listed) = (BTreeMap::new(), Vec::new());
    for (index, booking) in visits.iter().take(MOST_LISTED).enumerate() {
        let part = format!("client.{}", index + 1);
        listed.push(booking.appointment.visit(&part));
        named.extend(booking.appointment.clients.first().map(|client| (part, client.clone())));
    }
    let mut data = Value::map();
    data.set("agenda", Value::map());
    data.set("agenda.day", Value::Text(day));
    data.set("agenda.visits", Value::List(listed));
    (data, named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use carillon_domain::Settings;
    use carillon_domain::business::Reports;

    fn names(now: &str, reports: Reports) -> Vec<(&'static str, String)> {
        let settings = Settings { reports, ..Settings::default() };
        let id = "salon".parse().unwrap();
        let business = Business { id, name: "Salon".to_owned(), settings };
        due(&business, now.parse().unwrap())
            .into_iter()
            .map(|due| (due.which.as_str(), due.first.to_string()))
            .collect()
    }

    #[test]
    fn a_report_is_due_at_its_hour_where_the_business_is_and_not_long_after() {
        let reports = || Reports {
            daily_at: Some("07:30".to_owned()),
            weekly_at: Some("08:00".to_owned()),
            agenda_at: Some("18:00".to_owned()),
        };
        let table: [(&str, &[(&str, &str)]); 5] = [
            // A Monday in Paris, an hour ahead of UTC.
            ("2026-11-30T06:29:00Z", &[]),
            ("2026-11-30T06:30:00Z", &[("daily", "2026-11-29")]),
            ("2026-11-30T07:00:00Z", &[("daily", "2026-11-29"), ("weekly", "2026-11-23")]),
            ("2026-12-01T17:00:00Z", &[("agenda", "2026-12-02")]),
            ("2026-12-01T23:30:00Z", &[]),
        ];
        for (now, expected) in table {
            let expected: Vec<_> = expected.iter().map(|(which, day)| (*which, (*day).to_owned())).collect();
            assert_eq!(names(now, reports()), expected, "{now}");
        }
    }
}
