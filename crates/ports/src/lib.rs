//! What Carillon asks of the world: one trait a role, with the errors that force a decision.
//!
//! Architecture invariant: a port speaks of the domain alone, never of a technology, and its documentation says what every
//! adapter MUST do; the contract suites in the testkit hold each adapter to it. `find_` answers an `Option`, `list_` a page.
//!
//! To add a port: a file here, a fake and a contract suite in the testkit, an adapter crate, a line in the server's wiring.

pub mod alarms;
pub mod appointments;
pub mod batches;
pub mod business_texts;
pub mod calendar;
pub mod caps;
pub mod catalogue;
pub mod clock;
pub mod content;
pub mod costs;
pub mod digests;
pub mod directory;
pub mod email;
pub mod error;
pub mod history;
pub mod ids;
pub mod inbox;
pub mod keys;
pub mod limits;
pub mod live;
pub mod mailbox;
pub mod operations;
pub mod own_texts;
pub mod provider;
pub mod providers;
pub mod ready;
pub mod receipts;
pub mod retention;
pub mod sms;
pub mod statistics;
pub mod store;
pub mod suppression_list;
pub mod texting;
pub mod vault;

pub use alarms::Alarms;
pub use appointments::Appointments;
pub use batches::Batches;
pub use business_texts::BusinessTexts;
pub use calendar::CalendarWriter;
pub use caps::Caps;
pub use catalogue::{Catalogue, Renderer};
pub use clock::Clock;
pub use content::Content;
pub use costs::Costs;
pub use digests::Digests;
pub use directory::Directory;
pub use email::EmailSender;
pub use error::StoreError;
pub use history::History;
pub use ids::Ids;
pub use inbox::Inbox;
pub use keys::ApiKeys;
pub use limits::Limits;
pub use live::LiveFeed;
pub use mailbox::Letterbox;
pub use operations::Operations;
pub use own_texts::OwnTexts;
pub use provider::SendError;
pub use providers::ProviderBoard;
pub use ready::ReadyQueue;
pub use receipts::{ReceiptSource, ReceiptStore};
pub use retention::Retention;
pub use sms::SmsSender;
pub use statistics::Statistics;
pub use store::MessageStore;
pub use suppression_list::SuppressionList;
pub use texting::InboundTexts;
pub use vault::Vault;
