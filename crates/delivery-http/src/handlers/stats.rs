//! Figures.

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::Api;
use crate::auth::Caller;
use crate::dto::stats::{Stats, StatsSearch};
use crate::handlers::Answer;
use crate::query::Query;

/// Show figures
///
/// What became of the messages accepted in a window of at most 92 days: delivery by channel against what is promised (e-mail 98 %,
/// SMS 95 %), and how long they took from due to accepted by the provider (under 5 s). Needs `stats:read`.
#[utoipa::path(
    get, path = "/v1/stats", tag = "Stats", params(StatsSearch),
    responses((status = 200, description = "The figures.", body = Stats))
)]
pub(crate) async fn show_stats(api: Data<Api>, caller: Caller, query: Query<StatsSearch>) -> Answer {
    let figures = caller.within(api.outcomes.run(caller.principal(), query.0.asked())).await?;
    Ok(HttpResponse::Ok().json(Stats::from(figures)))
}
