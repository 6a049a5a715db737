//! The one source of randomness.

use rand::TryRngCore;
use rand::rngs::OsRng;

/// Fresh bytes from the operating system.
///
/// Without them nothing can be sealed safely, and there is nothing a caller could do about it: the process stops here instead of
/// going on with a nonce that may repeat.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
