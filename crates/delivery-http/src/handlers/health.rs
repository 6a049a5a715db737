//! Health.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Data;
use carillon_application::Refusal;

use crate::Api;
use crate::deadline::within;
use crate::dto::health::Health;
use crate::dto::problem::ProblemBody;
use crate::handlers::Answer;

/// Probes give up early themselves.
const PROBE: Duration = Duration::from_secs(2);

/// Whether the process runs
///
/// Answers as long as there is somebody to answer.
#[utoipa::path(
    get, path = "/health/live", tag = "Health",
    responses((status = 200, description = "It runs.", body = Health))
)]
pub(crate) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: "ok" })
}

/// Whether requests can be served
///
/// Asks the store.
#[utoipa::path(
    get, path = "/health/ready", tag = "Health",
    responses(
        (status = 200, description = "They can.", body = Health),
        (status = 503, description = "The store does not answer.", body = ProblemBody, content_type = "application/problem+json")
    )
)]
pub(crate) async fn ready(api: Data<Api>) -> Answer {
    within(PROBE, async { api.ports.store.ping().await.map_err(Refusal::from) }).await?;
    Ok(HttpResponse::Ok().json(Health { status: "ok" }))
}
