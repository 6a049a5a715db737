//! A business's own texts.

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::Api;
use crate::auth::Caller;
use crate::body::{Json, Written};
use crate::dto::page::ListPage;
use crate::dto::report::NotificationAccepted;
use crate::dto::template::{
    Named, OwnTextBody, PreviewBody, RollBackBody, TestSendBody, TextPreview, TextSaved, TextVersionBody,
};
use crate::handlers::Answer;

/// Show a text
///
/// The version that holds; 404 where the built-in text does. Needs `templates:write`.
#[utoipa::path(
    get, path = "/v1/businesses/{id}/templates/{kind}/{channel}/{locale}", tag = "Templates",
    params(
        ("id" = String, Path, description = "The business."), ("kind" = String, Path, description = "The kind."),
        ("channel" = String, Path, description = "The channel."), ("locale" = String, Path, description = "The language (BCP 47).")
    ),
    responses((status = 200, description = "The text.", body = TextVersionBody))
)]
pub(crate) async fn show_text(api: Data<Api>, caller: Caller, named: Named) -> Answer {
    let version = caller.within(api.templates.show(caller.principal(), &named.0)).await?;
    Ok(HttpResponse::Ok().json(TextVersionBody::from(version)))
}

/// Write a text
///
/// It is checked first: unknown names are found with their place, nothing may loop or compute, and the longest text message it can make is
/// counted. What holds a warning is saved. A text that says what the newest version says makes no new one. Needs `templates:write`.
#[utoipa::path(
    put, path = "/v1/businesses/{id}/templates/{kind}/{channel}/{locale}", tag = "Templates", request_body = OwnTextBody,
    params(
        ("id" = String, Path, description = "The business."), ("kind" = String, Path, description = "The kind."),
        ("channel" = String, Path, description = "The channel."), ("locale" = String, Path, description = "The language (BCP 47).")
    ),
    responses((status = 200, description = "Saved as a new version, used within seconds; what says the same as the newest one is that version.", body = TextSaved))
)]
pub(crate) async fn put_text(
    api: Data<Api>,
    caller: Caller,
    named: Named,
    written: Written<OwnTextBody>,
) -> Answer {
    let saved = caller.within(api.templates.put(caller.principal(), &named.0, written.body.into())).await?;
    Ok(HttpResponse::Ok().json(TextSaved::from(saved)))
}

/// Go back to the built-in text
///
/// The versions stay, and can be rolled back to. Needs `templates:write`.
#[utoipa::path(
    delete, path = "/v1/businesses/{id}/templates/{kind}/{channel}/{locale}", tag = "Templates",
    params(
        ("id" = String, Path, description = "The business."), ("kind" = String, Path, description = "The kind."),
        ("channel" = String, Path, description = "The channel."), ("locale" = String, Path, description = "The language (BCP 47).")
    ),
    responses((status = 204, description = "The built-in text holds."))
)]
pub(crate) async fn delete_text(api: Data<Api>, caller: Caller, named: Named) -> Answer {
    caller.within(api.templates.delete(caller.principal(), &named.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// List the versions of a text
///
/// All of them, the newest first. Needs `templates:write`.
#[utoipa::path(
    get, path = "/v1/businesses/{id}/templates/{kind}/{channel}/{locale}/versions", tag = "Templates",
    params(
        ("id" = String, Path, description = "The business."), ("kind" = String, Path, description = "The kind."),
        ("channel" = String, Path, description = "The channel."), ("locale" = String, Path, description = "The language (BCP 47).")
    ),
    responses((status = 200, description = "All of them.", body = ListPage<TextVersionBody>))
)]
pub(crate) async fn list_text_versions(api: Data<Api>, caller: Caller, named: Named) -> Answer {
    let versions = caller.within(api.templates.versions(caller.principal(), &named.0)).await?;
    Ok(HttpResponse::Ok().json(ListPage::whole(versions.into_iter().map(TextVersionBody::from).collect())))
}

/// Roll a text back
///
/// An older version becomes the newest again; it is checked like any other. Needs `templates:write`.
#[utoipa::path(
    post, path = "/v1/businesses/{id}/templates/{kind}/{channel}/{locale}/rollback", tag = "Templates", request_body = RollBackBody,
    params(
        ("id" = String, Path, description = "The business."), ("kind" = String, Path, description = "The kind."),
        ("channel" = String, Path, description = "The channel."), ("locale" = String, Path, description = "The language (BCP 47).")
    ),
    responses((status = 200, description = "Saved as a new version.", body = TextSaved))
)]
pub(crate) async fn roll_back_text(
    api: Data<Api>,
    caller: Caller,
    named: Named,
    body: Json<RollBackBody>,
) -> Answer {
    let saved = caller.within(api.templates.roll_back(caller.principal(), &named.0, body.0.version)).await?;
    Ok(HttpResponse::Ok().json(TextSaved::from(saved)))
}

/// Send a test
///
/// The text that is in force, with the kind's sample data, to a person who is known: a client or a colleague, whoever the kind is for
/// otherwise. Needs `templates:write` and `notifications:write`.
#[utoipa::path(
    post, path = "/v1/businesses/{id}/templates/{kind}/{channel}/{locale}/test", tag = "Templates", request_body = TestSendBody,
    params(
        ("id" = String, Path, description = "The business."), ("kind" = String, Path, description = "The kind."),
        ("channel" = String, Path, description = "The channel."), ("locale" = String, Path, description = "The language (BCP 47).")
    ),
    responses((status = 202, description = "Accepted.", body = NotificationAccepted))
)]
pub(crate) async fn send_test(
    api: Data<Api>,
    caller: Caller,
    named: Named,
    body: Json<TestSendBody>,
) -> Answer {
    // Boxed: it sends a notification, which is a long way to go.
    let work = Box::pin(api.templates.send_test(caller.principal(), &named.0, body.0.recipient_id));
    let report = caller.within(work).await?;
    Ok(HttpResponse::Accepted().json(NotificationAccepted::from(report)))
}

/// Look at a text
///
/// How a text would look, saved or not, with the kind's sample or the data of an event, and what is wrong with it. Nothing is stored and
/// nobody gets it. Needs `templates:write`.
#[utoipa::path(
    post, path = "/v1/templates/preview", tag = "Templates", request_body = PreviewBody,
    responses((status = 200, description = "How it would look.", body = TextPreview))
)]
pub(crate) async fn preview_text(api: Data<Api>, caller: Caller, body: Json<PreviewBody>) -> Answer {
    let look = body.0.look()?;
    let preview = caller.within(api.templates.preview(caller.principal(), look)).await?;
    Ok(HttpResponse::Ok().json(TextPreview::from(preview)))
}
