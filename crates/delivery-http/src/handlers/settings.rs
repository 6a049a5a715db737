//! The settings of businesses.

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use actix_web::web::Data;
use carillon_application::Refusal;
use carillon_application::businesses::SettingsChange;
use carillon_application::settings_change::revision;
use carillon_domain::{BusinessId, Platform, Settings};
use serde_json::Value;

use crate::Api;
use crate::auth::Caller;
use crate::body::{self, Meant as _, Written};
use crate::dto::preview::PreviewBody;
use crate::dto::problem::ProblemBody;
use crate::dto::settings::{SettingsBody, SettingsChanged, as_json};
use crate::dto::warning::{Warning, resets};
use crate::handlers::Answer;
use crate::if_match::{IfMatch, etag};
use crate::merge_patch::{self, MergePatch};
use crate::path::Id;
use crate::problem::ApiError;

/// Show a business's settings
///
/// Needs `businesses:write`.
#[utoipa::path(
    get, path = "/v1/businesses/{id}/settings", tag = "Businesses",
    params(("id" = String, Path, description = "The business.")),
    responses((status = 200, description = "The settings.", body = SettingsBody, headers(("ETag" = String, description = "Their revision, for If-Match."))))
)]
pub(crate) async fn show_settings(api: Data<Api>, caller: Caller, id: Id<BusinessId>) -> Answer {
    let business = caller.within(api.businesses.show(caller.principal(), &id.0)).await?;
    let etag = etag(&revision(&business.settings));
    Ok(HttpResponse::Ok().insert_header((ETAG, etag)).json(SettingsBody::from(business.settings)))
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
    written: Written<SettingsBody>,
) -> Answer {
    let platform = &api.ports.policy.platform;
    let changes = api.businesses.preview_settings(caller.principal(), &id.0, written.body.meant_on(platform));
    Ok(HttpResponse::Ok().json(PreviewBody::from(caller.patiently(changes).await?)))
}

/// Replace a business's settings
///
/// Whatever is left out becomes the usual, and `warnings` names what was reset that way; PATCH changes single fields. Reminders that are
/// planned follow in the same transaction. Needs `businesses:write`.
#[utoipa::path(
    put, path = "/v1/businesses/{id}/settings", tag = "Businesses", request_body = SettingsBody,
    params(
        ("id" = String, Path, description = "The business."),
        ("If-Match" = Option<String>, Header, description = "The ETag of the settings that the change is meant for.")
    ),
    responses(
        (status = 200, description = "Replaced.", body = SettingsChanged, headers(("ETag" = String, description = "Their revision."))),
        (status = 412, description = "They have changed since that revision.", body = ProblemBody, content_type = "application/problem+json")
    )
)]
pub(crate) async fn put_settings(
    api: Data<Api>,
    caller: Caller,
    id: Id<BusinessId>,
    revision: IfMatch,
    written: Written<SettingsBody>,
) -> Answer {
    let settings = written.body.meant_on(&api.ports.policy.platform);
    let changed = change(&api, &caller, &id, &revision, |_| Ok(settings.clone())).await?;
    let [before, after] = [&changed.before, &changed.after.settings].map(as_json);
    Ok(answer(changed.after.settings, resets("", &written.json, &before, &after)))
}

/// Change a part of a business's settings
///
/// JSON Merge Patch (RFC 7396): what is left out stays as it is, `null` takes a field back to the usual, lists are replaced whole.
/// Reminders that are planned follow in the same transaction. Needs `businesses:write`.
#[utoipa::path(
    patch, path = "/v1/businesses/{id}/settings", tag = "Businesses",
    request_body(content = Object, content_type = "application/merge-patch+json", description = "The fields to change.", example = json!({"quiet_hours": {"from": "21:00", "to": "08:00"}})),
    params(
        ("id" = String, Path, description = "The business."),
        ("If-Match" = Option<String>, Header, description = "The ETag of the settings that the change is meant for.")
    ),
    responses(
        (status = 200, description = "Changed.", body = SettingsChanged, headers(("ETag" = String, description = "Their revision."))),
        (status = 412, description = "They have changed since that revision.", body = ProblemBody, content_type = "application/problem+json")
    )
)]
pub(crate) async fn patch_settings(
    api: Data<Api>,
    caller: Caller,
    id: Id<BusinessId>,
    revision: IfMatch,
    patch: MergePatch,
) -> Answer {
    let platform = &api.ports.policy.platform;
    let changed = change(&api, &caller, &id, &revision, |known| patched(known, &patch.0, platform)).await?;
    Ok(answer(changed.after.settings, Vec::new()))
}

/// Changes the settings of a business, at the revision that the request names.
async fn change(
    api: &Api,
    caller: &Caller,
    id: &Id<BusinessId>,
    revision: &IfMatch,
    change: impl Fn(&Settings) -> Result<Settings, Refusal>,
) -> Result<SettingsChange, ApiError> {
    let done = api.businesses.change_settings(caller.principal(), &id.0, revision.0.as_deref(), change);
    // Boxed: it may plan all reminders anew.
    caller.patiently(Box::pin(done)).await
}

/// Settings with the changes of a patch.
fn patched(known: &Settings, patch: &Value, platform: &Platform) -> Result<Settings, Refusal> {
    let mut whole = as_json(known);
    merge_patch::apply(&mut whole, patch);
    SettingsBody::clean(&mut whole);
    let read = body::from_value::<SettingsBody>(whole);
    read.map(|body| body.meant_on(platform))
        .map_err(|problem| Refusal::Input { code: "invalid_body", problems: vec![problem] })
}

fn answer(settings: Settings, warnings: Vec<Warning>) -> HttpResponse {
    let etag = etag(&revision(&settings));
    HttpResponse::Ok()
        .insert_header((ETAG, etag))
        .json(SettingsChanged { settings: settings.into(), warnings })
}
