//! The key ring keeps the contract of the port, for any value and not for chosen ones only.

use base64::Engine as _;
use carillon_adapter_vault::KeyRing;
use carillon_ports::Vault;
use carillon_ports::vault::{DataKey, Place, VaultError, WrappedKey};
use proptest::prelude::*;

/// Each id has the key that its text gives.
fn key_ring(ids: &[&str]) -> KeyRing {
    let entry = |id: &&str| {
        let bytes: Vec<u8> = id.bytes().cycle().take(32).collect();
        format!("{id}:{}", base64::engine::general_purpose::STANDARD.encode(bytes))
    };
    KeyRing::from_config(&ids.iter().map(entry).collect::<Vec<_>>().join(",")).expect("a good list")
}

carillon_testkit::vault_contract!(key_ring);

const PLACE: Place<'static> = Place { table: "person", column: "email", row: "p-1" };

proptest! {
    #[test]
    fn any_value_opens_where_it_was_sealed_and_with_any_one_bit_flipped_nowhere(
        plain: Vec<u8>,
        table: String,
        column: String,
        row: String,
        bit: prop::sample::Index,
    ) {
        let (vault, key) = (key_ring(&["a"]), DataKey([9; 32]));
        let place = Place { table: &table, column: &column, row: &row };
        let mut sealed = vault.seal(&key, place, &plain);
        prop_assert_eq!(vault.open(&key, place, &sealed), Ok(plain));
        let bit = bit.index(sealed.len() * 8);
        sealed[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(vault.open(&key, place, &sealed), Err(VaultError::Sealed));
    }

    #[test]
    fn a_value_opens_at_no_other_place(from: [String; 3], to: [String; 3]) {
        prop_assume!(from != to);
        let (vault, key) = (key_ring(&["a"]), DataKey([9; 32]));
        let place = |[table, column, row]: &[String; 3]| (table.clone(), column.clone(), row.clone());
        let ((table, column, row), (other_table, other_column, other_row)) = (place(&from), place(&to));
        let sealed = vault.seal(&key, Place { table: &table, column: &column, row: &row }, b"x");
        let other = Place { table: &other_table, column: &other_column, row: &other_row };
        prop_assert_eq!(vault.open(&key, other, &sealed), Err(VaultError::Sealed));
    }

    #[test]
    fn garbage_never_opens_and_never_panics(bytes: Vec<u8>, text: String, url_safe in "[A-Za-z0-9_-]{0,200}") {
        let vault = key_ring(&["a"]);
        prop_assert!(vault.unwrap_key("p-1", &WrappedKey(bytes.clone())).is_err());
        prop_assert!(vault.rewrap_key("p-1", &WrappedKey(bytes.clone())).is_err());
        prop_assert_eq!(vault.open(&DataKey([9; 32]), PLACE, &bytes), Err(VaultError::Sealed));
        prop_assert_eq!(vault.read_token("label", &text), Err(VaultError::Sealed));
        prop_assert_eq!(vault.read_token("label", &url_safe), Err(VaultError::Sealed));
    }

    #[test]
    fn any_text_goes_through_a_token(text: String, label: String) {
        let vault = key_ring(&["a"]);
        prop_assert_eq!(vault.read_token(&label, &vault.make_token(&label, &text)), Ok(text));
    }
}
