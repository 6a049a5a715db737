//! Encryption at rest, blind index, and opaque tokens.

use std::fmt;

/// A data key, wrapped by a master key: `key id` and ciphertext together, as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey(pub Vec<u8>);

/// An unwrapped data key. Cleared from memory when dropped; never printed.
pub struct DataKey(pub [u8; 32]);

impl Drop for DataKey {
    fn drop(&mut self) {
        self.0.fill(0);
        std::hint::black_box(&self.0);
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedKey({} bytes)", self.0.len())
    }
}

/// Where a sealed value stands: bound into it, so that it cannot be moved to another row or column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's id.
    pub row: &'a str,
}

/// Why something cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The master key that it was wrapped with is not configured.
    #[error("no master key with id {0:?} is configured")]
    UnknownMasterKey(String),
    /// It was changed, moved, or sealed with another key.
    #[error("a sealed value does not open: it was changed, moved, or sealed with another key")]
    Sealed,
}

/// Guards personal data.
///
/// An adapter MUST use authenticated encryption with a fresh nonce each time and MUST bind the place of a value and the owner of
/// a data key into them.
pub trait Vault: Send + Sync {
    /// Makes a data key for an owner, wrapped by the current master key.
    fn new_key(&self, owner: &str) -> WrappedKey;

    /// Opens a data key.
    fn unwrap_key(&self, owner: &str, key: &WrappedKey) -> Result<DataKey, VaultError>;

    /// The same data key wrapped by the current master key, or `None` when it already is.
    fn rewrap_key(&self, owner: &str, key: &WrappedKey) -> Result<Option<WrappedKey>, VaultError>;

    /// Seals a value for its place.
    fn seal(&self, key: &DataKey, place: Place<'_>, plain: &[u8]) -> Vec<u8>;

    /// Opens a sealed value.
    fn open(&self, key: &DataKey, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, VaultError>;

    /// A keyed hash of a normalised address, for look-up by equality.
    fn blind_index(&self, label: &str, normalised: &str) -> String;

    /// An opaque, unguessable, URL-safe token that carries a text.
    fn make_token(&self, label: &str, text: &str) -> String;

    /// The text of a token made under the same label.
    fn read_token(&self, label: &str, token: &str) -> Result<String, VaultError>;

    /// 256 random bits, URL-safe, for an API key.
    fn new_secret(&self) -> String;
}
