//! The service watches itself: what an operator would have to see becomes an alarm that stands as long as its reason.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use carillon_domain::alarm::Alarm;
use carillon_domain::promise::RECEIPT_WITHIN;
use carillon_domain::sms::PriceTable;
use carillon_domain::{Channel, Class, Reach, Status};
use carillon_ports::statistics::{Tally, Window};
use chrono::{DateTime, TimeDelta, Utc};

use crate::alarm::RaiseAlarm;
use crate::policy::Policy;
use crate::{Ports, Refusal, operations, statistics};

/// The name under which planners say that they are alive.
pub const PLANNER: &str = "alive:planner";
/// A planner that has said nothing for so long is silent.
const SILENT_AFTER: TimeDelta = TimeDelta::seconds(90);
/// How long something urgent may be due before somebody must look.
const LONGEST_QUEUE: TimeDelta = TimeDelta::minutes(2);
/// How far back tries that failed for good are counted, …
const ERRORS_WITHIN: TimeDelta = TimeDelta::minutes(5);
/// … and how far back bounces and what text messages cost.
const HOUR: TimeDelta = TimeDelta::hours(1);
/// How far back it is counted what arrived: small platforms send few messages an hour.
const DAY: TimeDelta = TimeDelta::hours(24);
/// How many messages must have had their chance before the share that arrived means anything: of a hundred e-mails, two may be lost.
const ENOUGH_TO_RATE: u64 = 100;
/// How many there must be before a share means anything.
const ENOUGH: u64 = 20;
/// One in so many may fail for good.
const FAILURES_OF: u64 = 10;
/// One e-mail in so many may bounce: mailbox providers think ill of more (Gmail and Yahoo ask for less than 5 %).
const BOUNCES_OF: u64 = 20;

/// Watches the service.
#[derive(Clone)]
pub struct WatchService {
    ports: Ports,
    alarm: RaiseAlarm,
    found: Arc<Mutex<Found>>,
}

/// What the last looks back found.
#[derive(Debug, Clone, Default)]
struct Found {
    /// In an hour.
    hour: Vec<Alarm>,
    /// In a day.
    day: Vec<Alarm>,
}

impl WatchService {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), alarm: RaiseAlarm::new(ports), found: Arc::default() }
    }

    /// Says that a planner is alive.
    pub async fn planner_is_alive(&self) -> Result<(), Refusal> {
        let now = self.ports.clock.now().timestamp_millis().to_string();
        Ok(self.ports.appointments.put_mark(PLANNER, &now).await?)
    }

    /// Raises an alarm when no planner has been alive for a while. For workers: whoever is silent cannot say so.
    pub async fn planner_is_heard(&self) -> Result<(), Refusal> {
        let mark = self.ports.appointments.find_mark(PLANNER).await?;
        let heard = mark.and_then(|mark| DateTime::from_timestamp_millis(mark.parse().ok()?));
        let Some(heard) = heard else { return Ok(()) };
        if self.ports.clock.now() - heard < SILENT_AFTER {
            return Ok(());
        }
        self.alarm.stands(&Alarm::PlannerSilent { heard_at: heard }).await
    }

    /// Looks at queues and outcomes, and ends the alarms whose reason is gone.
    pub async fn look(&self) -> Result<(), Refusal> {
        self.queues_flow().await?;
        let now = self.ports.clock.now();
        let recent = self.tally(now, ERRORS_WITHIN).await?;
        self.outcomes_are_good(&recent).await?;
        let Found { hour, day } = self.found().clone();
        for alarm in hour.iter().chain(&day) {
            self.alarm.stands(alarm).await?;
        }
        self.alarm.end_faded().await?;
        Ok(())
    }

    /// Looks at what came back and what was spent within an hour. What it finds stands until it looks again.
    pub async fn look_back(&self) -> Result<(), Refusal> {
        let found = [self.bounces().await?, self.spending().await?];
        self.found().hour = found.into_iter().flatten().collect();
        Ok(())
    }

    /// The same for what arrived within a day. Apart, for it counts so much.
    pub async fn look_far_back(&self) -> Result<(), Refusal> {
        let tally = self.tally(self.ports.clock.now(), DAY).await?;
        let found = Channel::ALL.iter().filter_map(|channel| missed_promise(*channel, &tally));
        self.found().day = found.collect();
        Ok(())
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn bounces(&self) -> Result<Option<Alarm>, Refusal> {
        let tally = self.tally(self.ports.clock.now(), HOUR).await?;
        let emails = || tally.iter().filter(|one| one.channel == Channel::Email);
        let (left, bounced) = (
            emails().filter(|one| has_left(one.status)).map(|one| one.messages).sum(),
            emails().map(|one| one.bounced).sum(),
        );
        Ok(is_too_many(bounced, left, BOUNCES_OF).then_some(Alarm::BounceRate { bounced, of: left }))
    }

    /// Whoever makes the service write to numbers that earn them money shows here first.
    async fn spending(&self) -> Result<Option<Alarm>, Refusal> {
        let Policy { prices: PriceTable { currency, .. }, spend_per_hour, .. } = &*self.ports.policy;
        let Some(most) = spend_per_hour else { return Ok(None) };
        let now = self.ports.clock.now();
        let lines = self.ports.costs.list_costs(None, &Reach::Platform, now - HOUR, now).await?;
        let (mut messages, mut spent) = (0, 0_u64);
        for line in lines.iter().filter(|line| line.currency == currency.as_str()) {
            messages += line.messages;
            spent = spent.saturating_add(line.cost);
        }
        let (limit, currency) = (most.micros(), currency.as_str().to_owned());
        Ok((spent > limit).then_some(Alarm::SmsSpend { messages, spent, limit, currency }))
    }

    async fn queues_flow(&self) -> Result<(), Refusal> {
        for queue in operations::look(&self.ports, &Reach::Platform).await? {
            let (channel, class) = (queue.backlog.channel, queue.backlog.class);
            let Some(oldest) = queue.oldest.filter(|oldest| class != Class::Bulk && *oldest > LONGEST_QUEUE)
            else {
                continue;
            };
            let (waiting, minutes) = (queue.backlog.queued + queue.backlog.sending, oldest.num_minutes());
            self.alarm.stands(&Alarm::QueueAge { channel, class, waiting, minutes }).await?;
        }
        Ok(())
    }

    async fn outcomes_are_good(&self, tally: &[Tally]) -> Result<(), Refusal> {
        for channel in Channel::ALL {
            let of = |wanted: fn(Status) -> bool| {
                tally
                    .iter()
                    .filter(|one| one.channel == *channel && wanted(one.status))
                    .map(|one| one.messages)
                    .sum()
            };
            let (failed, left): (u64, u64) = (of(|status| status == Status::Failed), of(has_left));
            if is_too_many(failed, failed + left, FAILURES_OF) {
                let alarm = Alarm::ErrorRate { channel: *channel, failed, of: failed + left };
                self.alarm.stands(&alarm).await?;
            }
        }
        Ok(())
    }

    async fn tally(&self, now: DateTime<Utc>, within: TimeDelta) -> Result<Vec<Tally>, Refusal> {
        let window = Window { business: None, since: now - within, until: now };
        Ok(self.ports.statistics.tally(&window, now - RECEIPT_WITHIN).await?)
    }
}

fn has_left(status: Status) -> bool {
    matches!(status, Status::Sent | Status::Delivered | Status::Undelivered)
}

/// The alarm of a channel by which fewer messages arrived than promised, of those that had their chance. Providers that report no receipts do
/// not count.
fn missed_promise(channel: Channel, tally: &[Tally]) -> Option<Alarm> {
    let of_channel: Vec<&Tally> = tally.iter().filter(|one| one.channel == channel).collect();
    let delivery = statistics::delivery(channel, &of_channel);
    let (delivered, of) = (delivery.delivered, delivery.accepted - delivery.pending);
    let is_missed = of >= ENOUGH_TO_RATE && delivery.kept == Some(false);
    is_missed.then_some(Alarm::DeliveryRate { channel, delivered, of })
}

fn is_too_many(bad: u64, all: u64, one_of: u64) -> bool {
    bad >= ENOUGH && bad * one_of >= all
}
