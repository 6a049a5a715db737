//! Authenticated encryption: `version | nonce | ciphertext and tag`.

use carillon_ports::vault::VaultError;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::frame::frame;
use crate::random::random;

/// XChaCha20-Poly1305: its nonce of 192 bits may be drawn at random for any number of messages under one key.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Seals under a fresh nonce. `context` is what stands beside it and must be the same when it is opened.
pub(crate) fn seal(key: &[u8; 32], context: &[&[u8]], plain: &[u8]) -> Vec<u8> {
    let nonce = random::<NONCE>();
    let mut sealed = vec![VERSION];
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&encrypt(key, &nonce, &aad(context), plain));
    sealed
}

/// Opens what was sealed with the same key and context.
pub(crate) fn open(
    key: &[u8; 32],
    context: &[&[u8]],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let (&[version], sealed) = sealed.split_first_chunk().ok_or(VaultError::Sealed)?;
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>().ok_or(VaultError::Sealed)?;
    if version != VERSION {
        return Err(VaultError::Sealed);
    }
    let payload = Payload { msg: ciphertext, aad: &aad(context) };
    let plain = XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(*nonce), payload);
    plain.map(Zeroizing::new).map_err(|_| VaultError::Sealed)
}

fn aad(context: &[&[u8]]) -> Vec<u8> {
    [&[VERSION], frame(context).as_slice()].concat()
}

fn encrypt(key: &[u8; 32], nonce: &[u8; NONCE], aad: &[u8], plain: &[u8]) -> Vec<u8> {
    XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(*nonce), Payload { msg: plain, aad })
        .expect("a value of this service is far below the cipher's limit of 256 GiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cipher_is_xchacha20_poly1305_of_the_cfrg_draft() {
        // draft-irtf-cfrg-xchacha-03, appendix A.3.1.
        let bytes = |from: u8, to: u8| (from..=to).collect::<Vec<u8>>();
        let key: [u8; 32] = bytes(0x80, 0x9f).try_into().unwrap();
        let nonce: [u8; 24] = bytes(0x40, 0x57).try_into().unwrap();
        let aad = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let plain =
            b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
            sunscreen would be it.";
        let expected = "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb\
            731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452\
            2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9\
            21f9664c97637da9768812f615c68b13b52e\
            c0875924c1c7987947deafd8780acf49";
        let expected: Vec<u8> = (0..expected.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&expected[at..at + 2], 16).unwrap())
            .collect();
        assert_eq!(encrypt(&key, &nonce, &aad, plain), expected);
    }

    #[test]
    fn anything_too_short_or_of_another_version_is_refused() {
        let sealed = seal(&[1; 32], &[b"place"], b"");
        assert_eq!(open(&[1; 32], &[b"place"], &sealed).as_deref(), Ok(&vec![]));
        for length in 0..sealed.len() {
            assert_eq!(open(&[1; 32], &[b"place"], &sealed[..length]), Err(VaultError::Sealed));
        }
        let other_version = [&[2], &sealed[1..]].concat();
        assert_eq!(open(&[1; 32], &[b"place"], &other_version), Err(VaultError::Sealed));
    }
}
