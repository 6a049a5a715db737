//! What people hear of by which channel, and when.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use carillon_domain::PersonId;

use crate::auth::Caller;
use crate::body::Json;
use crate::dto::preference::{PreferencesBody, TowardsWhom};
use crate::dto::preference_input::PreferencesInput;
use crate::handlers::Answer;
use crate::path::Id;
use crate::query::Query;
use crate::{Api, origin};

/// Show a person's preferences
///
/// What the person hears of by which channel: their own decisions over the choices of the business over the usual. Needs
/// `recipients:write`, or the person's own token.
#[utoipa::path(
    get, path = "/v1/recipients/{id}/preferences", tag = "Recipients",
    params(("id" = String, Path, description = "The person."), TowardsWhom),
    responses((status = 200, description = "The preferences.", body = PreferencesBody))
)]
pub(crate) async fn show_preferences(
    api: Data<Api>,
    caller: Caller,
    id: Id<PersonId>,
    query: Query<TowardsWhom>,
) -> Answer {
    let shown = api.preferences.show(caller.principal(), &id.0, query.0.business_id);
    Ok(HttpResponse::Ok().json(PreferencesBody::from(caller.within(shown).await?)))
}

/// Change a person's preferences
///
/// Changes what is named, all or nothing, and answers all of it. Each decision is recorded with its proof. The last way by which
/// something critical arrives cannot be turned off. Needs `recipients:write`, or the person's own token.
#[utoipa::path(
    put, path = "/v1/recipients/{id}/preferences", tag = "Recipients", request_body = PreferencesInput,
    params(("id" = String, Path, description = "The person."), TowardsWhom),
    responses((status = 200, description = "The preferences as they are now.", body = PreferencesBody))
)]
pub(crate) async fn put_preferences(
    request: HttpRequest,
    api: Data<Api>,
    caller: Caller,
    id: Id<PersonId>,
    query: Query<TowardsWhom>,
    body: Json<PreferencesInput>,
) -> Answer {
    let mut change = body.0.change()?;
    if caller.principal().person() == Some(&id.0) {
        change.ip = origin::address(&request);
    }
    let changed = api.preferences.change(caller.principal(), &id.0, query.0.business_id, change);
    Ok(HttpResponse::Ok().json(PreferencesBody::from(caller.within(changed).await?)))
}
