//! Sealed values.

use carillon_ports::Vault;
use carillon_ports::vault::{DataKey, Place};

use super::{PLACE, assert_sealed, flipped};

/// Whatever the bytes are, and however many.
pub fn a_sealed_value_opens_at_its_place<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let (vault, key) = bench(make);
    let long = vec![7; 100_000];
    for plain in [b"".as_slice(), b"a", b"anna@example.com", &[0, 255, 0], &long] {
        let sealed = vault.seal(&key, PLACE, plain);
        assert_eq!(vault.open(&key, PLACE, &sealed).as_deref(), Ok(plain));
    }
}

/// Equal values do not show as equal.
pub fn every_sealing_is_different<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let (vault, key) = bench(make);
    let sealed: std::collections::BTreeSet<_> =
        (0..100).map(|_| vault.seal(&key, PLACE, b"anna@example.com")).collect();
    assert_eq!(sealed.len(), 100);
}

/// Not in another row, not in another column, not in another table.
pub fn a_moved_value_is_refused<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let (vault, key) = bench(make);
    let sealed = vault.seal(&key, PLACE, b"anna@example.com");
    for place in [
        Place { row: "p-2", ..PLACE },
        Place { column: "phone", ..PLACE },
        Place { table: "message", ..PLACE },
        Place { row: "", ..PLACE },
    ] {
        assert_sealed(vault.open(&key, place, &sealed));
    }
}

/// `ab` + `c` is another place than `a` + `bc`.
pub fn the_parts_of_a_place_do_not_run_into_each_other<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let (vault, key) = bench(make);
    let sealed = vault.seal(&key, Place { table: "ab", column: "c|d", row: "e" }, b"anna@example.com");
    for (table, column, row) in
        [("a", "bc|d", "e"), ("ab", "c", "d|e"), ("ab|c", "d", "e"), ("ab", "c|de", "")]
    {
        assert_sealed(vault.open(&key, Place { table, column, row }, &sealed));
    }
}

/// Another person's key does not open it, even at the same place.
pub fn a_value_sealed_with_another_key_is_refused<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let (vault, key) = bench(make);
    let sealed = vault.seal(&key, PLACE, b"anna@example.com");
    let other = vault.unwrap_key("p-1", &vault.new_key("p-1")).expect("its owner's");
    assert_sealed(vault.open(&other, PLACE, &sealed));
}

/// Each single bit of it is authenticated.
pub fn every_flipped_bit_is_noticed<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let (vault, key) = bench(make);
    for changed in flipped(&vault.seal(&key, PLACE, b"anna@example.com")) {
        assert_sealed(vault.open(&key, PLACE, &changed));
    }
}

/// At any length.
pub fn a_shortened_or_lengthened_value_is_refused<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let (vault, key) = bench(make);
    let sealed = vault.seal(&key, PLACE, b"anna@example.com");
    for length in 0..sealed.len() {
        assert_sealed(vault.open(&key, PLACE, &sealed[..length]));
    }
    assert_sealed(vault.open(&key, PLACE, &[&sealed[..], &[0]].concat()));
}

/// It is encrypted, not only signed.
pub fn a_sealed_value_does_not_contain_its_plain_text<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let (vault, key) = bench(make);
    let sealed = vault.seal(&key, PLACE, &[b'x'; 64]);
    assert!(!sealed.windows(4).any(|window| window == b"xxxx"));
}

fn bench<V: Vault>(make: impl Fn(&[&str]) -> V) -> (V, DataKey) {
    let vault = make(&["a"]);
    let key = vault.unwrap_key("p-1", &vault.new_key("p-1")).expect("its owner's");
    (vault, key)
}
