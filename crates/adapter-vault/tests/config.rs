//! The list of master keys: what is taken, and what is said about what is not.

use carillon_adapter_vault::{ConfigError, KeyRing};
use carillon_ports::Vault;
use proptest::prelude::*;
use secrecy::ExposeSecret;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER: &str = "/////////////////////////////////////////w8=";

fn error(list: &str) -> ConfigError {
    KeyRing::from_config(list).expect_err("a bad list")
}

#[test]
fn a_list_may_be_spaced_and_unpadded() {
    let spaced = format!(" 2026-01:{KEY} ,\n old.key_1: {} ", OTHER.trim_end_matches('='));
    let ring = KeyRing::from_config(&spaced).expect("a good list");
    let index = KeyRing::from_config(&format!("x:{OTHER}")).expect("a good list").blind_index("email", "a");
    assert_eq!(ring.blind_index("email", "a"), index);
}

#[test]
fn each_mistake_is_named_by_its_place_in_the_list() {
    let long_id = "i".repeat(33);
    for (list, expected) in [
        (String::new(), ConfigError::Empty),
        (" \n".to_owned(), ConfigError::Empty),
        (KEY.to_owned(), ConfigError::NotPair(1)),
        (format!("a:{KEY},"), ConfigError::NotPair(2)),
        (format!(":{KEY}"), ConfigError::BadId(1)),
        (format!("a b:{KEY}"), ConfigError::BadId(1)),
        (format!("{long_id}:{KEY}"), ConfigError::BadId(1)),
        (format!("a:{KEY},b:not base64"), ConfigError::NotBase64(2)),
        (format!("a:b:{KEY}"), ConfigError::NotBase64(1)),
        ("a:".to_owned(), ConfigError::Length { position: 1, found: 0 }),
        ("a:c2hvcnQ=".to_owned(), ConfigError::Length { position: 1, found: 5 }),
        (format!("a:{KEY},a:{OTHER}"), ConfigError::Repeated(1, 2)),
        (format!("a:{OTHER},b:{KEY},c:{KEY}"), ConfigError::Repeated(2, 3)),
    ] {
        assert_eq!(error(&list), expected);
    }
}

#[test]
fn an_error_says_what_to_change() {
    assert_says(&error(""), "set one as id:key");
    assert_says(&error("a:c2hvcnQ="), "holds 5 bytes: it must hold exactly 32");
    assert_says(&error(KEY), "write it as id:key");
}

fn assert_says(error: &ConfigError, part: &str) {
    assert!(error.to_string().contains(part), "{error}");
}

#[test]
fn a_key_in_the_place_of_the_id_is_not_shown() {
    let unpadded = KEY.trim_end_matches('=');
    for list in [format!("{KEY}:a"), format!("{unpadded}:a"), unpadded.to_owned(), format!("a:{KEY}{KEY}")] {
        let error = error(&list);
        assert!(!format!("{error} {error:?}").contains(&KEY[..8]));
    }
}

#[test]
fn a_generated_key_is_an_entry_of_the_list_and_never_the_same() {
    let (one, other) =
        (KeyRing::generate("2026-12").expect("a good id"), KeyRing::generate("2026-12").expect("a good id"));
    assert_ne!(one.expose_secret(), other.expose_secret());
    assert!(one.expose_secret().starts_with("2026-12:"));
    assert!(KeyRing::from_config(one.expose_secret()).is_ok());
    assert!(!format!("{one:?}").contains(&one.expose_secret()[8..]));
    assert_eq!(KeyRing::generate("a:b").err(), Some(ConfigError::BadId(1)));
}

#[test]
fn a_ring_shows_its_ids_and_no_key() {
    let ring = KeyRing::from_config(&format!("new:{KEY},old:{OTHER}")).expect("a good list");
    assert_eq!(format!("{ring:?}"), r#"KeyRing { ids: ["new", "old"], .. }"#);
}

proptest! {
    #[test]
    fn no_list_makes_it_panic(list: String, near in "[a-c:,= ]{0,60}") {
        let _ = KeyRing::from_config(&list);
        let _ = KeyRing::from_config(&near);
    }
}
