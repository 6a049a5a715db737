//! The world as the use cases see it: every port once, wired by the server, faked by tests.

use std::sync::Arc;

use carillon_domain::Channel;
use carillon_ports::ready::{QueueError, Ready};
use carillon_ports::store::Share;
use carillon_ports::{
    Alarms, ApiKeys, Appointments, Batches, BusinessTexts, CalendarWriter, Caps, Catalogue, Clock, Costs,
    Digests, Directory, History, Ids, InboundTexts, Inbox, Limits, LiveFeed, MessageStore, Operations,
    OwnTexts, ProviderBoard, ReadyQueue, ReceiptStore, Renderer, Retention, Statistics, Vault,
};

use crate::load::Load;
use crate::policy::Policy;
use crate::receive::Doors;
use crate::text_changes::TextChanges;

/// Every port that use cases ask.
#[derive(Clone)]
pub struct Ports {
    /// The one path.
    pub store: Arc<dyn MessageStore>,
    /// Appointments and their reminders.
    pub appointments: Arc<dyn Appointments>,
    /// Businesses and people.
    pub directory: Arc<dyn Directory>,
    /// Search and timelines.
    pub history: Arc<dyn History>,
    /// In-app notifications.
    pub inbox: Arc<dyn Inbox>,
    /// Bulk requests.
    pub batches: Arc<dyn Batches>,
    /// Dead letters, backlog, audit trail.
    pub operations: Arc<dyn Operations>,
    /// What became of messages, in numbers.
    pub statistics: Arc<dyn Statistics>,
    /// Texts of businesses, as they are kept.
    pub business_texts: Arc<dyn BusinessTexts>,
    /// Texts of businesses, checked and made.
    pub own_texts: Arc<dyn OwnTexts>,
    /// How much anybody gets.
    pub caps: Arc<dyn Caps>,
    /// What waits for lists.
    pub digests: Arc<dyn Digests>,
    /// What messages cost.
    pub costs: Arc<dyn Costs>,
    /// Alarms that stand.
    pub alarms: Arc<dyn Alarms>,
    /// Which providers are asked.
    pub providers: Arc<dyn ProviderBoard>,
    /// How long history is kept.
    pub retention: Arc<dyn Retention>,
    /// What comes back from providers.
    pub receipts: Arc<dyn ReceiptStore>,
    /// What people write back.
    pub texts: Arc<dyn InboundTexts>,
    /// Who verifies and reads it.
    pub doors: Doors,
    /// API keys and audit.
    pub keys: Arc<dyn ApiKeys>,
    /// What kinds there are.
    pub catalogue: Arc<dyn Catalogue>,
    /// Appointments as files for calendars.
    pub calendar: Arc<dyn CalendarWriter>,
    /// Their texts.
    pub renderer: Arc<dyn Renderer>,
    /// What is due.
    pub queues: Queues,
    /// What changes in inboxes, told to every process.
    pub feed: Arc<dyn LiveFeed>,
    /// How often something may be done, over all processes.
    pub limits: Arc<dyn Limits>,
    /// What holds for all businesses unless they say otherwise.
    pub policy: Arc<Policy>,
    /// How full the queues are.
    pub load: Arc<Load>,
    /// Changes of businesses' texts in this process.
    pub text_changes: TextChanges,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn Ids>,
    /// Tokens and secrets.
    pub vault: Arc<dyn Vault>,
}

/// One ready queue a channel, so that a channel whose provider hangs holds up no other.
#[derive(Clone)]
pub struct Queues {
    /// E-mail.
    pub email: Arc<dyn ReadyQueue>,
    /// Text messages.
    pub sms: Arc<dyn ReadyQueue>,
    /// The in-app inbox.
    pub in_app: Arc<dyn ReadyQueue>,
}

impl Queues {
    /// The queue of a channel.
    pub fn of(&self, channel: Channel) -> &Arc<dyn ReadyQueue> {
        match channel {
            Channel::Email => &self.email,
            Channel::Sms => &self.sms,
            Channel::InApp => &self.in_app,
        }
    }

    /// How many ids of a share wait on all of them; none where a queue cannot be reached, for then it can hold nothing up.
    pub async fn depth(&self, share: Share) -> u64 {
        let mut depth = 0;
        for channel in Channel::ALL {
            let depths = self.of(*channel).depths().await.unwrap_or_default();
            depth += depths
                .iter()
                .filter(|(class, _)| Share::of(*class) == share)
                .map(|(_, count)| count)
                .sum::<u64>();
        }
        depth
    }

    /// Adds what is due, each to its channel's queue.
    pub async fn push(&self, ready: &[Ready]) -> Result<(), QueueError> {
        for channel in Channel::ALL {
            let some: Vec<Ready> = ready.iter().filter(|ready| ready.channel == *channel).cloned().collect();
            if !some.is_empty() {
                self.of(*channel).push(&some).await?;
            }
        }
        Ok(())
    }
}
