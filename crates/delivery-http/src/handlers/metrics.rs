//! Counts, for Prometheus.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use carillon_application::{access, measure};
use carillon_domain::Permission;

use crate::Api;
use crate::auth::caller;
use crate::deadline::{LONGEST_WAIT, within};
use crate::dto::problem::ProblemBody;
use crate::handlers::Answer;
use crate::problem::ApiError;

/// The text format that Prometheus reads.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The counts of this process
///
/// In Prometheus' text format. In production it takes an API key with `operations:read`.
#[utoipa::path(
    get, path = "/metrics", tag = "Health",
    responses(
        (status = 200, description = "The counts.", body = String, content_type = "text/plain"),
        (status = 401, description = "No credential that holds (in production).", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The credential may not read them (in production).", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "This process counts nothing.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests by this credential.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "The store does not answer.", body = ProblemBody, content_type = "application/problem+json")
    )
)]
pub(crate) async fn metrics(api: Data<Api>, request: HttpRequest) -> Answer {
    let counts = api.counts.as_ref().ok_or_else(|| ApiError::not_found("This process counts nothing."))?;
    if counts.guarded {
        let caller = caller(&api, request.headers()).await?;
        let allowed = access::require(&api.ports, caller.principal(), Permission::OperationsRead);
        within(LONGEST_WAIT, allowed).await?;
    }
    within(LONGEST_WAIT, measure::look_at_queues(&api.ports)).await?;
    Ok(HttpResponse::Ok().content_type(TEXT_FORMAT).body((counts.render)()))
}
