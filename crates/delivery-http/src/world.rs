//! What use cases take and answer, under one roof.

pub(crate) use carillon_application::inbox::{InboxCounts, InboxItem};
pub(crate) use carillon_application::mailbox::{Action, Content};
pub(crate) use carillon_application::notifications::{
    AttemptRecord, Filter, MessageRecord, NotificationRecord, Page,
};
pub(crate) use carillon_application::recipients::{Consent, Topic};
pub(crate) use carillon_application::refusal::StoreError;
