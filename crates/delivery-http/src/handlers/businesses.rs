//! Businesses.

use actix_web::HttpResponse;
use actix_web::web::Data;
use carillon_domain::{BusinessId, Settings};

use crate::Api;
use crate::auth::Caller;
use crate::body::Json;
use crate::dto::business::{BusinessBody, BusinessInput};
use crate::handlers::{Answer, put};
use crate::path::Id;

/// Show a business
///
/// Needs `businesses:write`.
#[utoipa::path(
    get, path = "/v1/businesses/{id}", tag = "Businesses",
    params(("id" = String, Path, description = "The platform's own id.")),
    responses((status = 200, description = "The business.", body = BusinessBody))
)]
pub(crate) async fn show_business(api: Data<Api>, caller: Caller, id: Id<BusinessId>) -> Answer {
    let business = caller.within(api.businesses.show(caller.principal(), &id.0)).await?;
    Ok(HttpResponse::Ok().json(BusinessBody::from(business)))
}

/// Make or change a business
///
/// Needs `businesses:write`.
#[utoipa::path(
    put, path = "/v1/businesses/{id}", tag = "Businesses", request_body = BusinessInput,
    params(("id" = String, Path, description = "The platform's own id.")),
    responses(
        (status = 201, description = "Made.", body = BusinessBody),
        (status = 200, description = "Changed.", body = BusinessBody)
    )
)]
pub(crate) async fn put_business(
    api: Data<Api>,
    caller: Caller,
    id: Id<BusinessId>,
    body: Json<BusinessInput>,
) -> Answer {
    let settings = body.0.settings.map(|settings| Settings::from(settings.0));
    // Boxed: it may plan all reminders anew.
    let done = Box::pin(api.businesses.put(caller.principal(), &id.0, body.0.name, settings));
    let (business, is_new) = caller.patiently(done).await?;
    Ok(put(is_new, &BusinessBody::from(business)))
}

/// Remove a business
///
/// Calls off what waits for it. Only for the platform. Needs `businesses:write`.
#[utoipa::path(
    delete, path = "/v1/businesses/{id}", tag = "Businesses",
    params(("id" = String, Path, description = "The platform's own id.")),
    responses((status = 204, description = "Removed."))
)]
pub(crate) async fn delete_business(api: Data<Api>, caller: Caller, id: Id<BusinessId>) -> Answer {
    caller.within(api.businesses.delete(caller.principal(), &id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}
