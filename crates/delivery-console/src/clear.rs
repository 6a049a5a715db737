//! The button that empties the mailbox.

use actix_web::http::header::{HOST, LOCATION, ORIGIN};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use carillon_application::mailbox::Letterbox;

use crate::asked::MAILBOX;
use crate::mailbox;

/// `POST /console/mailbox/clear`
pub(crate) async fn clear(request: HttpRequest, letters: Data<dyn Letterbox>) -> HttpResponse {
    if !is_from_our_page(&request) {
        return mailbox::refused();
    }
    letters.clear_letters();
    HttpResponse::SeeOther().insert_header((LOCATION, MAILBOX)).finish()
}

/// No cookie guards the console in development, so that any page in the same browser could post here. Browsers say truly where a
/// form comes from: by `Sec-Fetch-Site` where the address is trustworthy to them, by `Origin` everywhere.
fn is_from_our_page(request: &HttpRequest) -> bool {
    let field = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = field("sec-fetch-site") {
        return site == "same-origin";
    }
    let origin = field(ORIGIN.as_str()).and_then(|origin| origin.split_once("://"));
    matches!((origin, field(HOST.as_str())), (Some((_, from)), Some(host)) if from.eq_ignore_ascii_case(host))
}
