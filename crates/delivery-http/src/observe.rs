//! What every answer gets: one log line, and headers that keep browsers careful.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, ResponseError as _};
use tokio::time::Instant;

use crate::Api;
use crate::problem::ApiError;

/// For answers that are not pages; a page sets its own.
const NOTHING_MAY_RUN: &str = "default-src 'none'; frame-ancestors 'none'";

/// Logs the request by its route, never by its path or query: those hold ids of people. Adds the headers of all answers.
pub(crate) async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let method = request.method().clone();
    let api = request.app_data::<Data<Api>>().cloned();
    let place = api.as_ref().map(|api| api.crowd.enter());
    let is_full = matches!(place, Some(None)) && !is_for_operators(request.path());
    let mut response = if is_full {
        request.into_response(ApiError::overloaded().error_response())
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    if let (Some(api), false) = (&api, is_full) {
        api.crowd.note(response.status() != StatusCode::SERVICE_UNAVAILABLE);
    }
    harden(response.headers_mut());
    // Whoever is about to stop says so with each answer: the next request then opens a connection to somebody else.
    if api.is_some_and(|api| api.vitals.is_stopping()) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status();
    let route = || response.request().match_pattern().unwrap_or_else(|| "(unknown)".to_owned());
    // What was done is told by the audit trail and the metrics; a line for each would cost more than reading the request.
    if status.is_success() {
        tracing::debug!(http.method = %method, http.route = route(), http.status = status.as_u16(), ms, "answered a request");
    } else {
        tracing::info!(http.method = %method, http.route = route(), http.status = status.as_u16(), ms, "answered a request");
    }
    Ok(response)
}

/// How the process is must be told however much it has to do.
fn is_for_operators(path: &str) -> bool {
    path == "/metrics" || path.starts_with("/health/")
}

fn harden(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // The unsubscribe page's address is a secret of its reader.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    unless_set(headers, CACHE_CONTROL, "no-store");
    unless_set(headers, CONTENT_SECURITY_POLICY, NOTHING_MAY_RUN);
}

fn unless_set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
