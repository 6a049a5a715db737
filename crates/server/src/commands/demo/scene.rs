//! The stage of the demo: moves the clock, publishes what happens, and shows each message as it leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use carillon_application::{Ports, Publish, PublishEvent};
use carillon_domain::{BusinessId, Channel, Reach, Status};
use carillon_ports::Content;
use carillon_ports::history::{Filter, MessageRecord, NotificationRecord, Page};
use chrono::{DateTime, Utc};
use chrono_tz::Europe::Paris;
use owo_colors::Style;

use crate::clock::JumpingClock;
use crate::commands::explain;
use crate::commands::send::operator;
use crate::terminal::{is_terminal, styled};

/// How long a moment is shown before the next one, where a person looks at it.
const BREATH: Duration = Duration::from_millis(700);

/// The stage.
pub(crate) struct Scene {
    pub(crate) ports: Ports,
    clock: Arc<JumpingClock>,
    shown: BTreeSet<String>,
    counts: BTreeMap<Channel, usize>,
    names: BTreeMap<String, String>,
}

impl Scene {
    pub(crate) fn new(ports: Ports, clock: Arc<JumpingClock>) -> Self {
        Self { ports, clock, shown: BTreeSet::new(), counts: BTreeMap::new(), names: BTreeMap::new() }
    }

    /// How somebody is called in the list.
    pub(crate) fn introduce(&mut self, id: &str, name: &str) {
        self.names.insert(id.to_owned(), name.to_owned());
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        carillon_ports::Clock::now(&*self.clock)
    }

    /// Lets time pass up to a moment.
    pub(crate) fn at(&self, time: DateTime<Utc>, headline: &str) {
        self.clock.jump_to(time);
        let local = time.with_timezone(&Paris).format("%a %d %b %H:%M").to_string();
        println!("\n{}  {}", styled(&local, Style::new().dimmed()), styled(headline, Style::new().bold()));
        // The time that is shown belongs to the headline; a moment later everything due by then is due.
        self.clock.jump_to(time + chrono::TimeDelta::seconds(1));
    }

    /// Something happens.
    pub(crate) async fn happens(
        &self,
        name: &str,
        business: &BusinessId,
        data: serde_json::Value,
    ) -> anyhow::Result<()> {
        let publish = Publish {
            name: name.to_owned(),
            business: Some(business.clone()),
            occurred_at: None,
            data: serde_json::from_value(data)?,
            silent: false,
            repeatable: None,
        };
        PublishEvent::new(&self.ports).run(&operator(), publish).await.map_err(explain)?;
        Ok(())
    }

    /// Waits until everything that is due has left, and shows it.
    pub(crate) async fn watch(&mut self) -> anyhow::Result<()> {
        for record in self.settled().await? {
            let whole =
                self.ports.history.find_notification(record.notification.id, &Reach::Platform).await?;
            let Some(whole) = whole else { continue };
            for message in &whole.messages {
                self.show(&whole, message);
            }
        }
        if is_terminal() {
            tokio::time::sleep(BREATH).await;
        }
        Ok(())
    }

    async fn settled(&self) -> anyhow::Result<Vec<NotificationRecord>> {
        loop {
            let page = Page { after: None, limit: 100 };
            let mut records =
                self.ports.history.list_notifications(&Filter::default(), &Reach::Platform, page).await?;
            let now = self.now();
            let moving = records.iter().flat_map(|record| &record.messages).any(|record| {
                match record.message.status {
                    Status::Queued | Status::Sending => true,
                    Status::Scheduled | Status::InDoubt => record.message.due_at <= now,
                    _ => false,
                }
            });
            if !moving {
                records.reverse();
                return Ok(records);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn show(&mut self, record: &NotificationRecord, message: &MessageRecord) {
        let Some(content) = &message.content else { return };
        if !self.shown.insert(message.message.id.to_string()) {
            return;
        }
        let channel = message.message.channel;
        *self.counts.entry(channel).or_default() += 1;
        let (label, style, line) = match content {
            Content::Email { subject, .. } => ("e-mail", Style::new().blue(), subject.clone()),
            Content::Sms { text } => ("SMS", Style::new().green(), text.clone()),
            Content::InApp { title, body, .. } => {
                ("in-app", Style::new().magenta(), format!("{title} · {body}"))
            }
        };
        let recipient = record.notification.recipient.to_string();
        let name = self.names.get(&recipient).cloned().unwrap_or(recipient);
        println!("  {}  {name:<16} {line}", styled(&format!("{label:<6}"), style));
    }

    /// How much left by which channel.
    pub(crate) fn summary(&self) {
        let of = |channel| self.counts.get(&channel).copied().unwrap_or_default();
        println!(
            "\n{} e-mails, {} SMS and {} in-app notifications left, each once, in their readers' language and time zone.",
            of(Channel::Email),
            of(Channel::Sms),
            of(Channel::InApp)
        );
    }
}
