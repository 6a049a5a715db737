//! Every answer that is not a success: problem details (RFC 9457).

use std::fmt;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use carillon_application::{Problem, Refusal};

use crate::dto::problem::{FieldProblem, MessageState, ProblemBody};
use crate::world::StoreError;

/// An answer that is not a success.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<FieldProblem>,
    messages: Option<Vec<MessageState>>,
    header: Option<Box<(HeaderName, HeaderValue)>>,
}

impl ApiError {
    /// An answer with a code for programs and a sentence for people. The sentence must not repeat what was sent.
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), errors: Vec::new(), messages: None, header: None }
    }

    /// The input must be changed, here and there.
    pub(crate) fn input(code: &'static str, errors: Vec<FieldProblem>) -> Self {
        let detail = "What was sent has to be changed; errors says where and how.";
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail) }
    }

    /// The input cannot be read at all.
    pub(crate) fn unreadable(code: &'static str, detail: impl Into<String>) -> Self {
        let error = FieldProblem::in_body(String::new(), "cannot be read".to_owned());
        Self { errors: vec![error], ..Self::new(StatusCode::BAD_REQUEST, code, detail) }
    }

    pub(crate) fn unauthorized() -> Self {
        let detail = "A valid API key or user token is needed: Authorization: Bearer …";
        Self::new(StatusCode::UNAUTHORIZED, "invalid_credentials", detail)
            .with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// A signature that does not hold. What is wrong with it is nobody's business but ours.
    pub(crate) fn forged() -> Self {
        let detail = "The signature does not hold.";
        Self::new(StatusCode::UNAUTHORIZED, "invalid_signature", detail)
            .with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Signature"))
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    pub(crate) fn wrong_method(allowed: &str) -> Self {
        let detail = format!("This path takes {allowed}.");
        let error = Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail);
        match HeaderValue::from_str(allowed) {
            Ok(value) => error.with_header(ALLOW, value),
            Err(_) => error,
        }
    }

    /// Too many requests; the same is worth a try after this long.
    pub(crate) fn too_many(wait: Duration) -> Self {
        let detail =
            "This credential has sent too many requests. Retry-After says for how many seconds to wait.";
        Self::later(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail, wait)
    }

    /// More requests at once than this process takes.
    pub(crate) fn overloaded() -> Self {
        let detail = "The service has too much to do. Repeat the request, with the same Idempotency-Key if it had one.";
        Self::later(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail, Duration::from_secs(1))
    }

    /// Not now; the same is worth a try after this long.
    fn later(status: StatusCode, code: &'static str, detail: impl Into<String>, wait: Duration) -> Self {
        let error = Self::new(status, code, detail);
        match HeaderValue::from_str(&wait.as_secs_f64().ceil().max(1.0).to_string()) {
            Ok(value) => error.with_header(RETRY_AFTER, value),
            Err(_) => error,
        }
    }

    pub(crate) fn unavailable() -> Self {
        let detail = "The service cannot do this at the moment. Repeat the request, with the same Idempotency-Key if it had one.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
            .with_header(RETRY_AFTER, HeaderValue::from_static("2"))
    }

    pub(crate) fn internal() -> Self {
        let detail = "The service made a mistake; it was written down.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    /// Whether a name was given more than once.
    pub(crate) fn is_repetition(&self) -> bool {
        self.errors.iter().any(|error| error.detail == crate::shape::REPEATED)
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    fn with_header(self, name: HeaderName, value: HeaderValue) -> Self {
        Self { header: Some(Box::new((name, value))), ..self }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let body = ProblemBody {
            kind: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            code: self.code.to_owned(),
            detail: self.detail.clone(),
            errors: self.errors.clone(),
            messages: self.messages.clone(),
        };
        let mut response = HttpResponse::build(self.status);
        if let Some(header) = &self.header {
            response.insert_header((header.0.clone(), header.1.clone()));
        }
        response
            .content_type("application/problem+json")
            .body(serde_json::to_string(&body).unwrap_or_default())
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Input { code, problems } => {
                Self::input(code, problems.into_iter().map(FieldProblem::from).collect())
            }
            Refusal::NotFound { what } => Self::not_found(format!("There is no such {what}.")),
            Refusal::Forbidden(permission) => {
                let detail = format!("This needs the permission {permission}.");
                Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
            }
            Refusal::PeopleOnly => {
                let detail = "This is for people, by their own user token.";
                Self::new(StatusCode::FORBIDDEN, "user_token_required", detail)
            }
            Refusal::TooLate(states) => {
                let detail = "It is too late for that; messages says where each of them stands.";
                let messages = states.into_iter().map(|(id, status)| MessageState { id, status }).collect();
                Self { messages: Some(messages), ..Self::new(StatusCode::CONFLICT, "too_late", detail) }
            }
            Refusal::NothingLeft { what } => {
                let detail = format!("Nothing of this {what} is left to change.");
                Self::new(StatusCode::CONFLICT, "too_late", detail)
            }
            Refusal::Busy { class, wait } => {
                let detail = format!(
                    "Too many messages of class {class} wait already. Retry-After says for how many seconds to wait."
                );
                Self::later(StatusCode::TOO_MANY_REQUESTS, "queue_full", detail, wait)
            }
            Refusal::NotReady { why } => {
                let detail = format!("The process takes no work: {why}.");
                Self::later(StatusCode::SERVICE_UNAVAILABLE, "not_ready", detail, Duration::from_secs(5))
            }
            Refusal::Changed { what } => {
                let detail = format!(
                    "The {what} has changed since the revision that If-Match names: read it again, then repeat the change."
                );
                Self::new(StatusCode::PRECONDITION_FAILED, "revision_differs", detail)
            }
            Refusal::KeyReused => {
                let detail = "This Idempotency-Key was used before with another request.";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail)
            }
            Refusal::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(detail) => Self::new(StatusCode::CONFLICT, "conflict", detail),
            StoreError::Unavailable(_) | StoreError::Overtaken => {
                tracing::warn!(%error, "a request could not be served");
                Self::unavailable()
            }
            StoreError::Corrupt(_) => {
                tracing::error!(%error, "a request met stored data that cannot be read: an operator must look");
                Self::internal()
            }
        }
    }
}

impl From<Problem> for FieldProblem {
    fn from(problem: Problem) -> Self {
        if problem.pointer.is_empty() || problem.pointer.starts_with('/') {
            return Self::in_body(problem.pointer, problem.detail);
        }
        Self::of_parameter(&problem.pointer, &problem.detail)
    }
}
