//! What Carillon knows about notifications, free of any technology: ids, addresses, people, kinds, the message state machine,
//! retry policy, reminder plan and the decision whether a message may leave.
//!
//! Architecture invariant: nothing here waits, reads a clock, draws a random number or touches the world; time and ids come in
//! as arguments. Everything is a plain value, so every rule has a table test beside it.
//!
//! To add a rule: a pure function in the file of its idea, its test below it, and a call from the use case that needs it.

pub mod access;
pub mod address;
pub mod alarm;
pub mod appointment;
pub mod batch;
pub mod budget;
pub mod business;
pub mod category;
pub mod channel;
pub mod choices;
pub mod circuit;
pub mod civil;
pub mod consent;
pub mod country;
pub mod decided;
pub mod decision;
mod dialling;
pub mod event;
pub mod french;
pub mod ids;
pub mod inbound;
pub mod invisible;
pub mod kind;
pub mod lead;
pub mod legal_hours;
pub mod lifting;
pub mod locale;
pub mod message;
pub mod moment;
pub mod name;
pub mod notification;
pub mod number_type;
pub mod own_text;
pub mod person;
pub mod platform;
pub mod preference;
pub mod promise;
pub mod reason;
pub mod receipt;
pub mod reminder;
pub mod replan;
pub mod retry;
pub mod sms;
pub mod span;
pub mod suppression;
pub mod value;
pub mod verdict;
pub mod whose_clock;
pub mod zone;

pub use access::{Permission, Principal, Reach};
pub use address::{EmailAddress, PhoneNumber};
pub use appointment::{Appointment, AppointmentStatus, Booking};
pub use business::{Business, Settings};
pub use category::Category;
pub use channel::{Channel, Class, Purpose};
pub use choices::Choices;
pub use consent::{Consent, Topic};
pub use country::Country;
pub use event::Event;
pub use ids::{AppointmentId, BatchId, BusinessId, EventId, KindName, MessageId, NotificationId, PersonId};
pub use kind::Kind;
pub use locale::Locale;
pub use message::{Message, Status};
pub use notification::Notification;
pub use own_text::OwnText;
pub use person::{Actor, Person, Role};
pub use platform::Platform;
pub use reason::Reason;
pub use suppression::Cause;
pub use value::Value;
