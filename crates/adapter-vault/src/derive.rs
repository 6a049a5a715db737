//! Keys for single purposes, derived from a master key: HKDF-SHA256 (RFC 5869) for one block of output.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use zeroize::Zeroizing;

/// 256 secret bits.
pub(crate) type Secret = SecretBox<[u8; 32]>;

const SALT: &[u8] = b"carillon-adapter-vault";

/// What a derived key is for. The label is part of the key: it never changes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Job {
    /// Wraps data keys.
    Wrap,
    /// Seals tokens.
    Token,
    /// Keys the blind index.
    Index,
}

impl Job {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Wrap => b"carillon v1: wrap data keys",
            Self::Token => b"carillon v1: seal tokens",
            Self::Index => b"carillon v1: blind index",
        }
    }
}

/// The key for one job.
pub(crate) fn derive(master: &Secret, job: Job) -> Secret {
    hkdf(SALT, master.expose_secret(), job.label())
}

/// HMAC-SHA256.
pub(crate) fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn hkdf(salt: &[u8], secret: &[u8], label: &[u8]) -> Secret {
    let extracted = Zeroizing::new(mac(salt, secret));
    let first_block = [label, &[1]].concat();
    SecretBox::init_with(|| mac(extracted.as_slice(), &first_block))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_derivation_is_hkdf_sha256_of_rfc_5869() {
        // Appendix A.1, the first 32 of its 42 bytes of output.
        let salt: Vec<u8> = (0x00..=0x0c).collect();
        let label: Vec<u8> = (0xf0..=0xf9).collect();
        let okm = [
            0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a, 0x90, 0x43, 0x4f, 0x64, 0xd0, 0x36, 0x2f, 0x2a,
            0x2d, 0x2d, 0x0a, 0x90, 0xcf, 0x1a, 0x5a, 0x4c, 0x5d, 0xb0, 0x2d, 0x56, 0xec, 0xc4, 0xc5, 0xbf,
        ];
        assert_eq!(hkdf(&salt, &[0x0b; 22], &label).expose_secret(), &okm);
    }

    #[test]
    fn the_mac_is_hmac_sha256_of_rfc_4231() {
        // Test case 2.
        let expected = [
            0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7,
            0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43,
        ];
        assert_eq!(mac(b"Jefe", b"what do ya want for nothing?"), expected);
    }

    #[test]
    fn each_job_has_a_key_of_its_own() {
        let master = SecretBox::init_with(|| [7; 32]);
        let keys = [Job::Wrap, Job::Token, Job::Index].map(|job| *derive(&master, job).expose_secret());
        assert!(keys[0] != keys[1] && keys[1] != keys[2] && keys[0] != keys[2]);
        assert!(!keys.contains(master.expose_secret()));
    }
}
