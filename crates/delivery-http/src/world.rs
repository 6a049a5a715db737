//! What use cases take and answer, in the words of the ports. This is the only file that names them.

pub(crate) use carillon_ports::StoreError;
pub(crate) use carillon_ports::content::{Action, Content};
pub(crate) use carillon_ports::directory::{Consent, Topic};
pub(crate) use carillon_ports::history::{AttemptRecord, Filter, MessageRecord, NotificationRecord, Page};
pub(crate) use carillon_ports::inbox::{InboxCounts, InboxItem};
