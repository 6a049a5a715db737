//! Appointments and the reminders planned for them.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use carillon_domain::ids::{AppointmentId, BusinessId, EventId, KindName, MessageId, PersonId};
use carillon_domain::replan::{Existing, Move};
use carillon_domain::{Booking, Business, Channel, Event, Message, Notification, Reach};
use chrono::{DateTime, Utc};

use crate::error::StoreError;

/// An appointment with every reminder of its present timing.
#[derive(Debug, Clone)]
pub struct Booked {
    /// The appointment.
    pub booking: Booking,
    /// Its reminders, ended ones included.
    pub reminders: Vec<Existing>,
}

/// What a recipient was told of an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The newest revision that they know.
    pub revision: i64,
    /// The newest event that told them.
    pub event: EventId,
    /// By which kind.
    pub kind: KindName,
}

/// Which appointments are wanted: all lie ahead and are agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// Of this business alone.
    pub business: Option<BusinessId>,
    /// Starting after this time.
    pub from: DateTime<Utc>,
    /// Starting at or before this time.
    pub to: Option<DateTime<Utc>>,
    /// Only those for whose present timing nothing is planned.
    pub unplanned: bool,
}

/// Where a page of appointments goes on: after this start, business and id.
pub type Cursor = (DateTime<Utc>, BusinessId, AppointmentId);

/// A change of what is planned, for any number of appointments of one business: committed whole, or not at all.
#[derive(Debug, Clone)]
pub struct Replanning {
    /// What caused it.
    pub event: Event,
    /// The business with settings that change in the same commit.
    pub business: Option<Business>,
    /// The business this was worked out from: should it have changed since, nothing is written.
    pub known: Option<Business>,
    /// The appointments this was worked out from, each at its revision: should one have changed since, nothing is written.
    pub bookings: Vec<(AppointmentId, i64)>,
    /// Reminders to plan.
    pub notifications: Vec<Notification>,
    /// Their messages.
    pub messages: Vec<Message>,
    /// Reminders to call off, unless they are leaving already.
    pub vanish: Vec<MessageId>,
    /// Reminders to move, unless they are leaving already.
    pub moved: Vec<Move>,
}

/// A reminder that came too late to be of use, for an appointment that still lies ahead.
#[derive(Debug, Clone, PartialEq)]
pub struct MissedReminder {
    /// Its message.
    pub message: MessageId,
    /// The tenant.
    pub business: BusinessId,
    /// Who was to be reminded.
    pub person: PersonId,
    /// By what.
    pub channel: Channel,
    /// The appointment; `None` when it no longer takes place as planned.
    pub booking: Option<Booking>,
}

/// The appointments of a span of time, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activity {
    /// Appointments by where they stand, of those that start in the span.
    pub by_status: BTreeMap<String, u64>,
    /// Clients who were first heard of in the span.
    pub new_clients: u64,
}

/// Appointments. A change of one by an event goes through [`crate::MessageStore::append`].
#[async_trait]
pub trait Appointments: Send + Sync {
    /// One appointment with its reminders.
    async fn find_appointment(
        &self,
        business: &BusinessId,
        id: &AppointmentId,
    ) -> Result<Option<Booked>, StoreError>;

    /// What each recipient was told of an appointment by an event, or will be. Reminders do not count, nor what was not sent; that
    /// something was no news to them (`unchanged`) counts for the revision.
    async fn list_told(
        &self,
        business: &BusinessId,
        id: &AppointmentId,
    ) -> Result<HashMap<PersonId, Told>, StoreError>;

    /// Every appointment within reach that has this id: ids are unique within a business.
    async fn list_named(&self, id: &AppointmentId, reach: &Reach) -> Result<Vec<Booked>, StoreError>;

    /// A page of what lies ahead, with its reminders, by start.
    async fn list_ahead(
        &self,
        which: &Ahead,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Vec<Booked>, StoreError>;

    /// These reminders as they stand now, of whatever timing.
    async fn list_reminders(&self, ids: &[MessageId]) -> Result<Vec<Existing>, StoreError>;

    /// Commits a change of plans; `false`, with nothing written, when an appointment has changed since it was read, or somebody else
    /// has planned the same meanwhile.
    async fn replan(&self, change: Replanning) -> Result<bool, StoreError>;

    /// Reminders that ended too late before a time and of which nobody was told yet, oldest first.
    async fn list_missed(&self, before: DateTime<Utc>, limit: u32)
    -> Result<Vec<MissedReminder>, StoreError>;

    /// Appointments of a practitioner that start in a span, by start: whatever was not called off.
    async fn list_visits(
        &self,
        business: &BusinessId,
        practitioner: &PersonId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Booking>, StoreError>;

    /// What happened in a business in a span of time.
    async fn count_activity(
        &self,
        business: &BusinessId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Activity, StoreError>;

    /// Events of a name that a business accepted in a span of time; those about erased people are left out.
    async fn list_events(
        &self,
        business: &BusinessId,
        name: &str,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Event>, StoreError>;

    /// Every business, by id, after one.
    async fn list_businesses(
        &self,
        after: Option<&BusinessId>,
        limit: u32,
    ) -> Result<Vec<Business>, StoreError>;

    /// The value kept under a name, such as the version of the time zones that plans were made with.
    async fn find_mark(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Keeps a value under a name.
    async fn put_mark(&self, name: &str, value: &str) -> Result<(), StoreError>;
}
