//! What an operator looks at and mends.

use actix_web::HttpResponse;
use actix_web::web::Data;
use carillon_domain::MessageId;

use crate::Api;
use crate::auth::Caller;
use crate::body::Json;
use crate::dto::audit::{AuditBody, AuditSearch};
use crate::dto::dead_letter::{
    DeadLetterBody, DeadLetterChoice, DeadLetterSearch, DeadLetterState, DeadLettersChanged,
};
use crate::dto::page::ListPage;
use crate::dto::problem::ProblemBody;
use crate::dto::queue::QueueBody;
use crate::handlers::Answer;
use crate::path::Id;
use crate::query::Query;

/// List the queues
///
/// What there is to do, by channel and class; the key of one business sees its own messages. Needs `operations:read`.
#[utoipa::path(
    get, path = "/v1/queues", tag = "Operations",
    responses((status = 200, description = "One a channel and class, all of them.", body = ListPage<QueueBody>))
)]
pub(crate) async fn list_queues(api: Data<Api>, caller: Caller) -> Answer {
    let queues = caller.within(api.operate.queues(caller.principal())).await?;
    Ok(HttpResponse::Ok().json(ListPage::whole(queues.into_iter().map(QueueBody::from).collect())))
}

/// List dead letters
///
/// Messages that were given up, newest first; the key of one business sees its own. Needs `operations:read`.
#[utoipa::path(
    get, path = "/v1/dead-letters", tag = "Operations", params(DeadLetterSearch),
    responses((status = 200, description = "A page.", body = ListPage<DeadLetterBody>))
)]
pub(crate) async fn list_dead_letters(
    api: Data<Api>,
    caller: Caller,
    query: Query<DeadLetterSearch>,
) -> Answer {
    let (limit, after) = (query.0.limit, query.0.after);
    let filter = query.0.filter();
    let found = caller.within(api.operate.dead_letters(caller.principal(), &filter, after, limit)).await?;
    let items = found.into_iter().map(DeadLetterBody::from).collect();
    Ok(HttpResponse::Ok().json(ListPage::cut(items, limit, DeadLetterBody::cursor)))
}

/// Retry a dead letter
///
/// Queues the message again, with a fresh count of tries. Needs `operations:write`.
#[utoipa::path(
    post, path = "/v1/dead-letters/{message_id}/retry", tag = "Operations",
    params(("message_id" = String, Path, description = "The message.")),
    responses(
        (status = 200, description = "Queued again.", body = DeadLetterState),
        (status = 409, description = "It is no dead letter any more: `messages` says where it stands.", body = ProblemBody, content_type = "application/problem+json")
    )
)]
pub(crate) async fn retry_dead_letter(api: Data<Api>, caller: Caller, id: Id<MessageId>) -> Answer {
    let status = caller.within(api.operate.retry(caller.principal(), id.0)).await?;
    Ok(HttpResponse::Ok().json(DeadLetterState { message_id: id.0, status }))
}

/// Discard a dead letter
///
/// Puts the message away: it becomes `cancelled` for the reason `discarded`, and is no longer listed. Needs `operations:write`.
#[utoipa::path(
    post, path = "/v1/dead-letters/{message_id}/discard", tag = "Operations",
    params(("message_id" = String, Path, description = "The message.")),
    responses(
        (status = 200, description = "Put away.", body = DeadLetterState),
        (status = 409, description = "It is no dead letter any more: `messages` says where it stands.", body = ProblemBody, content_type = "application/problem+json")
    )
)]
pub(crate) async fn discard_dead_letter(api: Data<Api>, caller: Caller, id: Id<MessageId>) -> Answer {
    let status = caller.within(api.operate.discard(caller.principal(), id.0)).await?;
    Ok(HttpResponse::Ok().json(DeadLetterState { message_id: id.0, status }))
}

/// Retry dead letters
///
/// Queues all that fit again, the oldest first, with a fresh count of tries; at most 1,000 in one call. The key of one business changes
/// its own. Needs `operations:write`.
#[utoipa::path(
    post, path = "/v1/dead-letters/retry", tag = "Operations", request_body = DeadLetterChoice,
    responses((status = 200, description = "Queued again.", body = DeadLettersChanged))
)]
pub(crate) async fn retry_dead_letters(
    api: Data<Api>,
    caller: Caller,
    body: Json<DeadLetterChoice>,
) -> Answer {
    let (changed, more) = caller.within(api.operate.retry_all(caller.principal(), &body.0.filter())).await?;
    Ok(HttpResponse::Ok().json(DeadLettersChanged { changed, more }))
}

/// Discard dead letters
///
/// Puts all that fit away, the oldest first; at most 1,000 in one call. The key of one business changes its own. Needs
/// `operations:write`.
#[utoipa::path(
    post, path = "/v1/dead-letters/discard", tag = "Operations", request_body = DeadLetterChoice,
    responses((status = 200, description = "Put away.", body = DeadLettersChanged))
)]
pub(crate) async fn discard_dead_letters(
    api: Data<Api>,
    caller: Caller,
    body: Json<DeadLetterChoice>,
) -> Answer {
    let (changed, more) =
        caller.within(api.operate.discard_all(caller.principal(), &body.0.filter())).await?;
    Ok(HttpResponse::Ok().json(DeadLettersChanged { changed, more }))
}

/// List the audit trail
///
/// Who did what, newest first; the credential of one business sees what concerns it. Needs `audit:read`.
#[utoipa::path(
    get, path = "/v1/audit", tag = "Operations", params(AuditSearch),
    responses((status = 200, description = "A page.", body = ListPage<AuditBody>))
)]
pub(crate) async fn list_audit(api: Data<Api>, caller: Caller, query: Query<AuditSearch>) -> Answer {
    let (limit, after) = (query.0.limit, query.0.after);
    let filter = query.0.filter();
    let found = caller.within(api.operate.audit(caller.principal(), &filter, after, limit)).await?;
    let items = found.into_iter().map(AuditBody::from).collect();
    Ok(HttpResponse::Ok().json(ListPage::cut(items, limit, AuditBody::cursor)))
}
