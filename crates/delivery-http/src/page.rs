//! The unsubscribe page, and what all our pages have in common: plain HTML that works without scripts, in any browser, with any reader.

use std::sync::LazyLock;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use carillon_application::unsubscribe::Offer;
use sha2::{Digest, Sha256};

use crate::failure_words;
use crate::problem::ApiError;
use crate::words::{self, Words};

pub(crate) const STYLE: &str = include_str!("../templates/page.css");

/// Only our own style may apply, and the form may only go back to us.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
});

#[derive(Template)]
#[template(path = "question.html")]
struct Question<'a> {
    style: &'static str,
    words: &'a Words,
    preferences: &'a str,
}

#[derive(Template)]
#[template(path = "done.html")]
struct Done<'a> {
    style: &'static str,
    words: &'a Words,
    preferences: &'a str,
}

#[derive(Template)]
#[template(path = "stays.html")]
struct Stays<'a> {
    style: &'static str,
    words: &'a Words,
    preferences: &'a str,
}

#[derive(Template)]
#[template(path = "failure.html")]
struct Failure {
    style: &'static str,
    words: &'static failure_words::Words,
}

/// What the link unsubscribes from, with a button.
pub(crate) fn question(offer: &Offer) -> HttpResponse {
    let words = words::of(offer);
    page(StatusCode::OK, &Question { style: STYLE, words: &words, preferences: &offer.preferences })
}

/// It is done.
pub(crate) fn done(offer: &Offer) -> HttpResponse {
    let words = words::of(offer);
    page(StatusCode::OK, &Done { style: STYLE, words: &words, preferences: &offer.preferences })
}

/// It cannot be done, and why.
pub(crate) fn stays(offer: &Offer) -> HttpResponse {
    let words = words::of(offer);
    page(StatusCode::OK, &Stays { style: STYLE, words: &words, preferences: &offer.preferences })
}

/// What went wrong: a page for people, problem details for programs. Whose link it was is not known, so it is in the
/// language of the browser.
pub(crate) fn failure(request: &HttpRequest, error: &ApiError) -> HttpResponse {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let accepts = header(ACCEPT);
    if !accepts.contains("text/html") {
        return error.error_response();
    }
    let is_unknown = error.status() == StatusCode::NOT_FOUND;
    let words = failure_words::of(is_unknown, header(ACCEPT_LANGUAGE));
    page(error.status(), &Failure { style: STYLE, words })
}

/// A page under our policy.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> HttpResponse {
    let Ok(html) = template.render() else { return ApiError::internal().error_response() };
    HttpResponse::build(status)
        .insert_header((CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .insert_header(("X-Robots-Tag", "noindex"))
        .content_type("text/html; charset=utf-8")
        .body(html)
}
