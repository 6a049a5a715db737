//! A wrapped data key as stored: `version | length of the key id | key id | sealed data key`.

use carillon_ports::vault::{VaultError, WrappedKey};

use crate::config::is_key_id;

const VERSION: u8 = 1;

/// Puts the id of the master key before what it sealed.
pub(crate) fn join(key_id: &str, sealed: &[u8]) -> WrappedKey {
    let length = u8::try_from(key_id.len()).expect("a key id has at most 32 characters");
    WrappedKey([&[VERSION, length], key_id.as_bytes(), sealed].concat())
}

/// The id of the master key, and what it sealed.
pub(crate) fn split(WrappedKey(bytes): &WrappedKey) -> Result<(&str, &[u8]), VaultError> {
    let (&[version, length], rest) = bytes.split_first_chunk().ok_or(VaultError::Sealed)?;
    let (key_id, sealed) = rest.split_at_checked(usize::from(length)).ok_or(VaultError::Sealed)?;
    let key_id = str::from_utf8(key_id).map_err(|_| VaultError::Sealed)?;
    // An id that no configuration can hold is a damaged row, not a missing key: nobody should go and look for it.
    if version != VERSION || !is_key_id(key_id) {
        return Err(VaultError::Sealed);
    }
    Ok((key_id, sealed))
}
