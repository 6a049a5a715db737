//! Looking up what came of things, calling off, trying again.

use carillon_domain::ids::{EventId, NotificationId};
use carillon_domain::{Event, Permission, Principal};
pub use carillon_ports::history::{
    AttemptRecord, Filter, MessageRecord, NotificationRecord, Page, ReceiptRecord,
};
use carillon_ports::store::Changed;
pub use carillon_ports::store::MessageCost;

use crate::{Ports, Refusal, access};

/// The longest page.
pub const LONGEST_PAGE: u32 = 100;

/// Looks up and changes notifications.
#[derive(Clone)]
pub struct Notifications {
    ports: Ports,
}

impl Notifications {
    /// Wires the use cases.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// A page, newest first.
    pub async fn search(
        &self,
        caller: &Principal,
        filter: &Filter,
        page: Page,
    ) -> Result<Vec<NotificationRecord>, Refusal> {
        access::require(&self.ports, caller, Permission::NotificationsRead).await?;
        let page = Page { limit: page.limit.clamp(1, LONGEST_PAGE), ..page };
        Ok(self.ports.history.list_notifications(filter, &caller.reach, page).await?)
    }

    /// One notification with its whole timeline.
    pub async fn show(&self, caller: &Principal, id: NotificationId) -> Result<NotificationRecord, Refusal> {
        access::require(&self.ports, caller, Permission::NotificationsRead).await?;
        self.ports
            .history
            .find_notification(id, &caller.reach)
            .await?
            .ok_or(Refusal::NotFound { what: "notification" })
    }

    /// An event and all that came of it.
    pub async fn show_event(
        &self,
        caller: &Principal,
        id: EventId,
    ) -> Result<(Event, Vec<NotificationRecord>), Refusal> {
        access::require(&self.ports, caller, Permission::NotificationsRead).await?;
        self.ports.history.find_event(id, &caller.reach).await?.ok_or(Refusal::NotFound { what: "event" })
    }

    /// Calls off what has not left yet.
    pub async fn cancel(
        &self,
        caller: &Principal,
        id: NotificationId,
    ) -> Result<NotificationRecord, Refusal> {
        access::require(&self.ports, caller, Permission::NotificationsWrite).await?;
        let changed = self.ports.store.cancel(id, &caller.reach, self.ports.clock.now()).await?;
        self.changed(caller, id, "notification.cancelled", changed, false).await
    }

    /// Queues what failed again.
    pub async fn retry(&self, caller: &Principal, id: NotificationId) -> Result<NotificationRecord, Refusal> {
        access::require(&self.ports, caller, Permission::NotificationsWrite).await?;
        let changed = self.ports.store.retry(id, &caller.reach, self.ports.clock.now()).await?;
        self.changed(caller, id, "notification.retried", changed, true).await
    }

    async fn changed(
        &self,
        caller: &Principal,
        id: NotificationId,
        action: &str,
        changed: Changed,
        announce: bool,
    ) -> Result<NotificationRecord, Refusal> {
        match changed {
            Changed::Unknown => return Err(Refusal::NotFound { what: "notification" }),
            Changed::TooLate(states) => return Err(Refusal::TooLate(states)),
            Changed::Done(ready) if announce => {
                if let Err(error) = self.ports.queues.push(&ready).await {
                    tracing::warn!(%error, "the ready queue is away; the sweeper will find what was queued");
                }
            }
            Changed::Done(_) => {}
        }
        let record = self
            .ports
            .history
            .find_notification(id, &caller.reach)
            .await?
            .ok_or(Refusal::NotFound { what: "notification" })?;
        access::note(
            &self.ports,
            &caller.name(),
            action,
            record.notification.business.clone(),
            &id.to_string(),
        )
        .await;
        Ok(record)
    }
}
