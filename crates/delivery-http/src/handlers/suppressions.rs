//! What stands against a person's addresses.

use actix_web::HttpResponse;
use actix_web::web::Data;
use carillon_domain::PersonId;

use crate::Api;
use crate::auth::Caller;
use crate::dto::suppression::{LiftQuery, LiftedBody, SuppressionListBody};
use crate::handlers::Answer;
use crate::path::Id;
use crate::query::Query;

/// Show what stands against a person's addresses
///
/// Bounces, complaints and stops, with their cause and date. Needs `recipients:write`, or the person's own token.
#[utoipa::path(
    get, path = "/v1/recipients/{id}/suppressions", tag = "Recipients",
    params(("id" = String, Path, description = "The platform's own id.")),
    responses((status = 200, description = "The oldest first.", body = SuppressionListBody))
)]
pub(crate) async fn list_suppressions(api: Data<Api>, caller: Caller, id: Id<PersonId>) -> Answer {
    let shown = caller.within(api.recipients.suppressions(caller.principal(), &id.0)).await?;
    Ok(HttpResponse::Ok().json(SuppressionListBody::from(shown)))
}

/// Lift what stands against a person's addresses
///
/// Bounces are lifted by whoever has `recipients:write`; complaints and stops by the person's own token alone (or by the text START). A
/// provider that keeps a list of its own is told; where that fails, the answer says so. Each lifting is audited.
#[utoipa::path(
    delete, path = "/v1/recipients/{id}/suppressions", tag = "Recipients",
    params(("id" = String, Path, description = "The platform's own id."), LiftQuery),
    responses((status = 200, description = "What was lifted, and what was not.", body = LiftedBody))
)]
pub(crate) async fn lift_suppressions(
    api: Data<Api>,
    caller: Caller,
    id: Id<PersonId>,
    query: Query<LiftQuery>,
) -> Answer {
    let lifted = caller.within(api.recipients.lift(caller.principal(), &id.0, query.0.channel)).await?;
    Ok(HttpResponse::Ok().json(LiftedBody::from(lifted)))
}
