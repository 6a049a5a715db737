//! The specification and its pages.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::Data;

use crate::docs_ui::{self, Pages};
use crate::handlers::Answer;
use crate::openapi::Specification;
use crate::path::Id;

/// The specification
///
/// This document (OpenAPI 3.1).
#[utoipa::path(
    get, path = "/openapi.json", tag = "Documents",
    responses((status = 200, description = "The specification.", content_type = "application/json"))
)]
pub(crate) async fn specification(specification: Data<Specification>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(specification.text.clone())
}

/// The specification to read and to try
#[utoipa::path(
    get, path = "/docs", tag = "Documents",
    responses((status = 308, description = "The pages are under /docs/."))
)]
pub(crate) async fn docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/docs/")).finish()
}

/// A file of the pages
#[utoipa::path(
    get, path = "/docs/{file}", tag = "Documents",
    params(("file" = String, Path, description = "The file; empty for the first page.")),
    responses((status = 200, description = "The file.", content_type = "text/html"))
)]
pub(crate) async fn docs_file(pages: Data<Pages>, file: Id<String>) -> Answer {
    docs_ui::serve(&pages, &file.0)
}
