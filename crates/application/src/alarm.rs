//! The service's own alarms: platform admins hear of what an operator must look at.

use carillon_domain::access::Credential;
use carillon_domain::{Permission, Principal, Reach, Value};
use chrono::Timelike;

use crate::accept::Repeatable;
use crate::{Ports, Publish, PublishEvent, Refusal};

/// The event that carries an alarm.
const EVENT: &str = "system.alert";

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

    /// Tells every platform admin, once an hour for the same alarm, however many processes raise it. `name` is for programs, `message`
    /// for people; neither is personal.
    pub async fn raise(&self, name: &str, message: &str) -> Result<(), Refusal> {
        let now = self.ports.clock.now();
        let mut data = Value::map();
        data.set("alert", Value::map());
        for (field, value) in [("severity", "critical"), ("component", name), ("summary", message)] {
            data.set(&format!("alert.{field}"), Value::from(value));
        }
        let publish = Publish {
            name: EVENT.to_owned(),
            business: None,
            occurred_at: None,
            data,
            repeatable: Some(Repeatable {
                key: format!("alarm:{name}:{}:{}", now.date_naive(), now.hour()),
                fingerprint: String::new(),
            }),
        };
        PublishEvent::new(&self.ports).run(&service(), publish).await.map(|_| ())
    }
}

/// The service itself.
fn service() -> Principal {
    Principal {
        credential: Credential::ApiKey {
            id: "carillon".to_owned(),
            permissions: vec![Permission::EventsWrite],
        },
        reach: Reach::Platform,
    }
}
