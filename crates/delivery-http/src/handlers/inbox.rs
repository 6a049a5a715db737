//! The person's own in-app notifications.

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::Api;
use crate::auth::Caller;
use crate::dto::inbox::{AllRead, InboxCountsBody, InboxItemBody};
use crate::dto::page::ListPage;
use crate::dto::search::InboxSearch;
use crate::handlers::Answer;
use crate::path::Id;
use crate::query::Query;

/// List the inbox
///
/// Newest first, without archived items. Needs a user token.
#[utoipa::path(
    get, path = "/v1/inbox", tag = "Inbox", params(InboxSearch),
    responses((status = 200, description = "A page.", body = ListPage<InboxItemBody>))
)]
pub(crate) async fn list_inbox(api: Data<Api>, caller: Caller, query: Query<InboxSearch>) -> Answer {
    let InboxSearch { limit, after } = query.0;
    let found = caller.within(api.inbox.list(caller.principal(), after, limit)).await?;
    let items = found.into_iter().map(InboxItemBody::from).collect();
    Ok(HttpResponse::Ok().json(ListPage::cut(items, limit, |last| last.seq.to_string())))
}

/// Count the inbox
///
/// Needs a user token.
#[utoipa::path(
    get, path = "/v1/inbox/counts", tag = "Inbox",
    responses((status = 200, description = "How many there are.", body = InboxCountsBody))
)]
pub(crate) async fn count_inbox(api: Data<Api>, caller: Caller) -> Answer {
    let counts = caller.within(api.inbox.counts(caller.principal())).await?;
    Ok(HttpResponse::Ok().json(InboxCountsBody::from(counts)))
}

/// Mark an item as read
///
/// Reading twice keeps the first time. Needs a user token.
#[utoipa::path(
    post, path = "/v1/inbox/{seq}/read", tag = "Inbox",
    params(("seq" = i64, Path, description = "The item's place in the inbox.")),
    responses((status = 204, description = "Marked."))
)]
pub(crate) async fn read_inbox_item(api: Data<Api>, caller: Caller, seq: Id<i64>) -> Answer {
    caller.within(api.inbox.read(caller.principal(), seq.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Archive an item
///
/// It is no longer listed. Needs a user token.
#[utoipa::path(
    post, path = "/v1/inbox/{seq}/archive", tag = "Inbox",
    params(("seq" = i64, Path, description = "The item's place in the inbox.")),
    responses((status = 204, description = "Put away."))
)]
pub(crate) async fn archive_inbox_item(api: Data<Api>, caller: Caller, seq: Id<i64>) -> Answer {
    caller.within(api.inbox.archive(caller.principal(), seq.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Mark everything as read
///
/// Needs a user token.
#[utoipa::path(
    post, path = "/v1/inbox/read-all", tag = "Inbox",
    responses((status = 200, description = "How many were marked.", body = AllRead))
)]
pub(crate) async fn read_whole_inbox(api: Data<Api>, caller: Caller) -> Answer {
    let read = caller.within(api.inbox.read_all(caller.principal())).await?;
    Ok(HttpResponse::Ok().json(AllRead { read }))
}
