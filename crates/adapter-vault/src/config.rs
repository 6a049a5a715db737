//! The list of master keys as the configuration holds it: `id:base64,older-id:base64`.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::{SecretBox, SecretString};
use zeroize::Zeroizing;

use crate::derive::Secret;
use crate::random::random;

/// People copy keys with and without the padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Shorter than a key in base64 (43 characters), so that a key can never pass as an id and be shown.
const LONGEST_ID: usize = 32;

/// What is wrong with a list of master keys. Names the entry by its place, never by its text: that may be the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// There is no entry.
    #[error("no master key is configured: set one as id:key, where the key is 32 random bytes in base64")]
    Empty,
    /// An entry is no pair.
    #[error("master key {0} of the list has no colon: write it as id:key, with commas between entries only")]
    NotPair(usize),
    /// An id is none.
    #[error(
        "master key {0} of the list: the id before the colon must be 1 to 32 letters, digits, '-', '_' or '.'"
    )]
    BadId(usize),
    /// A key is not base64.
    #[error("master key {0} of the list: what follows the colon is not base64")]
    NotBase64(usize),
    /// A key has another length.
    #[error("master key {position} of the list holds {found} bytes: it must hold exactly 32")]
    Length {
        /// Its place in the list, from 1.
        position: usize,
        /// How long it is.
        found: usize,
    },
    /// Two entries have the same id, or the same key.
    #[error(
        "master keys {0} and {1} of the list have the same id or the same key: remove one, or give it its own"
    )]
    Repeated(usize, usize),
}

/// A master key.
#[derive(Debug)]
pub(crate) struct MasterKey {
    pub(crate) id: String,
    pub(crate) secret: Secret,
}

/// Whether a text can be the id of a master key.
pub(crate) fn is_key_id(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=LONGEST_ID).contains(&text.len()) && text.chars().all(allowed)
}

/// Reads the list; the first key is the current one.
pub(crate) fn parse(list: &str) -> Result<Vec<MasterKey>, ConfigError> {
    use secrecy::ExposeSecret;
    if list.trim().is_empty() {
        return Err(ConfigError::Empty);
    }
    let mut keys: Vec<MasterKey> = Vec::new();
    for (position, entry) in (1..).zip(list.split(',')) {
        let key = parse_entry(position, entry.trim())?;
        let is_same = |other: &MasterKey| {
            other.id == key.id || other.secret.expose_secret() == key.secret.expose_secret()
        };
        if let Some(earlier) = keys.iter().position(is_same) {
            return Err(ConfigError::Repeated(earlier + 1, position));
        }
        keys.push(key);
    }
    Ok(keys)
}

/// A fresh entry for the list.
pub(crate) fn generate(id: &str) -> Result<SecretString, ConfigError> {
    if !is_key_id(id) {
        return Err(ConfigError::BadId(1));
    }
    let key = Zeroizing::new(random::<32>());
    let encoded = Zeroizing::new(BASE64.encode(key.as_slice()));
    Ok(SecretString::from(format!("{id}:{}", *encoded)))
}

fn parse_entry(position: usize, entry: &str) -> Result<MasterKey, ConfigError> {
    let (id, key) = entry.split_once(':').ok_or(ConfigError::NotPair(position))?;
    let (id, key) = (id.trim_end(), key.trim_start());
    if !is_key_id(id) {
        return Err(ConfigError::BadId(position));
    }
    let key = Zeroizing::new(BASE64.decode(key).map_err(|_| ConfigError::NotBase64(position))?);
    let key: &[u8; 32] =
        key.as_slice().try_into().map_err(|_| ConfigError::Length { position, found: key.len() })?;
    Ok(MasterKey { id: id.to_owned(), secret: SecretBox::init_with(|| *key) })
}
