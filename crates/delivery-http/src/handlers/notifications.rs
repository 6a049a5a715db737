//! Notifications: asked for by hand, searched, shown, called off, tried again.

use actix_web::HttpResponse;
use actix_web::web::Data;
use carillon_domain::NotificationId;

use crate::Api;
use crate::auth::Caller;
use crate::body::Posted;
use crate::dto::notification::NotificationBody;
use crate::dto::notify::NotifyBody;
use crate::dto::page::ListPage;
use crate::dto::problem::ProblemBody;
use crate::dto::report::NotificationAccepted;
use crate::dto::search::NotificationSearch;
use crate::handlers::Answer;
use crate::path::Id;
use crate::query::Query;

/// Notify one recipient
///
/// One kind to one recipient, asked for by hand. When this answers, it is committed. Needs `notifications:write`.
#[utoipa::path(
    post, path = "/v1/notifications", tag = "Notifications", request_body = NotifyBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters: repeats the request safely for at least 24 hours.")),
    responses((status = 202, description = "Accepted and committed.", body = NotificationAccepted))
)]
pub(crate) async fn notify_recipient(api: Data<Api>, caller: Caller, posted: Posted<NotifyBody>) -> Answer {
    let notify = posted.body.notify(posted.repeatable)?;
    let report = caller.within(api.notify.run(caller.principal(), notify)).await?;
    Ok(HttpResponse::Accepted().json(NotificationAccepted::from(report)))
}

/// Search notifications
///
/// Newest first, without tries and texts. Needs `notifications:read`.
#[utoipa::path(
    get, path = "/v1/notifications", tag = "Notifications", params(NotificationSearch),
    responses((status = 200, description = "A page.", body = ListPage<NotificationBody>))
)]
pub(crate) async fn search_notifications(
    api: Data<Api>,
    caller: Caller,
    query: Query<NotificationSearch>,
) -> Answer {
    let (filter, page) = query.0.split();
    let found = caller.within(api.notifications.search(caller.principal(), &filter, page)).await?;
    let items = found.into_iter().map(NotificationBody::from).collect();
    Ok(HttpResponse::Ok().json(ListPage::cut(items, page.limit, |last| last.id.to_string())))
}

/// Show a notification
///
/// The whole timeline: messages, tries, reasons, texts. Needs `notifications:read`.
#[utoipa::path(
    get, path = "/v1/notifications/{id}", tag = "Notifications",
    params(("id" = String, Path, description = "The notification.")),
    responses((status = 200, description = "The timeline.", body = NotificationBody))
)]
pub(crate) async fn show_notification(api: Data<Api>, caller: Caller, id: Id<NotificationId>) -> Answer {
    let record = caller.within(api.notifications.show(caller.principal(), id.0)).await?;
    Ok(HttpResponse::Ok().json(NotificationBody::from(record)))
}

/// Cancel a notification
///
/// Calls off what has not left yet. Needs `notifications:write`.
#[utoipa::path(
    post, path = "/v1/notifications/{id}/cancel", tag = "Notifications",
    params(("id" = String, Path, description = "The notification.")),
    responses(
        (status = 200, description = "Called off; the timeline.", body = NotificationBody),
        (status = 409, description = "Too late: `messages` says where each of them stands.", body = ProblemBody, content_type = "application/problem+json")
    )
)]
pub(crate) async fn cancel_notification(api: Data<Api>, caller: Caller, id: Id<NotificationId>) -> Answer {
    let record = caller.within(api.notifications.cancel(caller.principal(), id.0)).await?;
    Ok(HttpResponse::Ok().json(NotificationBody::from(record)))
}

/// Retry a notification
///
/// Queues its failed messages again, with a fresh count of tries. Needs `notifications:write`.
#[utoipa::path(
    post, path = "/v1/notifications/{id}/retry", tag = "Notifications",
    params(("id" = String, Path, description = "The notification.")),
    responses(
        (status = 200, description = "Queued again; the timeline.", body = NotificationBody),
        (status = 409, description = "Nothing of it failed: `messages` says where each of them stands.", body = ProblemBody, content_type = "application/problem+json")
    )
)]
pub(crate) async fn retry_notification(api: Data<Api>, caller: Caller, id: Id<NotificationId>) -> Answer {
    let record = caller.within(api.notifications.retry(caller.principal(), id.0)).await?;
    Ok(HttpResponse::Ok().json(NotificationBody::from(record)))
}
