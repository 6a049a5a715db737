//! Businesses.

use actix_web::HttpResponse;
use actix_web::web::Data;
use carillon_application::businesses::BusinessPut;
use carillon_domain::BusinessId;
use serde_json::Value;

use crate::Api;
use crate::auth::Caller;
use crate::body::Written;
use crate::dto::business::{BusinessBody, BusinessChanged, BusinessInput};
use crate::dto::settings::as_json;
use crate::dto::warning::resets;
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
/// Without settings, its own stay; with settings, whatever they leave out becomes the usual, and `warnings` names what was reset that
/// way. `locale` and `timezone` beside the name change only themselves, and come before those of the settings. PATCH of its settings
/// changes single fields. Needs `businesses:write`.
#[utoipa::path(
    put, path = "/v1/businesses/{id}", tag = "Businesses", request_body = BusinessInput,
    params(("id" = String, Path, description = "The platform's own id.")),
    responses(
        (status = 201, description = "Made.", body = BusinessChanged),
        (status = 200, description = "Changed.", body = BusinessChanged)
    )
)]
pub(crate) async fn put_business(
    api: Data<Api>,
    caller: Caller,
    id: Id<BusinessId>,
    written: Written<BusinessInput>,
) -> Answer {
    let Written { body, json } = written;
    let input = body.meant_on(&api.ports.policy.platform);
    // Boxed: it may plan all reminders anew.
    let done = Box::pin(api.businesses.put(caller.principal(), &id.0, input));
    let BusinessPut { before, after } = caller.patiently(done).await?;
    let warnings = match (&before, sent_settings(json)) {
        (Some(before), Some(sent)) => resets("/settings", &sent, &as_json(before), &as_json(&after.settings)),
        (None, _) | (_, None) => Vec::new(),
    };
    Ok(put(before.is_none(), &BusinessChanged { business: after.into(), warnings }))
}

/// The settings of a body, with those that stand beside them; `None` where the business keeps its own.
fn sent_settings(mut json: Value) -> Option<Value> {
    let mut settings = json.get_mut("settings").map(Value::take)?;
    for name in ["locale", "timezone"] {
        if let (Value::Object(settings), Some(beside)) = (&mut settings, json.get_mut(name)) {
            settings.insert(name.to_owned(), beside.take());
        }
    }
    Some(settings)
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
