//! Bulk requests: accepted, followed, called off.

use actix_web::HttpResponse;
use actix_web::web::Data;
use carillon_domain::BatchId;

use crate::Api;
use crate::auth::Caller;
use crate::body::Posted;
use crate::dto::batch::BatchBody;
use crate::dto::bulk::{BulkAccepted, BulkBody};
use crate::dto::problem::ProblemBody;
use crate::handlers::Answer;
use crate::path::Id;

/// Notify many people
///
/// One kind to up to 1,000 people, after everything more urgent and no faster than `rate_per_minute`. A recipient that is wrong is
/// refused by itself and fails no other. When this answers, the rest is committed. Needs `notifications:write`.
#[utoipa::path(
    post, path = "/v1/notifications/bulk", tag = "Bulk", request_body = BulkBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters: repeats the request safely for at least 24 hours.")),
    responses(
        (status = 202, description = "Accepted and committed, but for the recipients that are listed as refused.", body = BulkAccepted),
        (status = 409, description = "A person came to belong to another business in the same moment: repeat the request.", body = ProblemBody, content_type = "application/problem+json")
    )
)]
pub(crate) async fn notify_many(api: Data<Api>, caller: Caller, posted: Posted<BulkBody>) -> Answer {
    let bulk = posted.body.bulk(posted.repeatable)?;
    let report = caller.within(api.notify_many.run(caller.principal(), bulk)).await?;
    Ok(HttpResponse::Accepted().json(BulkAccepted::from(report)))
}

/// Show a batch
///
/// How many of its messages are in each state. Needs `notifications:read`.
#[utoipa::path(
    get, path = "/v1/batches/{id}", tag = "Bulk",
    params(("id" = String, Path, description = "The batch.")),
    responses((status = 200, description = "How far it has come.", body = BatchBody))
)]
pub(crate) async fn show_batch(api: Data<Api>, caller: Caller, id: Id<BatchId>) -> Answer {
    let progress = caller.within(api.batches.show(caller.principal(), id.0)).await?;
    Ok(HttpResponse::Ok().json(BatchBody::from(progress)))
}

/// Cancel a batch
///
/// Calls off what has not left yet. What failed stays in the dead letters. Needs `notifications:write`.
#[utoipa::path(
    post, path = "/v1/batches/{id}/cancel", tag = "Bulk",
    params(("id" = String, Path, description = "The batch.")),
    responses(
        (status = 200, description = "Called off; how far it came.", body = BatchBody),
        (status = 409, description = "Nothing of it is left to call off.", body = ProblemBody, content_type = "application/problem+json")
    )
)]
pub(crate) async fn cancel_batch(api: Data<Api>, caller: Caller, id: Id<BatchId>) -> Answer {
    let progress = caller.within(api.batches.cancel(caller.principal(), id.0)).await?;
    Ok(HttpResponse::Ok().json(BatchBody::from(progress)))
}
