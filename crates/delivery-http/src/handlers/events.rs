//! Events.

use actix_web::HttpResponse;
use actix_web::web::Data;
use carillon_domain::EventId;

use crate::Api;
use crate::auth::Caller;
use crate::body::{Json, Posted};
use crate::dto::event::{EventBody, EventChoice, EventDetail};
use crate::dto::report::EventAccepted;
use crate::dto::trial::EventTrial;
use crate::handlers::Answer;
use crate::path::Id;
use crate::query::Query;

/// Publish an event
///
/// What happened becomes notifications: each kind that listens to the event, for each of its recipients, by each of its channels.
/// When this answers, all of it is committed. An address that nothing can be sent to is named in `warnings`, and keeps nobody else from
/// hearing. Needs `events:write`.
#[utoipa::path(
    post, path = "/v1/events", tag = "Events", request_body = EventBody,
    params(EventChoice, ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters: repeats the request safely for at least 24 hours.")),
    responses((status = 202, description = "Accepted and committed: what comes of it.", body = EventAccepted))
)]
pub(crate) async fn publish_event(
    api: Data<Api>,
    caller: Caller,
    choice: Query<EventChoice>,
    posted: Posted<EventBody>,
) -> Answer {
    let publish = posted.body.publish(posted.repeatable)?;
    let report = if choice.0.is_strict() {
        caller.within(api.publish.run_strictly(caller.principal(), publish)).await?
    } else {
        caller.within(api.publish.run(caller.principal(), publish)).await?
    };
    Ok(HttpResponse::Accepted().json(EventAccepted::from(report)))
}

/// Try an event out
///
/// The answer that publishing it would get, with what the rules would say of each message, its text and its cost; nothing is stored and
/// nobody hears of it. Needs `events:write`.
#[utoipa::path(
    post, path = "/v1/events/dry-run", tag = "Events", request_body = EventBody,
    responses((status = 200, description = "What would come of it.", body = EventTrial))
)]
pub(crate) async fn try_event(api: Data<Api>, caller: Caller, body: Json<EventBody>) -> Answer {
    let publish = body.0.publish(None)?;
    let trial = caller.within(api.try_event.run(caller.principal(), publish)).await?;
    Ok(HttpResponse::Ok().json(EventTrial::from(trial)))
}

/// Show an event
///
/// The event and all that came of it. Needs `notifications:read`.
#[utoipa::path(
    get, path = "/v1/events/{id}", tag = "Events",
    params(("id" = String, Path, description = "The event.")),
    responses((status = 200, description = "The event and all that came of it.", body = EventDetail))
)]
pub(crate) async fn show_event(api: Data<Api>, caller: Caller, id: Id<EventId>) -> Answer {
    let found = caller.within(api.notifications.show_event(caller.principal(), id.0)).await?;
    Ok(HttpResponse::Ok().json(EventDetail::from(found)))
}
