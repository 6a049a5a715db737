//! The texts that businesses have written, with all their versions.

use async_trait::async_trait;
use carillon_domain::ids::{BusinessId, KindName};
use carillon_domain::{Channel, Locale, OwnText};
use chrono::{DateTime, Utc};

use crate::error::StoreError;

/// What a text is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TextName {
    /// Whose.
    pub business: BusinessId,
    /// Which kind it stands for.
    pub kind: KindName,
    /// How it travels.
    pub channel: Channel,
    /// In which language.
    pub locale: Locale,
}

/// One version of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextVersion {
    /// What it is for.
    pub name: TextName,
    /// Rises by one with each change.
    pub version: u32,
    /// What it says; `None` is back to the built-in text.
    pub text: Option<OwnText>,
    /// Who wrote it: `key:<id>` or `user:<id>`.
    pub author: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Keeps them. A version that is written is never changed.
#[async_trait]
pub trait BusinessTexts: Send + Sync {
    /// The newest version of each text of a business, those that are back to the built-in text left out.
    async fn list_texts(&self, business: &BusinessId) -> Result<Vec<TextVersion>, StoreError>;

    /// All versions of a text, the newest first.
    async fn list_versions(&self, name: &TextName) -> Result<Vec<TextVersion>, StoreError>;

    /// Adds a version and answers its number. [`StoreError::Conflict`] when somebody else added one in the same moment.
    async fn add_version(
        &self,
        name: &TextName,
        text: Option<&OwnText>,
        author: &str,
        now: DateTime<Utc>,
    ) -> Result<u32, StoreError>;
}
