//! The files of the pages, held in the binary.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Path;

use crate::mailbox;

const ASSETS: [(&str, &str, &str); 3] = [
    ("console.css", "text/css; charset=utf-8", include_str!("../assets/console.css")),
    ("console.js", "text/javascript; charset=utf-8", include_str!("../assets/console.js")),
    ("bell.svg", "image/svg+xml", include_str!("../assets/bell.svg")),
];

/// `GET /console/assets/{name}`
pub(crate) async fn show(name: Path<String>) -> HttpResponse {
    match ASSETS.iter().find(|(known, ..)| *known == name.as_str()) {
        // Asked for anew with each page, since the next build may hold others; they are small, and the way is short.
        Some((_, content_type, body)) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, *content_type))
            .insert_header((CACHE_CONTROL, "no-cache"))
            .body(*body),
        None => mailbox::no_such_page().await,
    }
}
