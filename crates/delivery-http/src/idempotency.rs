//! `Idempotency-Key`: the caller's way to repeat a request safely.

use actix_web::HttpRequest;
use actix_web::web::Bytes;
use carillon_application::accept::Repeatable;
use sha2::{Digest, Sha256};

use crate::dto::problem::FieldProblem;
use crate::problem::ApiError;

/// The header's name.
pub(crate) const HEADER: &str = "Idempotency-Key";

/// Whether it can be a key: 1 to 255 visible ASCII characters.
pub(crate) fn is_key(key: &[u8]) -> bool {
    (1..=255).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic)
}

/// The key of a request with the fingerprint of what it stands for: method, path and the body byte for byte.
pub(crate) fn repeatable(request: &HttpRequest, body: &[u8]) -> Result<Option<Repeatable>, ApiError> {
    let mut all = request.headers().get_all(HEADER);
    let Some(value) = all.next() else { return Ok(None) };
    let key = value.as_bytes();
    if !is_key(key) || all.next().is_some() {
        let detail = "must be given once, with 1 to 255 visible ASCII characters";
        return Err(ApiError::input(
            "invalid_idempotency_key",
            vec![FieldProblem::of_header(HEADER, detail)],
        ));
    }
    let mut hash = Sha256::new();
    hash.update(request.method().as_str());
    hash.update(b"\n");
    hash.update(request.path());
    hash.update(b"\n");
    hash.update(body);
    let fingerprint = format!("{:x}", Bytes::copy_from_slice(&hash.finalize()));
    Ok(Some(Repeatable { key: String::from_utf8_lossy(key).into_owned(), fingerprint }))
}
