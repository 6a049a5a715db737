//! Swagger UI, from files that are built in: nothing is fetched from elsewhere.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_SECURITY_POLICY, ContentEncoding};
use utoipa_swagger_ui::{Config, serve as find};

use crate::handlers::Answer;
use crate::problem::ApiError;

/// Its own files may run and it may ask this service; it sets styles from its script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The pages, told where the specification is.
pub(crate) struct Pages {
    config: Arc<Config<'static>>,
}

impl Pages {
    pub(crate) fn new() -> Self {
        Self { config: Arc::new(Config::from("/openapi.json")) }
    }
}

/// One of its files.
pub(crate) fn serve(pages: &Pages, file: &str) -> Answer {
    let found = find(file, Arc::clone(&pages.config)).map_err(|error| {
        tracing::error!(%error, "the pages of the specification could not be made");
        ApiError::internal()
    })?;
    let file = found.ok_or_else(|| ApiError::not_found("There is no such file."))?;
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_SECURITY_POLICY, POLICY)).content_type(file.content_type);
    if file.gzpipped {
        response.insert_header((CONTENT_ENCODING, ContentEncoding::Gzip));
    }
    Ok(response.body(file.bytes.into_owned()))
}
