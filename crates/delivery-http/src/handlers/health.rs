//! Health.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Data;

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

/// Whether the process should get work
///
/// Not while it is about to stop, while the store does not answer, or while work is due and its worker gets nowhere.
#[utoipa::path(
    get, path = "/health/ready", tag = "Health",
    responses(
        (status = 200, description = "It should.", body = Health),
        (status = 503, description = "It should not; `detail` says why.", body = ProblemBody, content_type = "application/problem+json")
    )
)]
pub(crate) async fn ready(api: Data<Api>) -> Answer {
    within(PROBE, api.vitals.check(&api.ports)).await?;
    Ok(HttpResponse::Ok().json(Health { status: "ok" }))
}
