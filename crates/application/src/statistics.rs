//! What became of messages: delivery and latency by channel, against what is promised.

use carillon_domain::promise::{self, Quantiles, RECEIPT_WITHIN};
use carillon_domain::{BusinessId, Channel, Class, Permission, Principal, Reach, Status};
pub use carillon_ports::statistics::{Tally, Waited, Window};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Ports, Refusal, access};

/// The longest window.
pub const LONGEST_WINDOW: TimeDelta = TimeDelta::days(92);
/// The window of whoever asks for none.
const USUAL_WINDOW: TimeDelta = TimeDelta::hours(24);

/// Which window is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Of this business; left out, of all that the caller sees.
    pub business: Option<BusinessId>,
    /// From; a day before the end where absent.
    pub since: Option<DateTime<Utc>>,
    /// Until before; now where absent.
    pub until: Option<DateTime<Utc>>,
}

/// The figures of a window.
#[derive(Debug, Clone)]
pub struct Figures {
    /// The window.
    pub window: Window,
    /// One a channel.
    pub channels: Vec<ChannelFigures>,
}

/// The figures of one channel.
#[derive(Debug, Clone)]
pub struct ChannelFigures {
    /// The channel.
    pub channel: Channel,
    /// How many messages were made.
    pub messages: u64,
    /// How many are in a state; states that none is in are left out.
    pub by_status: Vec<(Status, u64)>,
    /// How many are of a class; classes that none is of are left out.
    pub by_class: Vec<(Class, u64)>,
    /// What became of those that a provider took.
    pub delivery: Delivery,
    /// How long they took from due to accepted by the provider, BULK left out; `None` where none was accepted.
    pub latency: Option<Quantiles>,
}

/// What became of those that a provider took.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delivery {
    /// How many a provider took that reports receipts.
    pub accepted: u64,
    /// How many of them arrived.
    pub delivered: u64,
    /// How many of them did not.
    pub undelivered: u64,
    /// How many of those were returned for good: there is no such address.
    pub bounced: u64,
    /// How many a person opened; a machine that fetches pictures is none.
    pub opened: u64,
    /// In how many a person followed a link.
    pub clicked: u64,
    /// How many a person called spam.
    pub complained: u64,
    /// How many of those accepted have not had their chance: their receipts may still come in time. They are no part of the rate.
    pub pending: u64,
    /// The share that arrived of those that had their chance, from 0 to 1; `None` where no receipt came.
    pub rate: Option<f64>,
    /// The share that is promised; `None` where nothing is.
    pub promise: Option<f64>,
    /// Whether the promise is kept; `None` where that cannot be told.
    pub kept: Option<bool>,
}

/// Counts what became of messages.
#[derive(Clone)]
pub struct CountOutcomes {
    ports: Ports,
}

impl CountOutcomes {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// The figures of a window.
    pub async fn run(&self, caller: &Principal, asked: Asked) -> Result<Figures, Refusal> {
        access::require(&self.ports, caller, Permission::StatsRead).await?;
        let window = self.window(caller, asked).await?;
        let recent_since = self.ports.clock.now() - RECEIPT_WITHIN;
        let (tally, waits) = tokio::try_join!(
            self.ports.statistics.tally(&window, recent_since),
            self.ports.statistics.list_waits(&window)
        )?;
        let channels = Channel::ALL.iter().map(|channel| figures(*channel, &tally, &waits)).collect();
        Ok(Figures { window, channels })
    }

    async fn window(&self, caller: &Principal, asked: Asked) -> Result<Window, Refusal> {
        let business = match (asked.business, &caller.reach) {
            (Some(business), _) => {
                access::require_business(&self.ports, caller, Some(&business)).await?;
                Some(business)
            }
            (None, Reach::Business(own)) => Some(own.clone()),
            (None, Reach::Platform) => None,
            (None, Reach::Person(_)) => return Err(Refusal::NotFound { what: "business" }),
        };
        let until = asked.until.unwrap_or_else(|| self.ports.clock.now());
        let since = asked.since.unwrap_or(until - USUAL_WINDOW);
        if since >= until {
            return Err(Refusal::input("invalid_query", "since", "must be before until"));
        }
        if until - since > LONGEST_WINDOW {
            let detail = format!("must lie at most {} days before until", LONGEST_WINDOW.num_days());
            return Err(Refusal::input("invalid_query", "since", detail));
        }
        Ok(Window { business, since, until })
    }
}

fn figures(channel: Channel, tally: &[Tally], waits: &[Waited]) -> ChannelFigures {
    let tally: Vec<&Tally> = tally.iter().filter(|one| one.channel == channel).collect();
    let sum = |holds: &dyn Fn(&Tally) -> bool| {
        tally.iter().filter(|one| holds(one)).map(|one| one.messages).sum::<u64>()
    };
    let by_status = Status::ALL.iter().map(|status| (*status, sum(&|one| one.status == *status)));
    let by_class = Class::ALL.iter().map(|class| (*class, sum(&|one| one.class == *class)));
    let waits: Vec<(u64, u64)> =
        waits.iter().filter(|one| one.channel == channel).map(|one| (one.millis, one.messages)).collect();
    ChannelFigures {
        channel,
        messages: sum(&|_| true),
        by_status: by_status.filter(|(_, count)| *count > 0).collect(),
        by_class: by_class.filter(|(_, count)| *count > 0).collect(),
        delivery: delivery(channel, &tally),
        latency: promise::quantiles(waits),
    }
}

/// Only those count that went by a provider which reports receipts: one that reports none would make every message look lost. That a
/// provider reports shows by a receipt of it in the window.
pub(crate) fn delivery(channel: Channel, tally: &[&Tally]) -> Delivery {
    let is_receipt = |one: &&&Tally| matches!(one.status, Status::Delivered | Status::Undelivered);
    let reporting: Vec<_> = tally.iter().filter(is_receipt).map(|one| &one.provider).collect();
    let of = |status: Status| {
        tally.iter().filter(move |one| one.status == status).filter(|one| reporting.contains(&&one.provider))
    };
    let sum = |status: Status| of(status).map(|one| one.messages).sum::<u64>();
    let (delivered, undelivered) = (sum(Status::Delivered), sum(Status::Undelivered));
    let all = |count: fn(&Tally) -> u64| tally.iter().map(|one| count(one)).sum::<u64>();
    let accepted = sum(Status::Sent) + delivered + undelivered;
    let pending = of(Status::Sent).map(|one| one.recent).sum::<u64>();
    let rate = promise::share(delivered, accepted - pending);
    let promise = promise::delivery(channel);
    Delivery {
        accepted,
        delivered,
        undelivered,
        bounced: all(|one| one.bounced),
        opened: all(|one| one.opened),
        clicked: all(|one| one.clicked),
        complained: all(|one| one.complained),
        pending,
        rate,
        promise,
        kept: rate.zip(promise).map(|(rate, promise)| rate >= promise),
    }
}
