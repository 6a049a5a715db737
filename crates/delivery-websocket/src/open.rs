//! From a request to a connection.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, rt};

use crate::connection::Connection;
use crate::live::Shared;
use crate::problem;

/// `GET /v1/ws`
pub(crate) async fn open(request: HttpRequest, payload: Payload, live: Data<Shared>) -> HttpResponse {
    if !live.settings.origins.allow(request.headers()) {
        return problem::origin_not_allowed();
    }
    match actix_ws::handle(&request, payload) {
        Ok((response, session, frames)) => {
            rt::spawn(Connection::new(session, frames, live.into_inner()).run());
            response
        }
        Err(_) => problem::upgrade_required(),
    }
}
