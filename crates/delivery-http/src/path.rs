//! Ids in paths.

use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use carillon_domain::{AppointmentId, BatchId, BusinessId, EventId, MessageId, NotificationId, PersonId};
use percent_encoding::percent_decode_str;

use crate::dto::problem::FieldProblem;
use crate::problem::ApiError;

/// The last id that a path holds: `{id}`, `{seq}` or `{token}`.
pub(crate) struct Id<T>(pub(crate) T);

/// Something that a path can name.
pub(crate) trait InPath: Sized {
    /// Reads it; a text that cannot be one is answered by the error.
    fn read(text: &str) -> Result<Self, ApiError>;
}

impl<T: InPath> FromRequest for Id<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(text(request).and_then(|text| T::read(&text)).map(Self))
    }
}

/// The text as it was meant. The router's own decoding replaces what is not UTF-8, so two ids could become one: the raw path is
/// read instead.
fn text(request: &HttpRequest) -> Result<String, ApiError> {
    let pattern = request.match_pattern().unwrap_or_default();
    let place = pattern.split('/').position(|step| step.starts_with('{')).ok_or_else(ApiError::internal)?;
    let raw = request.uri().path().split('/').nth(place).unwrap_or_default();
    let text = percent_decode_str(raw).decode_utf8();
    text.map(String::from).map_err(|_| ApiError::unreadable("malformed_path", "The path is not UTF-8."))
}

/// Every step that a path names, in their order: for paths that name several.
pub(crate) fn steps(request: &HttpRequest) -> Result<Vec<String>, ApiError> {
    let pattern = request.match_pattern().unwrap_or_default();
    let named =
        pattern.split('/').zip(request.uri().path().split('/')).filter(|(step, _)| step.starts_with('{'));
    let read = |(_, raw)| {
        let text = percent_decode_str(raw).decode_utf8();
        text.map(String::from).map_err(|_| ApiError::unreadable("malformed_path", "The path is not UTF-8."))
    };
    named.map(read).collect()
}

/// Ids of our own making are opaque: whatever is not one names nothing.
fn own<T: FromStr>(text: &str, what: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_| ApiError::not_found(format!("There is no such {what}.")))
}

/// Ids of the platform's making have a form that its developers should hear of.
fn given<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|error: T::Err| {
        ApiError::input("invalid_path", vec![FieldProblem::of_parameter("id", &error.to_string())])
    })
}

impl InPath for EventId {
    fn read(text: &str) -> Result<Self, ApiError> {
        own(text, "event")
    }
}

impl InPath for NotificationId {
    fn read(text: &str) -> Result<Self, ApiError> {
        own(text, "notification")
    }
}

impl InPath for BatchId {
    fn read(text: &str) -> Result<Self, ApiError> {
        own(text, "batch")
    }
}

impl InPath for MessageId {
    fn read(text: &str) -> Result<Self, ApiError> {
        own(text, "dead letter")
    }
}

impl InPath for i64 {
    fn read(text: &str) -> Result<Self, ApiError> {
        own(text, "inbox item")
    }
}

impl InPath for AppointmentId {
    fn read(text: &str) -> Result<Self, ApiError> {
        given(text)
    }
}

impl InPath for BusinessId {
    fn read(text: &str) -> Result<Self, ApiError> {
        given(text)
    }
}

impl InPath for PersonId {
    fn read(text: &str) -> Result<Self, ApiError> {
        given(text)
    }
}

impl InPath for String {
    fn read(text: &str) -> Result<Self, ApiError> {
        Ok(text.to_owned())
    }
}
