//! Everything a use case asks, wired for a test.

use std::sync::Arc;
use std::time::Duration;

use carillon_adapter_memory::{MemoryFeed, MemoryLimits, MemoryQueue};
use carillon_adapter_sql::SqlStore;
use carillon_adapter_templates::Templates;
use carillon_adapter_vault::KeyRing;
use carillon_application::businesses::Businesses;
use carillon_application::report::EventReport;
use carillon_application::senders::Origin;
use carillon_application::{
    DeliverMessages, KeepMoving, Policy, Ports, Publish, PublishEvent, Queues, Refusal, Senders,
};
use carillon_domain::access::Credential;
use carillon_domain::ids::NotificationId;
use carillon_domain::{Channel, EmailAddress, Permission, Principal, Reach, Reason, Settings, Status};
use carillon_ports::history::NotificationRecord;
use carillon_testkit::clock::ManualClock;
use carillon_testkit::ids::CountingIds;
use carillon_testkit::senders::{ScriptedEmailSender, ScriptedSmsSender};
use chrono::TimeDelta;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) struct World {
    pub(crate) ports: Ports,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) email: Arc<ScriptedEmailSender>,
    pub(crate) backup: Arc<ScriptedEmailSender>,
    pub(crate) sms: Arc<ScriptedSmsSender>,
    /// Where the database is; gone when dropped.
    pub(crate) _alive: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display());
        let key = KeyRing::generate("test").expect("a key");
        let vault = Arc::new(KeyRing::from_config(key.expose_secret()).expect("a key ring"));
        carillon_adapter_sql::migrate(&url).await.expect("up to date");
        let (clock, ids) = (Arc::new(ManualClock::default()), Arc::new(CountingIds::default()));
        let store: Arc<SqlStore> =
            Arc::new(carillon_adapter_sql::connect(&url, vault.clone(), ids.clone()).await.expect("a store"));
        let templates = Arc::new(Templates::embedded().expect("texts in order"));
        let queue = || Arc::new(MemoryQueue::new(clock.clone()));
        let ports = Ports {
            store: store.clone(),
            appointments: store.clone(),
            directory: store.clone(),
            history: store.clone(),
            inbox: store.clone(),
            batches: store.clone(),
            operations: store.clone(),
            statistics: store.clone(),
            business_texts: store.clone(),
            caps: store.clone(),
            digests: store.clone(),
            costs: store.clone(),
            alarms: store.clone(),
            providers: store.clone(),
            retention: store.clone(),
            receipts: store.clone(),
            texts: store.clone(),
            doors: carillon_application::Doors::default(),
            keys: store,
            catalogue: templates.clone(),
            calendar: Arc::new(carillon_adapter_calendar::ICalendar),
            own_texts: templates.clone(),
            renderer: templates,
            queues: Queues { email: queue(), sms: queue(), in_app: queue() },
            feed: Arc::new(MemoryFeed::default()),
            limits: Arc::new(MemoryLimits::new(clock.clone())),
            // Tests make more messages than anybody should get.
            policy: Arc::new(Policy { person_per_hour: 0, phone_per_day: 0, ..Policy::default() }),
            load: Arc::default(),
            text_changes: carillon_application::TextChanges::default(),
            clock: clock.clone(),
            ids,
            vault,
        };
        let email = |name| Arc::new(ScriptedEmailSender::new(name));
        Self {
            ports,
            clock,
            email: email("first"),
            backup: email("second"),
            sms: Arc::new(ScriptedSmsSender::new("texts")),
            _alive: folder,
        }
    }

    /// Publishes as the platform.
    pub(crate) async fn publish(&self, name: &str, data: Value) -> EventReport {
        self.try_publish(&platform(), name, Some("salon"), data).await.expect("accepted")
    }

    /// Replaces the settings of the salon.
    pub(crate) async fn put_settings(&self, settings: Settings) {
        let salon = "salon".parse().expect("an id");
        let businesses = Businesses::new(&self.ports);
        businesses
            .change_settings(&platform(), &salon, None, |_| Ok(settings.clone()))
            .await
            .expect("replaced");
    }

    pub(crate) async fn try_publish(
        &self,
        who: &Principal,
        name: &str,
        business: Option<&str>,
        data: Value,
    ) -> Result<EventReport, Refusal> {
        let publish = Publish {
            name: name.to_owned(),
            business: business.map(|id| id.parse().expect("an id")),
            occurred_at: None,
            data: serde_json::from_value(data).expect("data"),
            silent: false,
            repeatable: None,
        };
        PublishEvent::new(&self.ports).run(who, publish).await
    }

    /// Delivers everything that is due now, by one provider a channel.
    pub(crate) async fn drain(&self) {
        self.drain_by(vec![self.email.clone()]).await;
    }

    /// Delivers everything that is due now.
    pub(crate) async fn drain_by(&self, email: Vec<Arc<dyn carillon_ports::EmailSender>>) {
        self.drain_through(&Arc::new(self.senders(email))).await;
    }

    /// Providers behind gates of their own.
    pub(crate) fn senders(&self, email: Vec<Arc<dyn carillon_ports::EmailSender>>) -> Senders {
        let from = EmailAddress::parse("bonjour@carillon.example").expect("an address");
        let origin = Origin {
            name: self.ports.policy.platform.name.clone(),
            from_marketing: from.clone(),
            from,
            public_url: "https://carillon.example".to_owned(),
        };
        let sms: Arc<dyn carillon_ports::SmsSender> = self.sms.clone();
        Senders::new(email, vec![sms], origin, &self.ports.clock, 64)
    }

    /// Delivers everything that is due now, by providers that have been asked before.
    pub(crate) async fn drain_through(&self, senders: &Arc<Senders>) {
        self.drain_with(&DeliverMessages::new(&self.ports, senders.clone())).await;
    }

    /// Delivers everything that is due now, by a worker that has been at work before.
    pub(crate) async fn drain_with(&self, deliver: &DeliverMessages) {
        KeepMoving::new(&self.ports).queue_due().await.expect("queued");
        for channel in Channel::ALL {
            loop {
                let claimed = deliver.claim(*channel, 64, Duration::ZERO).await.expect("a claim");
                if claimed.is_empty() {
                    break;
                }
                for claimed in claimed {
                    deliver.deliver(&claimed).await;
                }
            }
        }
    }

    /// Lets time pass, and delivers what is due then.
    pub(crate) async fn later(&self, span: TimeDelta) {
        self.clock.advance(span);
        self.drain().await;
    }

    pub(crate) async fn record(&self, id: NotificationId) -> NotificationRecord {
        self.ports.history.find_notification(id, &Reach::Platform).await.expect("a look").expect("one")
    }

    /// Where the messages of a kind stand.
    pub(crate) async fn states(
        &self,
        report: &EventReport,
        kind: &str,
    ) -> Vec<(Channel, Status, Option<Reason>)> {
        let mut states = Vec::new();
        for one in report.notifications.iter().filter(|one| one.kind.as_str() == kind) {
            let record = self.record(one.id).await;
            states.extend(
                record
                    .messages
                    .iter()
                    .map(|whole| (whole.message.channel, whole.message.status, whole.message.reason)),
            );
        }
        states
    }
}

pub(crate) fn platform() -> Principal {
    caller(Reach::Platform)
}

pub(crate) fn business(id: &str) -> Principal {
    caller(Reach::Business(id.parse().expect("an id")))
}

fn caller(reach: Reach) -> Principal {
    Principal {
        credential: Credential::ApiKey { id: "test".to_owned(), permissions: Permission::ALL.to_vec() },
        reach,
    }
}

/// Everybody inline, and an appointment that many hours after the clock's start.
pub(crate) fn appointment(hours: i64, status: &str) -> Value {
    let starts_at = carillon_testkit::build::now() + TimeDelta::hours(hours);
    json!({
        "client": {"id": "camille", "name": "Camille Laurent", "email": "camille@example.com", "phone": "+33612345678"},
        "practitioner": {"id": "ines", "name": "Inès Moreau", "email": "ines@example.com"},
        "owner": {"id": "helene", "name": "Hélène Girard", "email": "helene@example.com"},
        "appointment": {"id": "a-1", "service": "Coupe", "starts_at": starts_at.to_rfc3339(), "status": status}
    })
}

/// The same for an appointment of this id: the same one is not cancelled twice.
pub(crate) fn cancellation_of(id: &str) -> Value {
    let mut data = cancellation();
    data["appointment"]["id"] = json!(id);
    data
}

/// A cancellation by the salon, five hours before: e-mail, SMS and in-app for the client.
pub(crate) fn cancellation() -> Value {
    let mut data = appointment(5, "cancelled");
    data["cancelled_by"] = json!("business");
    data
}
