//! Bodies: JSON of the expected shape, at most 1 MiB, or an answer that says what is wrong with it.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use carillon_application::accept::Repeatable;
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::timeout;

use crate::dto::object::Object;
use crate::dto::problem::FieldProblem;
use crate::problem::ApiError;
use crate::{idempotency, shape};

/// The longest body, in bytes.
const LONGEST: usize = 1_048_576;
/// The longest that a sender may take for it: whoever drips bytes holds a connection.
const SLOWEST: Duration = Duration::from_secs(30);

/// A body.
pub(crate) struct Json<T>(pub(crate) T);

/// A body of a POST that makes something, with the caller's key for repeating it safely.
pub(crate) struct Posted<T> {
    pub(crate) body: T,
    pub(crate) repeatable: Option<Repeatable>,
}

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { parse(&read(request.headers(), payload).await?).map(Self) })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Posted<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = read(request.headers(), payload).await?;
            let repeatable = idempotency::repeatable(&request, &bytes)?;
            Ok(Self { body: parse(&bytes)?, repeatable })
        })
    }
}

async fn read(headers: &HeaderMap, payload: Payload) -> Result<Vec<u8>, ApiError> {
    if !is_json(headers) {
        let detail = "The body must be application/json in UTF-8, without Content-Encoding.";
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
    }
    bytes(headers, payload, LONGEST).await
}

/// A body of at most `longest` bytes.
pub(crate) async fn bytes(
    headers: &HeaderMap,
    payload: Payload,
    longest: usize,
) -> Result<Vec<u8>, ApiError> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > longest) {
        return Err(too_long(longest));
    }
    timeout(SLOWEST, collect(payload, longest)).await.unwrap_or_else(|_| {
        let detail = "The body did not arrive in time.";
        Err(ApiError::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", detail))
    })
}

/// Counts while reading: what is announced need not be what comes.
async fn collect(mut payload: Payload, longest: usize) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk
            .map_err(|_| ApiError::unreadable("unreadable_body", "The body broke off or is malformed."))?;
        if bytes.len() + chunk.len() > longest {
            return Err(too_long(longest));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn too_long(longest: usize) -> ApiError {
    let detail = format!("The body must have at most {} MiB.", longest / 1_048_576);
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
    parts.next().as_deref() == Some("application/json")
        && parts
            .all(|part| part.strip_prefix("charset=").is_none_or(|name| name.trim_matches('"') == "utf-8"))
        && headers.get(CONTENT_ENCODING).is_none_or(|value| value == "identity")
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    if let Ok(Object(value)) = serde_json::from_slice::<Object<T>>(bytes) {
        return Ok(value);
    }
    // Read once more to say where it is wrong: keeping count of that costs as much as the reading.
    let mut json = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, Object<T>>(&mut json) {
        Ok(value) => json.end().map(|()| value.0).map_err(|error| malformed(&error)),
        Err(error) => {
            // The first field of the wrong shape ended the reading: what comes after it may not even be JSON.
            serde_json::from_slice::<Value>(bytes).map_err(|error| malformed(&error))?;
            let (pointer, detail) = shape::explain(&error);
            Err(ApiError::input("invalid_body", vec![FieldProblem::in_body(pointer, detail)]))
        }
    }
}

fn malformed(error: &serde_json::Error) -> ApiError {
    let detail = format!("The body is not JSON: see line {}, column {}.", error.line(), error.column());
    ApiError::unreadable("malformed_json", detail)
}
