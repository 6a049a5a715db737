//! The settings of businesses.

use actix_web::HttpResponse;
use actix_web::web::Data;
use carillon_domain::BusinessId;

use crate::Api;
use crate::auth::Caller;
use crate::body::Json;
use crate::dto::preview::PreviewBody;
use crate::dto::settings::SettingsBody;
use crate::handlers::Answer;
use crate::path::Id;

/// Show a business's settings
///
/// Needs `businesses:write`.
#[utoipa::path(
    get, path = "/v1/businesses/{id}/settings", tag = "Businesses",
    params(("id" = String, Path, description = "The business.")),
    responses((status = 200, description = "The settings.", body = SettingsBody))
)]
pub(crate) async fn show_settings(api: Data<Api>, caller: Caller, id: Id<BusinessId>) -> Answer {
    let business = caller.within(api.businesses.show(caller.principal(), &id.0)).await?;
    Ok(HttpResponse::Ok().json(SettingsBody::from(business.settings)))
}

/// See what other settings would change
///
/// Takes settings as PUT does, changes nothing, and says which reminders that are planned would move, vanish and appear. Needs
/// `businesses:write`.
#[utoipa::path(
    post, path = "/v1/businesses/{id}/settings/preview", tag = "Businesses", request_body = SettingsBody,
    params(("id" = String, Path, description = "The business.")),
    responses((status = 200, description = "What would change.", body = PreviewBody))
)]
pub(crate) async fn preview_settings(
    api: Data<Api>,
    caller: Caller,
    id: Id<BusinessId>,
    body: Json<SettingsBody>,
) -> Answer {
    let changes = api.businesses.preview_settings(caller.principal(), &id.0, body.0.into());
    Ok(HttpResponse::Ok().json(PreviewBody::from(caller.patiently(changes).await?)))
}

/// Replace a business's settings
///
/// Whatever is left out becomes the usual. Reminders that are planned follow in the same transaction. Needs `businesses:write`.
#[utoipa::path(
    put, path = "/v1/businesses/{id}/settings", tag = "Businesses", request_body = SettingsBody,
    params(("id" = String, Path, description = "The business.")),
    responses((status = 200, description = "Replaced.", body = SettingsBody))
)]
pub(crate) async fn put_settings(
    api: Data<Api>,
    caller: Caller,
    id: Id<BusinessId>,
    body: Json<SettingsBody>,
) -> Answer {
    let done = api.businesses.put_settings(caller.principal(), &id.0, body.0.into());
    let business = caller.patiently(done).await?;
    Ok(HttpResponse::Ok().json(SettingsBody::from(business.settings)))
}
