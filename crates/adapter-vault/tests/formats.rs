//! What older releases stored must open for ever: one fixture a format. A failure here means that data at rest became unreadable.

use carillon_adapter_vault::KeyRing;
use carillon_ports::Vault;
use carillon_ports::vault::{Place, WrappedKey};

const CONFIG: &str = "2026-12:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const PLACE: Place<'static> = Place { table: "person", column: "email", row: "p-1" };

const WRAPPED: &str = "0107323032362d31320112803733a2e4b6cb6c09f57eb7b1284e0debf4026a47f617fa4f33b82bb23aa9db2cfe70\
    7f2be4d8cbc67b6662cb9299f7820aaff5f5dabd8f56b44834f36ce7289013f446ef5793";
const SEALED: &str = "01979eaf5f3b06e5bc43fdc1bc6ac66a0e9513e424ecf9d1b83300943620e58cf36b978a51adf42b5bb4a2df8458\
    9eb7605faa4dfa1cae1327";
const TOKEN: &str = "AYoGli3TOxR64J3nEuTCovjlqmFPSkqDthQ23Sv2z3KsPg5uJA2FZxV32PM";
const INDEX: &str = "WzzwQrXK_8ZCOid9ta3RtiCXtVaZdIWRRIVgpzkARhQ";

fn ring() -> KeyRing {
    KeyRing::from_config(CONFIG).expect("a good list")
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")).collect()
}

#[test]
fn a_value_of_format_1_opens() {
    let key = ring().unwrap_key("p-1", &WrappedKey(bytes(WRAPPED))).expect("format 1 of a wrapped key");
    assert_eq!(ring().open(&key, PLACE, &bytes(SEALED)).as_deref(), Ok(b"anna@example.com".as_slice()));
}

#[test]
fn a_token_of_format_1_is_read() {
    assert_eq!(ring().read_token("unsubscribe", TOKEN).as_deref(), Ok("p-1"));
}

#[test]
fn the_blind_index_never_changes() {
    assert_eq!(ring().blind_index("email", "anna@example.com"), INDEX);
}
