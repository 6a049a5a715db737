//! Data keys and the rotation of master keys.

use carillon_ports::Vault;
use carillon_ports::vault::{VaultError, WrappedKey};

use super::{PLACE, assert_sealed, flipped};

/// Wrapped and opened, it is the same key each time.
pub fn a_data_key_opens_for_its_owner<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let wrapped = make(&["a"]).new_key("p-1");
    let opened = || make(&["a"]).unwrap_key("p-1", &wrapped).expect("its owner's").0;
    assert_eq!(opened(), opened());
}

/// A row's key copied to another person's row is of no use.
pub fn a_data_key_does_not_open_for_another_owner<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let vault = make(&["a"]);
    let wrapped = vault.new_key("p-1");
    for other in ["p-2", "p-", "p-11", ""] {
        assert_sealed(vault.unwrap_key(other, &wrapped));
    }
}

/// Neither the key nor its wrapping repeats.
pub fn every_data_key_is_new<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let vault = make(&["a"]);
    let (one, other) = (vault.new_key("p-1"), vault.new_key("p-1"));
    assert_ne!(one, other);
    let opened = |wrapped| vault.unwrap_key("p-1", wrapped).expect("its owner's").0;
    assert_ne!(opened(&one), opened(&other));
}

/// One flipped bit anywhere, or bytes that are missing, and it does not open. A flip in the key id may look like another id.
pub fn a_damaged_data_key_is_refused<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let vault = make(&["a"]);
    let WrappedKey(bytes) = vault.new_key("p-1");
    let shortened = (0..bytes.len()).map(|length| bytes[..length].to_vec());
    for damaged in flipped(&bytes).chain(shortened).chain([[&bytes[..], b"!"].concat()]) {
        assert!(vault.unwrap_key("p-1", &WrappedKey(damaged)).is_err());
    }
}

/// The operator learns which key is missing.
pub fn an_unknown_master_key_is_named<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let wrapped = make(&["2024-05"]).new_key("p-1");
    let unknown = VaultError::UnknownMasterKey("2024-05".to_owned());
    let vault = make(&["2026-01"]);
    assert_eq!(vault.unwrap_key("p-1", &wrapped).err(), Some(unknown.clone()));
    assert_eq!(vault.rewrap_key("p-1", &wrapped).err(), Some(unknown));
}

/// Rotation starts with adding a key, and nothing else has to happen at that moment.
pub fn a_new_master_key_opens_what_the_old_one_wrapped<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let (before, after) = (make(&["old"]), make(&["new", "old"]));
    let wrapped = before.new_key("p-1");
    let sealed =
        before.seal(&before.unwrap_key("p-1", &wrapped).expect("its owner's"), PLACE, b"a@example.com");
    let key = after.unwrap_key("p-1", &wrapped).expect("the old key is in the list");
    assert_eq!(after.open(&key, PLACE, &sealed).as_deref(), Ok(b"a@example.com".as_slice()));
}

/// Afterwards the old master key may go, and the data key is the same.
pub fn rewrapping_moves_a_data_key_to_the_current_master_key<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let old = make(&["old"]);
    let wrapped = old.new_key("p-1");
    let rewrapped =
        make(&["new", "old"]).rewrap_key("p-1", &wrapped).expect("it opens").expect("it is not current");
    let opened = make(&["new"]).unwrap_key("p-1", &rewrapped).expect("the new key alone opens it");
    assert_eq!(opened.0, old.unwrap_key("p-1", &wrapped).expect("its owner's").0);
    assert_sealed(make(&["new"]).unwrap_key("p-2", &rewrapped));
}

/// A second run of the rotation writes nothing.
pub fn rewrapping_what_is_current_changes_nothing<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let vault = make(&["new", "old"]);
    assert_eq!(vault.rewrap_key("p-1", &vault.new_key("p-1")), Ok(None));
}

/// A key of another owner is not made valid by rewrapping it.
pub fn rewrapping_refuses_what_does_not_open<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let wrapped = make(&["old"]).new_key("p-1");
    assert_sealed(make(&["new", "old"]).rewrap_key("p-2", &wrapped));
    assert_sealed(make(&["old"]).rewrap_key("p-2", &wrapped));
}

/// `Debug` of a key is safe to log.
pub fn an_opened_data_key_shows_nothing_of_itself<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let vault = make(&["a"]);
    let wrapped = vault.new_key("p-1");
    let opened = vault.unwrap_key("p-1", &wrapped).expect("its owner's");
    let same = vault.unwrap_key("p-1", &vault.new_key("p-1")).expect("its owner's");
    assert_eq!(format!("{opened:?}"), format!("{same:?}"));
    assert!(format!("{wrapped:?}").len() < 40);
}
