//! User tokens.

use carillon_application::Refusal;
use carillon_domain::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dto::reading::Reading;
use crate::dto::timestamp::Timestamp;

/// Asks for a token in the name of a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"recipient_id": "client-77", "ttl_s": 3600}))]
pub(crate) struct TokenInput {
    /// Who it is for.
    #[schema(example = "client-77")]
    recipient_id: String,
    /// How long it holds, in seconds, at most a day.
    #[schema(example = 3600, minimum = 1, maximum = 86400)]
    pub(crate) ttl_s: u32,
}

/// A token.
#[derive(Serialize, ToSchema)]
pub(crate) struct Token {
    /// What the person's browser sends: `Authorization: Bearer …`.
    #[schema(example = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjbGllbnQtNzcifQ.c2lnbmF0dXJl")]
    pub(crate) token: String,
    /// Until when it holds.
    pub(crate) expires_at: Timestamp,
}

impl TokenInput {
    /// Who it is for.
    pub(crate) fn person(&self) -> Result<PersonId, Refusal> {
        let mut reading = Reading::new("invalid_token_request");
        let id = reading.field("/recipient_id", &self.recipient_id, str::parse);
        reading.finish(id)
    }
}
