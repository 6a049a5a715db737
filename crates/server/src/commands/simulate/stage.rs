//! The stage: everything real on a database that is thrown away, and a clock that goes from one moment that matters to the next.

use std::sync::Arc;
use std::time::Duration;

use carillon_adapter_mailbox::DevelopmentMailbox;
use carillon_application::businesses::{BusinessInput, Businesses};
use carillon_application::recipients::Recipients;
use carillon_application::{
    DeliverMessages, KeepMoving, ManageAppointments, Ports, Publish, PublishEvent, SendReports,
};
use carillon_domain::{Business, Channel, Message, Notification, Reach, Reason, Status};
use carillon_ports::history::{Filter, MessageRecord, Page};
use carillon_ports::{Clock, Content};
use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use super::script::{Scene, Script};
use super::told::{Played, Told, label};
use crate::clock::VirtualClock;
use crate::commands::explain;
use crate::commands::send::operator;
use crate::config::Config;
use crate::secrets::Secrets;
use crate::shared::Delivery;
use crate::{senders, wiring};

/// How often the calendar is looked at for reports.
const LOOK_EVERY: TimeDelta = TimeDelta::minutes(30);
/// How many messages are claimed at once.
const AT_ONCE: usize = 64;
/// How many notifications are read at once.
const PAGE: u32 = 100;

pub(crate) struct Stage {
    ports: Ports,
    clock: Arc<VirtualClock>,
    deliver: DeliverMessages,
    /// Where the database is; gone when dropped.
    _folder: TempDir,
}

impl Stage {
    /// Sets the stage: the business, its people, and what is agreed.
    pub(crate) async fn set(
        script: &Script,
        business: &Business,
        from: DateTime<Utc>,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let config = Config {
            database_url: format!("sqlite://{}?mode=rwc", folder.path().join("simulation.db").display()),
            redis_url: None,
            email_from: "bonjour@carillon.example".to_owned(),
            ..Config::default()
        };
        let virtual_clock = Arc::new(VirtualClock::at(from));
        let clock: Arc<dyn Clock> = virtual_clock.clone();
        let ports = wiring::ports(&config, &Secrets::fresh()?, clock.clone(), Delivery::Alone).await?;
        let mailbox = Arc::new(DevelopmentMailbox::new(clock.clone()));
        let senders = Arc::new(senders::senders(&config, &clock, &mailbox)?);
        let deliver = DeliverMessages::new(&ports, senders);
        let stage = Self { ports, clock: virtual_clock, deliver, _folder: folder };
        let businesses = Businesses::new(&stage.ports);
        let input = BusinessInput {
            name: business.name.clone(),
            settings: Some(business.settings.clone()),
            locale: None,
            timezone: None,
        };
        businesses.put(&operator(), &business.id, input).await.map_err(explain)?;
        for person in &script.people {
            Recipients::new(&stage.ports).put(&operator(), person.clone()).await.map_err(explain)?;
        }
        for appointment in &script.agreed {
            let manage = ManageAppointments::new(&stage.ports);
            manage.put(&operator(), appointment.clone()).await.map_err(explain)?;
        }
        Ok(stage)
    }

    /// Plays everything up to a time, and answers what left and which reminders did not.
    pub(crate) async fn play(
        &self,
        script: &Script,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> anyhow::Result<Played> {
        let mut scenes = script.scenes.iter().skip_while(|scene| scene.at < from).peekable();
        let mut look_at = from;
        loop {
            let due = self.ports.store.find_next_due().await?;
            let next = [scenes.peek().map(|scene| scene.at), due, Some(look_at)].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next < to) else { break };
            self.clock.set(next);
            while let Some(scene) = scenes.next_if(|scene| scene.at <= self.clock.now()) {
                self.happens(script, scene).await?;
            }
            if self.clock.now() >= look_at {
                SendReports::new(&self.ports).run().await.map_err(explain)?;
                look_at += LOOK_EVERY;
            }
            self.leave().await?;
        }
        self.told(script).await
    }

    async fn happens(&self, script: &Script, scene: &Scene) -> anyhow::Result<()> {
        let publish = Publish {
            name: scene.event.clone(),
            business: Some(script.business.id.clone()),
            occurred_at: None,
            data: serde_json::from_value(scene.data.clone())?,
            silent: false,
            repeatable: None,
        };
        PublishEvent::new(&self.ports).run(&operator(), publish).await.map_err(explain)?;
        Ok(())
    }

    /// Everything that is due leaves.
    async fn leave(&self) -> anyhow::Result<()> {
        KeepMoving::new(&self.ports).queue_due().await?;
        for channel in Channel::ALL {
            loop {
                let claimed = self.deliver.claim(*channel, AT_ONCE, Duration::ZERO).await?;
                if claimed.is_empty() {
                    break;
                }
                for one in &claimed {
                    self.deliver.deliver(one).await;
                }
            }
        }
        Ok(())
    }

    async fn told(&self, script: &Script) -> anyhow::Result<Played> {
        let (mut played, mut after) = (Played::default(), None);
        loop {
            let page = Page { after, limit: PAGE };
            let found =
                self.ports.history.list_notifications(&Filter::default(), &Reach::Platform, page).await?;
            after = found.last().map(|last| last.notification.id);
            for record in &found {
                let id = record.notification.id;
                let Some(whole) = self.ports.history.find_notification(id, &Reach::Platform).await? else {
                    continue;
                };
                let line = |message: &MessageRecord, at, text| Told {
                    at,
                    channel: label(message.message.channel),
                    name: script.name_of(&whole.notification.recipient),
                    kind: whole.notification.kind.to_string(),
                    text,
                };
                played.left.extend(whole.messages.iter().filter_map(|message| {
                    Some(line(message, message.sent_at?, headline(message.content.as_ref()?)))
                }));
                played.left_out.extend(whole.messages.iter().filter_map(|message| {
                    let why = left_out(&whole.notification, &message.message)?;
                    Some(line(message, message.message.due_at, why))
                }));
            }
            if after.is_none() {
                played.left.sort();
                played.left_out.sort();
                return Ok(played);
            }
        }
    }
}

/// The rule and the reason of a reminder that was left out; `None` of everything else. A channel that the business turned off is none.
fn left_out(notification: &Notification, message: &Message) -> Option<String> {
    let rule = notification.fence.as_ref()?.rule.as_ref()?;
    let is_left_out = matches!(message.status, Status::Suppressed | Status::Expired);
    let reason = message.reason.filter(|reason| is_left_out && *reason != Reason::ChannelOff)?;
    Some(format!("{rule}: {reason}"))
}

fn headline(content: &Content) -> String {
    match content {
        Content::Email { subject, .. } => subject.clone(),
        Content::Sms { text } => text.clone(),
        Content::InApp { title, .. } => title.clone(),
    }
}
