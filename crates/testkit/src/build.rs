//! Builders: things as tests need them, with everything that does not matter filled in.

use std::collections::BTreeMap;

use carillon_domain::ids::{BusinessId, KindName, PersonId};
use carillon_domain::notification::Fence;
use carillon_domain::{
    Actor, Appointment, AppointmentStatus, Booking, Business, Channel, Class, EmailAddress, Event, Message,
    Notification, Person, PhoneNumber, Purpose, Settings, Value,
};
use carillon_ports::Ids;
use carillon_ports::store::Acceptance;
use chrono::{DateTime, TimeDelta, Utc};

/// 2026-12-01 08:00 UTC.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_796_112_000, 0).unwrap_or_default()
}

/// Reads an id. Panics on a bad one: it is written in the test.
pub fn id<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is no id"))
}

/// A client with every address.
pub fn client(person: &str) -> Person {
    Person {
        id: id(person),
        actor: Actor::EndClient,
        role: None,
        business: Some(id("salon")),
        name: "Camille Laurent".to_owned(),
        email: EmailAddress::parse("camille.laurent@example.com").ok(),
        phone: PhoneNumber::parse("+33612345678").ok(),
        locale: None,
        timezone: None,
        choices: carillon_domain::Choices::default(),
    }
}

/// A business with default settings.
pub fn business(business: &str) -> Business {
    Business { id: id(business), name: "Atelier Lumière".to_owned(), settings: Settings::default() }
}

/// An appointment tomorrow.
pub fn appointment(appointment: &str) -> Appointment {
    Appointment {
        id: id(appointment),
        business: id("salon"),
        status: AppointmentStatus::Confirmed,
        starts_at: now() + TimeDelta::hours(24),
        ends_at: None,
        timezone: None,
        service: "Coupe et brushing".to_owned(),
        location: None,
        clients: vec![id("camille")],
        practitioner: None,
        url: None,
    }
}

/// The appointment, as this revision of it: each is another timing.
pub fn booking(appointment: Appointment, revision: i64) -> Booking {
    let local_start = appointment.starts_at.naive_utc();
    Booking { appointment, revision, timing: revision, timed_at: now(), changed_at: now(), local_start }
}

/// Puts acceptances together.
pub struct Accepting<'a> {
    ids: &'a dyn Ids,
    acceptance: Acceptance,
}

impl<'a> Accepting<'a> {
    /// An event of the business `salon` about the client `camille`.
    pub fn event(ids: &'a dyn Ids) -> Self {
        let client = client("camille");
        let event = Event {
            id: ids.event(now()),
            name: "payment.received".to_owned(),
            business: Some(id("salon")),
            occurred_at: now(),
            accepted_at: now(),
            data: Value::Map(BTreeMap::from([("note".to_owned(), Value::from("a private word"))])),
            parts: BTreeMap::from([("client".to_owned(), client.id.clone())]),
        };
        let acceptance =
            Acceptance { people: vec![client], business: Some(business("salon")), ..Acceptance::of(event) };
        Self { ids, acceptance }
    }

    /// A notification for `camille` with one message.
    #[must_use]
    pub fn message(self, channel: Channel, due_at: DateTime<Utc>) -> Self {
        self.message_for("camille", channel, Class::Immediate, due_at)
    }

    /// A notification for somebody with one message.
    #[must_use]
    pub fn message_for(
        mut self,
        person: &str,
        channel: Channel,
        class: Class,
        due_at: DateTime<Utc>,
    ) -> Self {
        let notification = Notification {
            id: self.ids.notification(now()),
            event: self.acceptance.event.id,
            business: Some(id::<BusinessId>("salon")),
            kind: id::<KindName>("client.payment_confirmed"),
            recipient: id::<PersonId>(person),
            class,
            purpose: Purpose::Service,
            batch: None,
            fence: None,
            created_at: now(),
        };
        self.acceptance.messages.push(Message::planned(
            self.ids.message(now()),
            notification.id,
            channel,
            class,
            due_at,
            now(),
        ));
        self.acceptance.notifications.push(notification);
        self
    }

    /// Stores the booking, and makes the notifications so far reminders of its timing, by the rule `24h`.
    #[must_use]
    pub fn fenced_by(mut self, booking: Booking) -> Self {
        for notification in &mut self.acceptance.notifications {
            notification.fence = Some(Fence {
                appointment: booking.appointment.id.clone(),
                revision: booking.timing,
                rule: Some("24h".to_owned()),
            });
        }
        self.acceptance.booking = Some(booking);
        self
    }

    /// Anything else.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Acceptance)) -> Self {
        change(&mut self.acceptance);
        self
    }

    /// What was put together.
    pub fn done(self) -> Acceptance {
        self.acceptance
    }
}
