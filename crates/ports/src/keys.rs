//! API keys and the audit trail.

use async_trait::async_trait;
use carillon_domain::ids::BusinessId;
use carillon_domain::{Permission, Reach};
use chrono::{DateTime, Utc};

use crate::error::StoreError;

/// An API key. The secret itself is never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its public part.
    pub id: String,
    /// SHA-256 of the whole key; 256 random bits need no slow hash.
    pub hash: Vec<u8>,
    /// What it is for, in the words of its maker.
    pub name: String,
    /// [`Reach::Platform`] or [`Reach::Business`].
    pub reach: Reach,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// One line of the audit trail. Holds ids, never addresses or texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: DateTime<Utc>,
    /// Who: the name of a principal, or `cli`.
    pub actor: String,
    /// What: `recipient.erased`, `access.refused` …
    pub action: String,
    /// The tenant concerned.
    pub business: Option<BusinessId>,
    /// What it was done to.
    pub target: String,
}

/// Keys and audit.
#[async_trait]
pub trait ApiKeys: Send + Sync {
    /// Stores a new key.
    async fn add_key(&self, key: &ApiKey) -> Result<(), StoreError>;

    /// One key, revoked or not.
    async fn find_key(&self, id: &str) -> Result<Option<ApiKey>, StoreError>;

    /// All keys, newest first.
    async fn list_keys(&self) -> Result<Vec<ApiKey>, StoreError>;

    /// Revokes a key; `false` when there is none, or it already was.
    async fn revoke_key(&self, id: &str, now: DateTime<Utc>) -> Result<bool, StoreError>;

    /// Adds to the audit trail. Nothing in it is ever changed.
    async fn audit(&self, entries: &[AuditEntry]) -> Result<(), StoreError>;
}
