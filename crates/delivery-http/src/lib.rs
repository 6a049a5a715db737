//! The way in by HTTP: routes under `/v1`, health, the specification and its pages, and the unsubscribe page.
//!
//! Architecture invariant: a handler translates and nothing else. It reads a request into a command of the application, runs one
//! use case, and writes the report. What a client sees is a type of `dto`, never one of the domain, so that neither can change
//! the other by accident. Every answer that is not a success is `application/problem+json` (RFC 9457), never repeats what was sent,
//! and is never a 5xx because of what was sent. The routing table in `routes.rs` is the whole surface; a test compares it with the
//! specification that is generated from the handlers.
//!
//! To add a route: its body in `dto/`, a handler in `handlers/`, a line in `routes.rs`, a line in `openapi.rs`.

mod answers;
mod api;
mod auth;
mod body;
mod callback;
mod crowd;
mod deadline;
mod docs_ui;
mod dto;
mod event_line;
mod failure_words;
mod form;
mod handlers;
mod idempotency;
mod if_match;
mod kind_names;
mod meant;
mod merge_patch;
mod observe;
mod openapi;
mod origin;
mod page;
mod path;
mod preference_page;
mod preference_words;
mod problem;
mod query;
mod routes;
mod shape;
mod token;
mod twiml;
mod websocket;
mod words;
mod world;

pub use api::{Api, ApiSettings, Counts};
pub use event_line::read_event_line;
pub use openapi::openapi;
pub use routes::{listed, operations_routes, routes};
pub use token::TokenSeal;
