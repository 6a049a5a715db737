//! The page behind the link that every e-mail carries.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::deadline::{LONGEST_WAIT, within};
use crate::dto::problem::ProblemBody;
use crate::path::Id;
use crate::{Api, origin, page};

/// Show what a link unsubscribes from
///
/// A page with a button. Changes nothing: link scanners follow links.
#[utoipa::path(
    get, path = "/u/{token}", tag = "Unsubscribe",
    params(("token" = String, Path, description = "The token of the link.")),
    responses(
        (status = 200, description = "The page.", content_type = "text/html"),
        (status = 400, description = "The path is not UTF-8.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such link: a page for people, a problem for programs.", content((String = "text/html"), (ProblemBody = "application/problem+json"))),
        (status = 503, description = "The store does not answer: a page for people, a problem for programs.", content((String = "text/html"), (ProblemBody = "application/problem+json")))
    )
)]
pub(crate) async fn show_unsubscribe(
    request: HttpRequest,
    api: Data<Api>,
    token: Id<String>,
) -> HttpResponse {
    match within(LONGEST_WAIT, api.unsubscribe.show(&token.0)).await {
        Ok(offer) if offer.is_last_way => page::stays(&offer),
        Ok(offer) => page::question(&offer),
        Err(error) => page::failure(&request, &error),
    }
}

/// Unsubscribe
///
/// What the page's button and mail programs do (one click, RFC 8058: any body is fine).
#[utoipa::path(
    post, path = "/u/{token}", tag = "Unsubscribe",
    params(("token" = String, Path, description = "The token of the link.")),
    responses(
        (status = 200, description = "Done, or why it stays: it is the last way by which something critical arrives.", content_type = "text/html"),
        (status = 400, description = "The path is not UTF-8.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such link: a page for people, a problem for programs.", content((String = "text/html"), (ProblemBody = "application/problem+json"))),
        (status = 503, description = "The store does not answer: a page for people, a problem for programs.", content((String = "text/html"), (ProblemBody = "application/problem+json")))
    )
)]
pub(crate) async fn unsubscribe(request: HttpRequest, api: Data<Api>, token: Id<String>) -> HttpResponse {
    match within(LONGEST_WAIT, api.unsubscribe.act(&token.0, origin::address(&request))).await {
        Ok(offer) if offer.is_last_way => page::stays(&offer),
        Ok(offer) => page::done(&offer),
        Err(error) => page::failure(&request, &error),
    }
}
