//! Providers and alarms, for those who operate the service.

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::Api;
use crate::auth::Caller;
use crate::dto::page::ListPage;
use crate::dto::provider::{AlarmBody, ProviderBody, ProviderWish};
use crate::handlers::Answer;
use crate::path::Id;

/// List the providers
///
/// Whether each is asked, as a worker saw it last. For the platform; needs `operations:read`.
#[utoipa::path(
    get, path = "/v1/providers", tag = "Operations",
    responses((status = 200, description = "One a provider and channel, all of them.", body = ListPage<ProviderBody>))
)]
pub(crate) async fn list_providers(api: Data<Api>, caller: Caller) -> Answer {
    let found = caller.within(api.providers.list(caller.principal())).await?;
    Ok(HttpResponse::Ok().json(ListPage::whole(found.into_iter().map(ProviderBody::from).collect())))
}

/// Pause a provider
///
/// It is not asked any more, by any worker, until it is resumed: messages wait, or leave by the next provider of their channel. For the
/// platform; needs `operations:write`.
#[utoipa::path(
    post, path = "/v1/providers/{provider}/pause", tag = "Operations",
    params(("provider" = String, Path, description = "Its name.", example = "sendgrid")),
    responses((status = 200, description = "Workers follow within seconds.", body = ProviderWish))
)]
pub(crate) async fn pause_provider(api: Data<Api>, caller: Caller, provider: Id<String>) -> Answer {
    wish(&api, &caller, provider.0, true).await
}

/// Resume a provider
///
/// It is asked again, also where it refused our credentials a moment ago. For the platform; needs `operations:write`.
#[utoipa::path(
    post, path = "/v1/providers/{provider}/resume", tag = "Operations",
    params(("provider" = String, Path, description = "Its name.", example = "sendgrid")),
    responses((status = 200, description = "Workers follow within seconds.", body = ProviderWish))
)]
pub(crate) async fn resume_provider(api: Data<Api>, caller: Caller, provider: Id<String>) -> Answer {
    wish(&api, &caller, provider.0, false).await
}

async fn wish(api: &Api, caller: &Caller, provider: String, paused: bool) -> Answer {
    caller.within(api.providers.wish(caller.principal(), &provider, paused)).await?;
    Ok(HttpResponse::Ok().json(ProviderWish { provider, paused }))
}

/// List the alarms that stand
///
/// What somebody should look at now, the oldest first. For the platform; needs `operations:read`.
#[utoipa::path(
    get, path = "/v1/alarms", tag = "Operations",
    responses((status = 200, description = "All of them.", body = ListPage<AlarmBody>))
)]
pub(crate) async fn list_alarms(api: Data<Api>, caller: Caller) -> Answer {
    let found = caller.within(api.providers.alarms(caller.principal())).await?;
    Ok(HttpResponse::Ok().json(ListPage::whole(found.into_iter().map(AlarmBody::from).collect())))
}
