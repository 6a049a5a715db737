//! Answers to those who did not get as far as a WebSocket: problem details (RFC 9457), as everywhere else.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, SEC_WEBSOCKET_VERSION, UPGRADE};
use serde::Serialize;

#[derive(Serialize)]
struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: &'static str,
}

/// The page that asks comes from somewhere that may not.
pub(crate) fn origin_not_allowed() -> HttpResponse {
    let detail = "Pages of this origin may not connect; CARILLON_ALLOWED_ORIGINS lists those that may.";
    answer(StatusCode::FORBIDDEN, "origin_not_allowed", detail)
}

/// What asks does not speak WebSocket, or an older version of it.
pub(crate) fn upgrade_required() -> HttpResponse {
    let detail = "This path speaks WebSocket (RFC 6455, version 13) and nothing else.";
    let mut response = answer(StatusCode::UPGRADE_REQUIRED, "upgrade_required", detail);
    let headers = response.headers_mut();
    headers.insert(UPGRADE, actix_web::http::header::HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_VERSION, actix_web::http::header::HeaderValue::from_static("13"));
    response
}

/// A WebSocket begins with GET.
pub(crate) async fn wrong_method() -> HttpResponse {
    let mut response = answer(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This path takes GET.");
    response.headers_mut().insert(ALLOW, actix_web::http::header::HeaderValue::from_static("GET"));
    response
}

fn answer(status: StatusCode, code: &'static str, detail: &'static str) -> HttpResponse {
    let title = status.canonical_reason().unwrap_or("Error");
    let problem = Problem { kind: "about:blank", title, status: status.as_u16(), code, detail };
    HttpResponse::build(status)
        .content_type("application/problem+json")
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .insert_header(("Cache-Control", "no-store"))
        .body(serde_json::to_string(&problem).unwrap_or_default())
}
