//! The specification and its pages.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::Data;

use crate::Api;
use crate::docs_ui::{self, Pages};
use crate::dto::problem::ProblemBody;
use crate::handlers::Answer;
use crate::path::Id;

/// The way in
///
/// Leads to the pages of this document.
#[utoipa::path(
    get, path = "/", tag = "Documents",
    responses((status = 302, description = "The pages are under /docs/."))
)]
pub(crate) async fn root() -> HttpResponse {
    HttpResponse::Found().insert_header((LOCATION, "/docs/")).finish()
}

/// The specification
///
/// This document (OpenAPI 3.1).
#[utoipa::path(
    get, path = "/openapi.json", tag = "Documents",
    responses((status = 200, description = "The specification.", content_type = "application/json"))
)]
pub(crate) async fn specification(api: Data<Api>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(api.document.text(&api.ports))
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
    responses(
        (status = 200, description = "The file.", content((String = "text/html"), (String = "text/css"), (String = "application/javascript"), (String = "image/png"))),
        (status = 400, description = "The path is not UTF-8.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such file.", body = ProblemBody, content_type = "application/problem+json")
    )
)]
pub(crate) async fn docs_file(pages: Data<Pages>, file: Id<String>) -> Answer {
    docs_ui::serve(&pages, &file.0)
}
