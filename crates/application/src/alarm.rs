//! The service's own alarms: platform admins hear of what an operator must look at, once, and again when it is over.
//!
//! An alarm stands as long as someone who sees its reason says so, at least every minute. What if we crash? Before people are told: the
//! next who sees the reason tells them, under the same key, so that they hear it once. After that: nobody renews it, and it is over when
//! the reason is, or another process sees it and renews it.

use carillon_domain::access::Credential;
use carillon_domain::alarm::{Alarm, Grade};
use carillon_domain::{Permission, Principal, Reach, Value};
pub use carillon_ports::alarms::Episode;
use chrono::{DateTime, SecondsFormat, TimeDelta, Timelike, Utc};

use crate::accept::Repeatable;
use crate::costs::in_cents;
use crate::{Ports, Publish, PublishEvent, Refusal};

/// The event that says that an alarm is over.
const RECOVERED: &str = "system.recovered";
/// An alarm that nobody has renewed for so long is over.
const FADES_AFTER: TimeDelta = TimeDelta::seconds(75);

/// Raises alarms.
#[derive(Clone)]
pub struct RaiseAlarm {
    ports: Ports,
}

impl RaiseAlarm {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Tells every platform admin of something that happened, once an hour for the same alarm, however many processes raise it.
    pub async fn raise(&self, alarm: &Alarm) -> Result<(), Refusal> {
        let now = self.ports.clock.now();
        let key = format!("alarm:{}:{}:{}", alarm.name(), now.date_naive(), now.hour());
        let (event, data) = news(alarm, now);
        self.publish(event, data, key).await
    }

    /// Says that the reason of an alarm holds now. Platform admins are told when it begins, and when nobody has said so for a while.
    pub async fn stands(&self, alarm: &Alarm) -> Result<(), Refusal> {
        let episode = self.ports.alarms.stand(alarm, self.ports.clock.now()).await?;
        if episode.is_told {
            return Ok(());
        }
        tracing::error!(alarm = episode.name, message = episode.message, "an alarm stands");
        let key = format!("alarm:{}:{}:began", episode.name, episode.number);
        let (event, data) = news(alarm, episode.began_at);
        self.publish(event, data, key).await?;
        Ok(self.ports.alarms.told(&episode).await?)
    }

    /// Ends the alarms that nobody renews, tells that they are over, and answers how many those were.
    pub async fn end_faded(&self) -> Result<usize, Refusal> {
        let mut ended = 0;
        for episode in self.ports.alarms.list_standing().await? {
            let now = self.ports.clock.now();
            if now - episode.renewed_at < FADES_AFTER {
                continue;
            }
            // Whoever ends it tells of it. Dying in between costs the notice, never the alarm.
            if !self.ports.alarms.end(&episode, now).await? {
                continue;
            }
            tracing::warn!(alarm = episode.name, "an alarm is over");
            let key = format!("alarm:{}:{}:over", episode.name, episode.number);
            self.publish(RECOVERED, over(&episode), key).await?;
            ended += 1;
        }
        Ok(ended)
    }

    async fn publish(&self, event: &str, data: Value, key: String) -> Result<(), Refusal> {
        let publish = Publish {
            name: event.to_owned(),
            business: None,
            occurred_at: None,
            data,
            repeatable: Some(Repeatable { key, fingerprint: String::new() }),
            silent: false,
        };
        PublishEvent::new(&self.ports).run(&service(), publish).await.map(|_| ())
    }
}

/// The event that tells of an alarm, and its data.
fn news(alarm: &Alarm, since: DateTime<Utc>) -> (&'static str, Value) {
    let message = alarm.to_string();
    match alarm.grade() {
        Grade::Critical => ("system.alert", alert(&alarm.name(), &message, Some(alarm), since)),
        Grade::Degraded => {
            let mut data = block("health", &[("component", &alarm.name()), ("summary", &message)]);
            data.set("health.since", Value::from(written(since).as_str()));
            add(&mut data, "health", alarm);
            ("health.degraded", data)
        }
        Grade::Quota => {
            let mut data = block("quota", &[("name", &alarm.name())]);
            if let Alarm::SmsSpend { spent, limit, currency, .. } = alarm {
                data.set("quota.used", Value::Integer(in_cents(*spent)));
                data.set("quota.limit", Value::Integer(in_cents(*limit)));
                data.set("quota.currency", Value::from(currency.as_str()));
            }
            add(&mut data, "quota", alarm);
            ("quota.exceeded", data)
        }
    }
}

fn over(episode: &Episode) -> Value {
    alert(&episode.name, &episode.message, episode.alarm.as_ref(), episode.began_at)
}

fn alert(component: &str, summary: &str, alarm: Option<&Alarm>, since: DateTime<Utc>) -> Value {
    let since = written(since);
    let fields =
        [("severity", "critical"), ("component", component), ("summary", summary), ("started_at", &since)];
    let mut data = block("alert", &fields);
    if let Some(alarm) = alarm {
        add(&mut data, "alert", alarm);
    }
    data
}

fn block(name: &str, fields: &[(&str, &str)]) -> Value {
    let mut data = Value::map();
    data.set(name, Value::map());
    for (field, value) in fields {
        data.set(&format!("{name}.{field}"), Value::from(*value));
    }
    data
}

/// What the texts word the alarm by.
fn add(data: &mut Value, block: &str, alarm: &Alarm) {
    data.set(&format!("{block}.code"), Value::from(alarm.code()));
    data.set(&format!("{block}.facts"), alarm.facts());
}

fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The service itself.
pub(crate) fn service() -> Principal {
    Principal {
        credential: Credential::ApiKey {
            id: "carillon".to_owned(),
            permissions: vec![Permission::EventsWrite],
        },
        reach: Reach::Platform,
    }
}
