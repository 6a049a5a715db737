//! The service's own alarms: platform admins hear of what an operator must look at, once, and again when it is over.
//!
//! An alarm stands as long as somebody who sees its reason says so, at least every minute. What if we crash? Before people are told: the
//! next who sees the reason tells them, under the same key, so that they hear it once. After that: nobody renews it, and it is over when
//! the reason is, or another process sees it and renews it.

use carillon_domain::access::Credential;
use carillon_domain::{Permission, Principal, Reach, Value};
pub use carillon_ports::alarms::Episode;
use chrono::{DateTime, SecondsFormat, TimeDelta, Timelike, Utc};

use crate::accept::Repeatable;
use crate::{Ports, Publish, PublishEvent, Refusal};

/// The event that carries an alarm.
const ALERT: &str = "system.alert";
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

    /// Tells every platform admin of something that happened, once an hour for the same alarm, however many processes raise it. `name` is
    /// for programs, `message` for people; neither is personal.
    pub async fn raise(&self, name: &str, message: &str) -> Result<(), Refusal> {
        let now = self.ports.clock.now();
        let key = format!("alarm:{name}:{}:{}", now.date_naive(), now.hour());
        self.tell(ALERT, name, message, now, key).await
    }

    /// Says that the reason of an alarm holds now. Platform admins are told when it begins, and when nobody has said so for a while.
    pub async fn stands(&self, name: &str, message: &str) -> Result<(), Refusal> {
        let episode = self.ports.alarms.stand(name, message, self.ports.clock.now()).await?;
        if episode.is_told {
            return Ok(());
        }
        tracing::error!(alarm = name, message, "an alarm stands");
        let key = format!("alarm:{name}:{}:began", episode.number);
        self.tell(ALERT, name, message, episode.began_at, key).await?;
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
            self.tell(RECOVERED, &episode.name, &episode.message, episode.began_at, key).await?;
            ended += 1;
        }
        Ok(ended)
    }

    async fn tell(
        &self,
        event: &str,
        name: &str,
        message: &str,
        since: DateTime<Utc>,
        key: String,
    ) -> Result<(), Refusal> {
        let mut data = Value::map();
        data.set("alert", Value::map());
        let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
        for (field, value) in
            [("severity", "critical"), ("component", name), ("summary", message), ("started_at", &since)]
        {
            data.set(&format!("alert.{field}"), Value::from(value));
        }
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
