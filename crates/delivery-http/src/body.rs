//! Bodies: JSON of the expected shape, at most 1 MiB, or an answer that says what is wrong with it.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use carillon_application::Problem;
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

/// A body with the JSON that it was read from: for what must know which fields were left out.
pub(crate) struct Written<T> {
    pub(crate) body: T,
    pub(crate) json: Value,
}

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

/// A body that is read as it was meant.
pub(crate) trait Meant: DeserializeOwned + 'static {
    /// Leaves out what says nothing, and what only answers say.
    fn clean(json: &mut Value);
}

impl<T: Meant> FromRequest for Written<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let bytes = read(request.headers(), payload).await?;
            let mut json: Value = serde_json::from_slice(&bytes).map_err(|error| malformed(&error))?;
            // A name that is given twice is seen only in the text itself.
            if let Err(error) = parse::<T>(&bytes)
                && error.is_repetition()
            {
                return Err(error);
            }
            T::clean(&mut json);
            let body = from_value(json.clone()).map_err(|problem| {
                ApiError::input("invalid_body", vec![FieldProblem::in_body(problem.pointer, problem.detail)])
            })?;
            Ok(Self { body, json })
        })
    }
}

/// A JSON Merge Patch, whose type may be its own or that of all JSON.
pub(crate) async fn patch(headers: &HeaderMap, payload: Payload) -> Result<Value, ApiError> {
    if !is_json(headers, &["application/json", "application/merge-patch+json"]) {
        return Err(wrong_type());
    }
    let bytes = bytes(headers, payload, LONGEST).await?;
    serde_json::from_slice(&bytes).map_err(|error| malformed(&error))
}

/// Reads a body from JSON that was made of several.
pub(crate) fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    match serde_path_to_error::deserialize::<_, Object<T>>(value) {
        Ok(value) => Ok(value.0),
        Err(error) => {
            let (pointer, detail) = shape::explain(&error);
            Err(Problem::at(pointer, detail))
        }
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
    if !is_json(headers, &["application/json"]) {
        return Err(wrong_type());
    }
    bytes(headers, payload, LONGEST).await
}

fn wrong_type() -> ApiError {
    let detail = "The body must be application/json in UTF-8, without Content-Encoding.";
    ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
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

fn is_json(headers: &HeaderMap, types: &[&str]) -> bool {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
    parts.next().is_some_and(|name| types.contains(&name.as_str()))
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
