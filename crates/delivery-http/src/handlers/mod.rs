//! One function a route: translate, run one use case, translate back.

use actix_web::HttpResponse;

use crate::problem::ApiError;

pub(crate) mod appointments;
pub(crate) mod batches;
pub(crate) mod businesses;
pub(crate) mod consents;
pub(crate) mod costs;
pub(crate) mod documents;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod inbox;
pub(crate) mod kinds;
pub(crate) mod metrics;
pub(crate) mod notifications;
pub(crate) mod operations;
pub(crate) mod preference_page;
pub(crate) mod preferences;
pub(crate) mod providers;
pub(crate) mod recipients;
pub(crate) mod settings;
pub(crate) mod stats;
pub(crate) mod suppressions;
pub(crate) mod templates;
pub(crate) mod tokens;
pub(crate) mod unsubscribe;
pub(crate) mod webhooks;

/// What a handler answers.
pub(crate) type Answer = Result<HttpResponse, ApiError>;

/// 201 for what is new, 200 for what was replaced.
fn put(is_new: bool, body: &impl serde::Serialize) -> HttpResponse {
    if is_new { HttpResponse::Created().json(body) } else { HttpResponse::Ok().json(body) }
}
