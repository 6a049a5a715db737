//! What text messages cost.

use actix_web::HttpResponse;
use actix_web::web::Data;

use crate::Api;
use crate::auth::Caller;
use crate::dto::cost::{CostSearch, CostsBody};
use crate::handlers::Answer;
use crate::query::Query;

/// Show costs
///
/// What text messages cost, by day, business, kind and country; with a business that has a budget, how it stands with it. The key of one
/// business sees its own. Needs `stats:read`.
#[utoipa::path(
    get, path = "/v1/costs", tag = "Stats", params(CostSearch),
    responses((status = 200, description = "The costs of the window.", body = CostsBody))
)]
pub(crate) async fn show_costs(api: Data<Api>, caller: Caller, query: Query<CostSearch>) -> Answer {
    let costs = caller.within(api.costs.show(caller.principal(), query.0.asked())).await?;
    Ok(HttpResponse::Ok().json(CostsBody::from(costs)))
}
