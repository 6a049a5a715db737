//! What people agreed to.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use carillon_domain::PersonId;

use crate::auth::Caller;
use crate::body::Json;
use crate::dto::consent::{ConsentBody, ConsentInput};
use crate::dto::page::ListPage;
use crate::handlers::Answer;
use crate::path::Id;
use crate::{Api, origin};

/// Record a consent
///
/// Adds a decision and makes it hold; earlier ones stay as proof, each linked to the one before. Needs `recipients:write`, or the person's own token.
#[utoipa::path(
    post, path = "/v1/recipients/{id}/consents", tag = "Recipients", request_body = ConsentInput,
    params(("id" = String, Path, description = "The person.")),
    responses((status = 201, description = "Recorded.", body = ConsentBody))
)]
pub(crate) async fn add_consent(
    request: HttpRequest,
    api: Data<Api>,
    caller: Caller,
    id: Id<PersonId>,
    body: Json<ConsentInput>,
) -> Answer {
    let mut decision = body.0.decision()?;
    if caller.principal().person() == Some(&id.0) {
        decision.ip = origin::address(&request);
    }
    let consent = caller.within(api.recipients.decide(caller.principal(), &id.0, decision)).await?;
    Ok(HttpResponse::Created().json(ConsentBody::from(consent)))
}

/// List consents
///
/// Every decision of a person, oldest first. Needs `recipients:write`, or the person's own token.
#[utoipa::path(
    get, path = "/v1/recipients/{id}/consents", tag = "Recipients",
    params(("id" = String, Path, description = "The person.")),
    responses((status = 200, description = "Every decision.", body = ListPage<ConsentBody>))
)]
pub(crate) async fn list_consents(api: Data<Api>, caller: Caller, id: Id<PersonId>) -> Answer {
    let consents = caller.within(api.recipients.decisions(caller.principal(), &id.0)).await?;
    let items = consents.into_iter().map(ConsentBody::from).collect();
    Ok(HttpResponse::Ok().json(ListPage::whole(items)))
}
