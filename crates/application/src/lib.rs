//! What Carillon does: one use case a file, each a sentence of load, decide, store, announce.
//!
//! Architecture invariant: nothing here knows HTTP, SQL or a provider. A use case takes a caller ([`Principal`]) and a command,
//! asks the ports, lets the domain decide, and answers a report or a [`Refusal`].
//!
//! To add a use case: a file with a struct named verb and noun, its test in `tests/`, and a line where it is offered.
//!
//! [`Principal`]: carillon_domain::Principal

pub mod accept;
pub mod access;
pub mod addressees;
mod ahead;
pub mod alarm;
pub mod apply_receipts;
pub mod appointments;
pub mod audience;
pub mod batches;
pub mod businesses;
mod caps;
pub mod channels;
pub mod clocks;
pub mod consents;
pub mod costs;
pub mod deliver;
pub mod digest;
pub mod dry_run;
mod ended;
mod gate;
pub mod history;
pub mod inbox;
pub mod inline;
mod invitation;
pub mod keep_moving;
pub mod keys;
pub mod kinds;
mod leaving;
pub mod live;
pub mod load;
pub mod mailbox;
pub mod measure;
pub mod missed;
mod money;
pub mod notifications;
pub mod notify;
pub mod notify_many;
pub mod operations;
mod own_texts;
pub mod policy;
pub mod ports;
mod preference_change;
pub mod preference_page;
pub mod preferences;
pub mod providers;
pub mod publish;
pub mod readiness;
pub mod rebooking;
pub mod receive;
pub mod recipients;
pub mod refusal;
pub mod reminders;
pub mod replan;
pub mod report;
pub mod reports;
pub mod request_limits;
pub mod senders;
pub mod settle;
pub mod statistics;
pub mod subject;
pub mod suppressions;
pub mod templates;
pub mod texting;
mod texts;
pub mod tokens;
pub mod unsubscribe;
pub mod vitals;
pub mod watch;

pub use apply_receipts::ApplyReceipts;
pub use appointments::ManageAppointments;
pub use clocks::FollowClocks;
pub use costs::WatchCosts;
pub use deliver::DeliverMessages;
pub use digest::SendDigests;
pub use dry_run::TryEvent;
pub use history::ForgetHistory;
pub use keep_moving::KeepMoving;
pub use live::FollowInbox;
pub use load::{Bounds, Load};
pub use missed::TellWhomToCall;
pub use notify::{Notify, NotifyRecipient};
pub use notify_many::{Bulk, NotifyMany};
pub use policy::Policy;
pub use ports::{Ports, Queues};
pub use preference_page::OpenPreferences;
pub use preferences::Preferences;
pub use providers::{FollowProviders, OperateProviders};
pub use publish::{Publish, PublishEvent};
pub use receive::{Door, Doors, ReceiveReceipts};
pub use refusal::{Problem, Refusal};
pub use replan::ReplanReminders;
pub use reports::SendReports;
pub use senders::Senders;
pub use settle::SettleCosts;
pub use templates::ManageTexts;
pub use texting::{AnswerTexts, PassOnTexts};
pub use vitals::Vitals;
pub use watch::WatchService;
