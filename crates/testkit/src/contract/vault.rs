//! What [`Vault`](carillon_ports::vault::Vault) asks of every adapter. Run it with [`vault_contract!`](crate::vault_contract).

#![expect(
    clippy::missing_panics_doc,
    reason = "a requirement panics where it is not met: that is what it is for"
)]

mod keys;
mod texts;
mod values;

use carillon_ports::vault::{Place, VaultError};

pub use keys::*;
pub use texts::*;
pub use values::*;

/// Runs every requirement of the vault as a test of its own.
///
/// `$make` names an `fn(&[&str]) -> impl Vault`: a vault that has the master keys of these ids, the current one first. The key of
/// an id MUST be the same each time within a test, and another for each id.
#[macro_export]
macro_rules! vault_contract {
    ($make:path) => {
        $crate::vault_contract! { $make:
            a_data_key_opens_for_its_owner,
            a_data_key_does_not_open_for_another_owner,
            every_data_key_is_new,
            a_damaged_data_key_is_refused,
            an_unknown_master_key_is_named,
            a_new_master_key_opens_what_the_old_one_wrapped,
            rewrapping_moves_a_data_key_to_the_current_master_key,
            rewrapping_what_is_current_changes_nothing,
            rewrapping_refuses_what_does_not_open,
            an_opened_data_key_shows_nothing_of_itself,
            a_sealed_value_opens_at_its_place,
            every_sealing_is_different,
            a_moved_value_is_refused,
            the_parts_of_a_place_do_not_run_into_each_other,
            a_value_sealed_with_another_key_is_refused,
            every_flipped_bit_is_noticed,
            a_shortened_or_lengthened_value_is_refused,
            a_sealed_value_does_not_contain_its_plain_text,
            equal_addresses_have_equal_blind_indexes,
            a_blind_index_differs_by_label_and_by_address,
            a_blind_index_needs_the_key,
            a_new_master_key_changes_no_blind_index,
            a_token_carries_its_text,
            a_token_hides_its_text_and_is_never_the_same_twice,
            a_token_fits_into_a_url,
            a_token_of_another_label_is_refused,
            a_changed_or_foreign_token_is_refused,
            a_token_survives_a_new_master_key,
            secrets_are_long_url_safe_and_never_the_same,
        }
    };
    ($make:path: $($requirement:ident),+ $(,)?) => {
        $(#[test]
        fn $requirement() {
            $crate::contract::vault::$requirement($make);
        })+
    };
}

const PLACE: Place<'static> = Place { table: "person", column: "email", row: "p-1" };

/// Every way to flip one bit.
fn flipped(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    (0..bytes.len() * 8).map(|bit| {
        let mut changed = bytes.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        changed
    })
}

/// That something was refused as sealed, without printing what it was.
#[track_caller]
fn assert_sealed<T>(answer: Result<T, VaultError>) {
    assert_eq!(answer.err(), Some(VaultError::Sealed));
}
