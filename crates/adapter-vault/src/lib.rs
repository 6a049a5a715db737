//! Encryption at rest: a ring of master keys that wraps the data keys of owners, seals values for their place in the database,
//! and makes blind indexes and opaque tokens.
//!
//! Architecture invariant: one AEAD (XChaCha20-Poly1305), one MAC (HMAC-SHA256) and one source of randomness (the operating
//! system's, in `random.rs`) for everything. No key does two jobs: each is derived from a master key under a label of its own.
//! Whatever stands beside a ciphertext (format version, owner, place, label) is authenticated with it, framed by length. Keys are
//! cleared from memory when dropped and show in no `Debug` and no error.
//!
//! # Rotation
//! The configuration lists master keys, the current one first: `2026-12:…,2026-01:…`.
//! * **Data keys** are wrapped by the first and open with any in the list; `rewrap_key` brings an old one to the first.
//! * **Tokens** are made by the first and read by any in the list, so that links in messages that are on their way keep working.
//! * **Blind indexes** are made by the *last*: look-ups would find nothing from one moment to the next if a new current key
//!   changed them, and unlike the two above an index cannot be tried with each key in turn.
//!
//! So a new key goes to the *front*, and changes nothing that is stored. A key may leave the list once no data key is wrapped by
//! it and no token made by it is still of use; the last one only once every blind index has also been made anew, since with it
//! the index key changes. All instances must know a new key before one of them uses it: stop all, or accept that those still on
//! the old list answer "unknown master key" until they are restarted.
//!
//! # To add one more
//! Another derived key is a label in `derive.rs`. Another cipher is another format version in `aead.rs`: what is stored says with
//! which it was sealed, old versions stay readable, and a fixture in `tests/formats.rs` holds each of them.

mod aead;
mod config;
mod derive;
mod frame;
mod random;
mod ring;
mod wrapped;

pub use config::ConfigError;
pub use ring::KeyRing;
