//! The audit trail.

use carillon_domain::BusinessId;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::dto::cursor;
use crate::dto::search::{limit, time};
use crate::dto::timestamp::Timestamp;
use crate::query::{FromQuery, Pairs};
use crate::world::{AuditFilter, AuditLine, TimeCursor};

/// Which lines are wanted.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditSearch {
    /// Concerning this business.
    #[param(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// By this actor: `key:<id>`, `user:<id>` or `cli`.
    #[param(value_type = Option<String>, example = "key:a1b2c3d4")]
    actor: Option<String>,
    /// Of this action.
    #[param(value_type = Option<String>, example = "recipient.erased")]
    action: Option<String>,
    /// At or after (RFC 3339 with offset).
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<DateTime<Utc>>,
    /// Before (RFC 3339 with offset).
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<DateTime<Utc>>,
    /// At most this many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 50)]
    pub(crate) limit: u32,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub(crate) after: Option<TimeCursor>,
}

impl FromQuery for AuditSearch {
    fn read(query: &mut Pairs) -> Self {
        Self {
            business_id: query.take("business_id"),
            actor: query.take_as("actor", name),
            action: query.take_as("action", name),
            since: query.take_as("since", time),
            until: query.take_as("until", time),
            limit: limit(query),
            after: cursor::take(query),
        }
    }
}

/// A database takes no NUL, and no name of ours has a control character.
fn name(text: &str) -> Result<String, String> {
    if text.is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err("must have 1 to 200 characters, without control characters".to_owned());
    }
    Ok(text.to_owned())
}

impl AuditSearch {
    /// The filter.
    pub(crate) fn filter(self) -> AuditFilter {
        AuditFilter {
            business: self.business_id,
            actor: self.actor,
            action: self.action,
            since: self.since,
            until: self.until,
        }
    }
}

/// A line of the audit trail: who did what to what.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
pub(crate) struct AuditBody {
    /// The line.
    #[schema(example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c42")]
    id: String,
    /// When.
    at: Timestamp,
    /// Who: `key:<id>`, `user:<id>` or `cli`.
    #[schema(example = "key:a1b2c3d4")]
    actor: String,
    /// What.
    #[schema(example = "recipient.erased")]
    action: String,
    /// The business it concerns; null for the platform's own affairs.
    #[schema(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// What it was done to, by id.
    #[schema(example = "client-77")]
    target: String,
    #[serde(skip)]
    place: TimeCursor,
}

impl AuditBody {
    /// Where the list goes on after it.
    pub(crate) fn cursor(&self) -> String {
        cursor::write(self.place)
    }
}

impl From<AuditLine> for AuditBody {
    fn from(line: AuditLine) -> Self {
        let entry = line.entry;
        Self {
            id: line.id.to_string(),
            place: TimeCursor { at: entry.at, id: line.id },
            at: entry.at.into(),
            actor: entry.actor,
            action: entry.action,
            business_id: entry.business,
            target: entry.target,
        }
    }
}
