//! Problem details (RFC 9457).

use carillon_domain::{MessageId, Status};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::names::StatusName;

/// Why a request was not done (RFC 9457, `application/problem+json`). `code` is for programs, `detail` for people.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Always `about:blank`: `code` says what kind of problem it is.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub(crate) kind: &'static str,
    /// The status in words.
    #[schema(example = "Unprocessable Entity")]
    pub(crate) title: &'static str,
    /// The status.
    #[schema(example = 422)]
    pub(crate) status: u16,
    /// What kind of problem it is, for programs: `invalid_data`, `not_found` …
    #[schema(example = "invalid_data")]
    pub(crate) code: String,
    /// What to do about it, for people. Never repeats what was sent.
    #[schema(example = "What was sent has to be changed; errors says where and how.")]
    pub(crate) detail: String,
    /// For input: what is wrong with it, and where.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<FieldProblem>,
    /// For `too_late`: where each message stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) messages: Option<Vec<MessageState>>,
}

/// One thing that is wrong with the input.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FieldProblem)]
pub(crate) struct FieldProblem {
    /// Where in the body (JSON pointer, RFC 6901). Empty for the whole body, and for what is not in the body.
    #[schema(example = "/data/appointment/starts_at")]
    pub(crate) pointer: String,
    /// For what is not in the body: the name of the query parameter, the path parameter or the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "limit")]
    pub(crate) parameter: Option<String>,
    /// What to change.
    #[schema(example = "is required")]
    pub(crate) detail: String,
}

/// Where a message stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MessageState {
    /// The message.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3d")]
    pub(crate) id: MessageId,
    /// Its state.
    #[schema(value_type = StatusName)]
    pub(crate) status: Status,
}

impl FieldProblem {
    /// Somewhere in the body.
    pub(crate) fn in_body(pointer: String, detail: String) -> Self {
        Self { pointer, parameter: None, detail }
    }

    /// In a parameter of the path or the query.
    pub(crate) fn of_parameter(name: &str, detail: &str) -> Self {
        Self { pointer: String::new(), parameter: Some(name.to_owned()), detail: format!("{name}: {detail}") }
    }

    /// In a header.
    pub(crate) fn of_header(name: &str, detail: &str) -> Self {
        Self::of_parameter(name, detail)
    }
}
