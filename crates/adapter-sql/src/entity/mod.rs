//! The tables as SeaORM sees them: plain rows, one file a table. Nothing outside this crate knows them.

#![expect(unreachable_pub, reason = "SeaORM's derives ask for public items; the module itself is private")]

pub(crate) mod api_key;
pub(crate) mod attempt;
pub(crate) mod audit_entry;
pub(crate) mod batch;
pub(crate) mod business;
pub(crate) mod consent;
pub(crate) mod data_key;
pub(crate) mod event;
pub(crate) mod idempotency_key;
pub(crate) mod inbound_message;
pub(crate) mod inbox_item;
pub(crate) mod message;
pub(crate) mod notification;
pub(crate) mod person;
pub(crate) mod preference;
pub(crate) mod receipt;
pub(crate) mod suppression;
