//! Why a use case did not do what was asked.

use std::time::Duration;

use carillon_domain::ids::MessageId;
use carillon_domain::{Class, Permission, Status};
pub use carillon_ports::StoreError;
use carillon_ports::catalogue::FieldError;
use serde::{Deserialize, Serialize};

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// A JSON pointer (RFC 6901) into the request's body; for a parameter of the query, its bare name.
    pub pointer: String,
    /// What to change.
    pub detail: String,
}

impl Problem {
    /// A problem at a pointer.
    pub fn at(pointer: impl Into<String>, detail: impl std::fmt::Display) -> Self {
        Self { pointer: pointer.into(), detail: detail.to_string() }
    }

    /// A problem in the request's `data`.
    pub fn in_data(error: &FieldError) -> Self {
        Self { pointer: format!("/data{}", error.pointer), detail: error.detail.clone() }
    }
}

/// Why a use case did nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The input must be changed. `code` names the kind of mistake for programs.
    #[error("{code}")]
    Input {
        /// For programs: `invalid_data`, `unknown_event_type` …
        code: &'static str,
        /// What to change, at least one.
        problems: Vec<Problem>,
    },
    /// There is nothing of that id in the caller's reach.
    #[error("there is no such {what}")]
    NotFound {
        /// What was looked for.
        what: &'static str,
    },
    /// The credential does not carry this permission.
    #[error("this needs the permission {0}")]
    Forbidden(Permission),
    /// It is only for people, by their own token.
    #[error("this needs a user token")]
    PeopleOnly,
    /// It is too late for that; these are the states.
    #[error("it is too late for that")]
    TooLate(Vec<(MessageId, Status)>),
    /// Nothing of it is left to change.
    #[error("nothing of this {what} is left to change")]
    NothingLeft {
        /// What was to be changed.
        what: &'static str,
    },
    /// Too much of this class waits already.
    #[error("too many messages of class {class} wait already")]
    Busy {
        /// The class that is turned away.
        class: Class,
        /// When to come again.
        wait: Duration,
    },
    /// The process should get no work now.
    #[error("not ready: {why}")]
    NotReady {
        /// Why.
        why: &'static str,
    },
    /// It has changed since the caller read it.
    #[error("the {what} has changed since it was read")]
    Changed {
        /// What was to be changed.
        what: &'static str,
    },
    /// The `Idempotency-Key` came before with another body.
    #[error("this Idempotency-Key was used before with another request")]
    KeyReused,
    /// The database cannot do it now.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusal {
    /// One mistake.
    pub fn input(code: &'static str, pointer: impl Into<String>, detail: impl std::fmt::Display) -> Self {
        Self::Input { code, problems: vec![Problem::at(pointer, detail)] }
    }

    /// Several mistakes, or nothing wrong at all.
    pub fn unless_empty(code: &'static str, problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self::Input { code, problems }) }
    }
}
