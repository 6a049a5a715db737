//! What clients send and see. Field names are the contract; nothing here decides anything.

pub(crate) mod business;
pub(crate) mod consent;
pub(crate) mod event;
pub(crate) mod export;
pub(crate) mod health;
pub(crate) mod inbox;
pub(crate) mod kind;
pub(crate) mod names;
pub(crate) mod notification;
pub(crate) mod notify;
pub(crate) mod object;
pub(crate) mod page;
pub(crate) mod problem;
pub(crate) mod reading;
pub(crate) mod recipient;
pub(crate) mod report;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod timestamp;
pub(crate) mod token;
