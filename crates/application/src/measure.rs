//! What is counted, under the names that dashboards know (`carillon_…`). No label holds an id of a person or of a message.
//!
//! Whoever starts the process decides whether anybody listens: without a recorder each of these does nothing.

use std::time::Duration;

use carillon_domain::circuit::State;
use carillon_domain::{Channel, Class, Message, Reach, Status};
use carillon_ports::store::Acceptance;
use metrics::{counter, gauge, histogram};

use crate::{Ports, Refusal, operations};

/// Counts messages by the state that they have come to.
pub(crate) fn message_is(channel: Channel, class: Class, status: Status) {
    let labels = [("channel", channel.as_str()), ("class", class.as_str()), ("status", status.as_str())];
    counter!("carillon_messages_total", &labels).increment(1);
}

/// What an acceptance adds to the counts, once it is committed.
pub(crate) struct Counted {
    event: String,
    messages: Vec<(Channel, Class, Status)>,
}

impl Counted {
    /// Notes it down before the acceptance is given away.
    pub(crate) fn of(acceptance: &Acceptance) -> Self {
        let of = |message: &Message| (message.channel, message.class, message.status);
        Self { event: acceptance.event.name.clone(), messages: acceptance.messages.iter().map(of).collect() }
    }

    /// Counts it.
    pub(crate) fn count(self) {
        counter!("carillon_events_accepted_total", "type" => self.event).increment(1);
        for (channel, class, status) in self.messages {
            message_is(channel, class, status);
        }
    }
}

/// Notes how long it took from being due until a provider accepted.
pub(crate) fn taken_after(channel: Channel, class: Class, seconds: f64) {
    let labels = [("channel", channel.as_str()), ("class", class.as_str())];
    histogram!("carillon_message_latency_seconds", &labels).record(seconds);
}

/// Counts a call to a provider by how it ended.
pub(crate) fn provider_asked(provider: &'static str, outcome: &'static str) {
    counter!("carillon_provider_requests_total", "provider" => provider, "outcome" => outcome).increment(1);
}

/// Notes whether a provider is asked: 0 freely, 1 one call at a time, 2 not at all.
pub(crate) fn provider_is(provider: &'static str, state: State) {
    let value = match state {
        State::Closed => 0.0,
        State::HalfOpen => 1.0,
        State::Open | State::Throttled | State::Unauthorized | State::Paused => 2.0,
    };
    gauge!("carillon_provider_circuit", "provider" => provider).set(value);
}

/// Counts reminders that were not planned as they should have been.
pub(crate) fn reminders_repaired(count: usize) {
    counter!("carillon_reminders_repaired_total").increment(count as u64);
}

/// Counts what providers report by what became of it.
pub(crate) fn webhook_events(provider: &'static str, outcome: &'static str, count: usize) {
    if count > 0 {
        counter!("carillon_webhook_events_total", "provider" => provider, "outcome" => outcome)
            .increment(count as u64);
    }
}

/// Counts a page that listens now.
pub fn websocket_client_came() {
    gauge!("carillon_websocket_clients").increment(1.0);
}

/// Counts a page that listens no more.
pub fn websocket_client_left() {
    gauge!("carillon_websocket_clients").decrement(1.0);
}

/// Looks at the queues, so that the gauges are as of now: for whoever is about to read them.
pub async fn look_at_queues(ports: &Ports) -> Result<(), Refusal> {
    let queues = operations::look(ports, &Reach::Platform).await?;
    for class in Class::ALL.iter().copied() {
        let of_class = || queues.iter().filter(move |queue| queue.backlog.class == class);
        let depth: u64 = of_class().map(|queue| queue.backlog.queued + queue.backlog.sending).sum();
        let oldest = of_class().filter_map(|queue| queue.oldest?.to_std().ok()).max();
        let depth = u32::try_from(depth).unwrap_or(u32::MAX);
        gauge!("carillon_queue_depth", "class" => class.as_str()).set(f64::from(depth));
        gauge!("carillon_queue_oldest_seconds", "class" => class.as_str())
            .set(oldest.map_or(0.0, |oldest: Duration| oldest.as_secs_f64()));
    }
    Ok(())
}
