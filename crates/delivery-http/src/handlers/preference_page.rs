//! The preference page that every e-mail leads to.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::deadline::{LONGEST_WAIT, within};
use crate::dto::problem::ProblemBody;
use crate::form::Sent;
use crate::path::Id;
use crate::{Api, origin, page, preference_page};

/// Show the preference page
///
/// A form that works without scripts, in the reader's language. Changes nothing: link scanners follow links.
#[utoipa::path(
    get, path = "/p/{token}", tag = "Unsubscribe",
    params(("token" = String, Path, description = "The token of the link.")),
    responses(
        (status = 200, description = "The page.", content_type = "text/html"),
        (status = 400, description = "The path is not UTF-8.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such link: a page for people, a problem for programs.", content((String = "text/html"), (ProblemBody = "application/problem+json"))),
        (status = 503, description = "The store does not answer: a page for people, a problem for programs.", content((String = "text/html"), (ProblemBody = "application/problem+json")))
    )
)]
pub(crate) async fn show_preference_page(
    request: HttpRequest,
    api: Data<Api>,
    token: Id<String>,
) -> HttpResponse {
    match within(LONGEST_WAIT, api.open_preferences.show(&token.0)).await {
        Ok(shown) => preference_page::of(StatusCode::OK, &shown, false),
        Err(error) => page::failure(&request, &error),
    }
}

/// Save the preference page
///
/// What the page's button does; answers the page as saved.
#[utoipa::path(
    post, path = "/p/{token}", tag = "Unsubscribe",
    params(("token" = String, Path, description = "The token of the link.")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The page's form."),
    responses(
        (status = 200, description = "Saved; the page as it is now.", content_type = "text/html"),
        (status = 400, description = "The path or the form cannot be read.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "There is no such link: a page for people, a problem for programs.", content((String = "text/html"), (ProblemBody = "application/problem+json"))),
        (status = 413, description = "The form is too long.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "Nothing was changed: the page says what stands in the way.", content_type = "text/html"),
        (status = 503, description = "The store does not answer: a page for people, a problem for programs.", content((String = "text/html"), (ProblemBody = "application/problem+json")))
    )
)]
pub(crate) async fn save_preference_page(
    request: HttpRequest,
    api: Data<Api>,
    token: Id<String>,
    sent: Sent,
) -> HttpResponse {
    let ip = origin::address(&request);
    match within(LONGEST_WAIT, api.open_preferences.save(&token.0, &sent.0, ip)).await {
        Ok(saved) if saved.objections.is_empty() => preference_page::of(StatusCode::OK, &saved, true),
        Ok(refused) => preference_page::of(StatusCode::UNPROCESSABLE_ENTITY, &refused, false),
        Err(error) => page::failure(&request, &error),
    }
}
