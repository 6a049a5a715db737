//! Blind indexes, tokens and secrets.

use std::collections::BTreeSet;

use carillon_ports::Vault;

use super::assert_sealed;

/// Also in another process, later.
pub fn equal_addresses_have_equal_blind_indexes<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let index = || make(&["a"]).blind_index("email", "anna@example.com");
    assert_eq!(index(), index());
}

/// The label and the address do not run into each other either.
pub fn a_blind_index_differs_by_label_and_by_address<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let vault = make(&["a"]);
    let pairs =
        [("email", "a@b.c"), ("phone", "a@b.c"), ("email", "a@b.d"), ("emaila", "@b.c"), ("email", "")];
    let indexes: BTreeSet<_> =
        pairs.iter().map(|(label, address)| vault.blind_index(label, address)).collect();
    assert_eq!(indexes.len(), pairs.len());
}

/// A table of hashes of all phone numbers is of no use without the key.
pub fn a_blind_index_needs_the_key<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let index = |id| make(&[id]).blind_index("email", "anna@example.com");
    assert_ne!(index("a"), index("b"));
    assert!(!index("a").contains("anna"));
}

/// Otherwise suppressed addresses would be written to again from one moment to the next.
pub fn a_new_master_key_changes_no_blind_index<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let index = |ids: &[&str]| make(ids).blind_index("email", "anna@example.com");
    assert_eq!(index(&["new", "old"]), index(&["old"]));
    assert_eq!(index(&["newest", "new", "old"]), index(&["old"]));
}

/// Any text.
pub fn a_token_carries_its_text<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let vault = make(&["a"]);
    for text in ["", "p-1", "{\"person\":\"ä ö\"}", &"long ".repeat(500)] {
        assert_eq!(
            vault.read_token("unsubscribe", &vault.make_token("unsubscribe", text)).as_deref(),
            Ok(text)
        );
    }
}

/// Sealed, with a fresh nonce.
pub fn a_token_hides_its_text_and_is_never_the_same_twice<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let vault = make(&["a"]);
    let tokens: BTreeSet<_> = (0..100).map(|_| vault.make_token("unsubscribe", &"p".repeat(32))).collect();
    assert_eq!(tokens.len(), 100);
    // "cHBw" is "ppp" in base64.
    assert!(!tokens.iter().any(|token| token.contains("pppp") || token.contains("cHBwcHBw")));
}

/// In a path or a query, unescaped.
pub fn a_token_fits_into_a_url<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let vault = make(&["a"]);
    for length in 0..50 {
        assert_url_safe(&vault.make_token("unsubscribe", &"?".repeat(length)));
    }
}

/// A token to unsubscribe is no token to sign in.
pub fn a_token_of_another_label_is_refused<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let vault = make(&["a"]);
    let token = vault.make_token("unsubscribe", "p-1");
    for label in ["inbox", "", "unsubscrib", "unsubscribe "] {
        assert_sealed(vault.read_token(label, &token));
    }
}

/// Every changed character, every shortening, everything else: refused, and never a panic.
pub fn a_changed_or_foreign_token_is_refused<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let vault = make(&["a"]);
    let token = vault.make_token("unsubscribe", "p-1");
    let replaced = (0..token.len()).map(|at| {
        let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
        [&token[..at], other, &token[at + 1..]].concat()
    });
    let shortened = (0..token.len()).map(|length| token[..length].to_owned());
    let garbage = ["=", "a b", "ä", "\0", "../..", "AAAA"].map(str::to_owned);
    let long = ["A".repeat(100_000), format!("{token}A"), format!("{token}="), format!(" {token}")];
    let foreign = [make(&["b"]).make_token("unsubscribe", "p-1")];
    for token in replaced.chain(shortened).chain(garbage).chain(long).chain(foreign) {
        assert_sealed(vault.read_token("unsubscribe", &token));
    }
}

/// Links in messages that were sent before a rotation keep working.
pub fn a_token_survives_a_new_master_key<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let token = make(&["old"]).make_token("unsubscribe", "p-1");
    let read = make(&["new", "old"]).read_token("unsubscribe", &token);
    assert_eq!(read.as_deref(), Ok("p-1"));
}

/// 256 bits are 43 characters.
pub fn secrets_are_long_url_safe_and_never_the_same<V: Vault>(make: impl Fn(&[&str]) -> V) {
    let vault = make(&["a"]);
    let secrets: BTreeSet<_> = (0..1_000).map(|_| vault.new_secret()).collect();
    assert_eq!(secrets.len(), 1_000);
    for secret in secrets {
        assert!(secret.len() >= 43);
        assert_url_safe(&secret);
    }
}

#[track_caller]
fn assert_url_safe(text: &str) {
    assert!(
        text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'),
        "not URL-safe: {text:?}"
    );
}
