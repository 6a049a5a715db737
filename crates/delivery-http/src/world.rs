//! What use cases take and answer, under one roof.

pub(crate) use carillon_application::batches::BatchProgress;
pub(crate) use carillon_application::inbox::{InboxCounts, InboxItem};
pub(crate) use carillon_application::mailbox::{Action, Content};
pub(crate) use carillon_application::notifications::{
    AttemptRecord, Filter, MessageCost, MessageRecord, NotificationRecord, Page, ReceiptRecord,
};
pub(crate) use carillon_application::operations::{
    AuditFilter, AuditLine, DeadLetter, DeadLetterFilter, Queue, TimeCursor,
};
pub(crate) use carillon_application::recipients::{Recorded, Topic};
pub(crate) use carillon_application::refusal::StoreError;
pub(crate) use carillon_application::statistics::{Asked as StatsAsked, ChannelFigures, Delivery, Figures};
