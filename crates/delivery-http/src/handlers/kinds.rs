//! The catalogue as running.

use actix_web::HttpResponse;
use actix_web::web::Data;
use carillon_application::kinds;

use crate::Api;
use crate::auth::Caller;
use crate::dto::kind::KindBody;
use crate::dto::page::ListPage;
use crate::handlers::Answer;

/// List the kinds
///
/// The catalogue as running: every notification that the caller may use, with the schema of its data and a sample. For any credential; the
/// kinds for the platform's own administrators are shown to the platform alone.
#[utoipa::path(
    get, path = "/v1/kinds", tag = "Kinds",
    responses((status = 200, description = "Every kind.", body = ListPage<KindBody>))
)]
pub(crate) async fn list_kinds(api: Data<Api>, caller: Caller) -> Answer {
    let items = kinds::list(&api.ports, caller.principal()).into_iter().map(KindBody::from).collect();
    Ok(HttpResponse::Ok().json(ListPage::whole(items)))
}
