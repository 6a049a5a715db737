//! The routing table: every path that this way in answers.

use std::collections::BTreeMap;

use actix_web::dev::Handler;
use actix_web::guard::{self, Guard};
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{FromRequest, HttpResponse, Resource, Responder, ResponseError, Route};

use crate::Api;
use crate::auth::authenticate;
use crate::docs_ui::Pages;
use crate::handlers::{
    appointments, batches, businesses, consents, costs, documents, events, health, inbox, kinds, metrics,
    notifications, operations, preference_page, preferences, providers, recipients, settings, stats,
    suppressions, templates, tokens, unsubscribe, webhooks,
};
use crate::observe::observe;
use crate::problem::ApiError;
use crate::query::refuse_query;

/// A line of the table.
struct Entry {
    method: Method,
    path: &'static str,
    route: Route,
}

fn table() -> Vec<Entry> {
    let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    vec![
        searched(&post, "/v1/events", events::publish_event),
        keyed(&post, "/v1/events/dry-run", events::try_event),
        keyed(&get, "/v1/events/{id}", events::show_event),
        keyed(&post, "/v1/notifications", notifications::notify_recipient),
        searched(&get, "/v1/notifications", notifications::search_notifications),
        keyed(&post, "/v1/notifications/bulk", batches::notify_many),
        keyed(&get, "/v1/batches/{id}", batches::show_batch),
        keyed(&post, "/v1/batches/{id}/cancel", batches::cancel_batch),
        keyed(&get, "/v1/notifications/{id}", notifications::show_notification),
        keyed(&post, "/v1/notifications/{id}/cancel", notifications::cancel_notification),
        keyed(&post, "/v1/notifications/{id}/retry", notifications::retry_notification),
        keyed(&get, "/v1/businesses/{id}", businesses::show_business),
        keyed(&put, "/v1/businesses/{id}", businesses::put_business),
        keyed(&delete, "/v1/businesses/{id}", businesses::delete_business),
        keyed(&get, "/v1/businesses/{id}/settings", settings::show_settings),
        keyed(&put, "/v1/businesses/{id}/settings", settings::put_settings),
        keyed(&Method::PATCH, "/v1/businesses/{id}/settings", settings::patch_settings),
        keyed(&post, "/v1/businesses/{id}/settings/preview", settings::preview_settings),
        keyed(&get, "/v1/businesses/{id}/templates/{kind}/{channel}/{locale}", templates::show_text),
        keyed(&put, "/v1/businesses/{id}/templates/{kind}/{channel}/{locale}", templates::put_text),
        keyed(&delete, "/v1/businesses/{id}/templates/{kind}/{channel}/{locale}", templates::delete_text),
        keyed(
            &get,
            "/v1/businesses/{id}/templates/{kind}/{channel}/{locale}/versions",
            templates::list_text_versions,
        ),
        keyed(
            &post,
            "/v1/businesses/{id}/templates/{kind}/{channel}/{locale}/rollback",
            templates::roll_back_text,
        ),
        keyed(&post, "/v1/businesses/{id}/templates/{kind}/{channel}/{locale}/test", templates::send_test),
        keyed(&post, "/v1/templates/preview", templates::preview_text),
        searched(&get, "/v1/appointments/{id}", appointments::show_appointment),
        keyed(&put, "/v1/appointments/{id}", appointments::put_appointment),
        searched(&delete, "/v1/appointments/{id}", appointments::cancel_appointment),
        keyed(&get, "/v1/recipients/{id}", recipients::show_recipient),
        keyed(&put, "/v1/recipients/{id}", recipients::put_recipient),
        keyed(&delete, "/v1/recipients/{id}", recipients::erase_recipient),
        keyed(&get, "/v1/recipients/{id}/export", recipients::export_recipient),
        keyed(&get, "/v1/recipients/{id}/suppressions", suppressions::list_suppressions),
        searched(&delete, "/v1/recipients/{id}/suppressions", suppressions::lift_suppressions),
        keyed(&post, "/v1/recipients/{id}/consents", consents::add_consent),
        keyed(&get, "/v1/recipients/{id}/consents", consents::list_consents),
        searched(&get, "/v1/recipients/{id}/preferences", preferences::show_preferences),
        searched(&put, "/v1/recipients/{id}/preferences", preferences::put_preferences),
        keyed(&post, "/v1/tokens", tokens::issue_token),
        searched(&get, "/v1/inbox", inbox::list_inbox),
        keyed(&get, "/v1/inbox/counts", inbox::count_inbox),
        keyed(&post, "/v1/inbox/read-all", inbox::read_whole_inbox),
        keyed(&post, "/v1/inbox/{seq}/read", inbox::read_inbox_item),
        keyed(&post, "/v1/inbox/{seq}/archive", inbox::archive_inbox_item),
        keyed(&get, "/v1/queues", operations::list_queues),
        searched(&get, "/v1/dead-letters", operations::list_dead_letters),
        keyed(&post, "/v1/dead-letters/{message_id}/retry", operations::retry_dead_letter),
        keyed(&post, "/v1/dead-letters/{message_id}/discard", operations::discard_dead_letter),
        keyed(&post, "/v1/dead-letters/retry", operations::retry_dead_letters),
        keyed(&post, "/v1/dead-letters/discard", operations::discard_dead_letters),
        keyed(&get, "/v1/providers", providers::list_providers),
        keyed(&post, "/v1/providers/{provider}/pause", providers::pause_provider),
        keyed(&post, "/v1/providers/{provider}/resume", providers::resume_provider),
        keyed(&get, "/v1/alarms", providers::list_alarms),
        searched(&get, "/v1/costs", costs::show_costs),
        searched(&get, "/v1/stats", stats::show_stats),
        searched(&get, "/v1/audit", operations::list_audit),
        keyed(&get, "/v1/kinds", kinds::list_kinds),
        open(&get, "/", documents::root),
        open(&get, "/health/live", health::live),
        open(&get, "/health/ready", health::ready),
        open(&get, "/metrics", metrics::metrics),
        open(&get, "/openapi.json", documents::specification),
        open(&get, "/docs", documents::docs),
        open(&get, "/docs/{file:[^/]*}", documents::docs_file),
        open(&get, "/u/{token}", unsubscribe::show_unsubscribe),
        open(&post, "/u/{token}", unsubscribe::unsubscribe),
        open(&get, "/p/{token}", preference_page::show_preference_page),
        open(&post, "/p/{token}", preference_page::save_preference_page),
        open(&post, "/webhooks/sendgrid", webhooks::sendgrid),
        open(&post, "/webhooks/twilio/status", webhooks::twilio_status),
        open(&post, "/webhooks/twilio/inbound", webhooks::twilio_inbound),
    ]
}

/// Every method and path of the table, as the specification writes them.
pub fn listed() -> Vec<(Method, String)> {
    table().into_iter().map(|entry| (entry.method, entry.path.replace(":[^/]*}", "}"))).collect()
}

/// Adds all routes to an application, and answers for paths that nobody knows.
pub fn routes(api: &Api) -> impl FnOnce(&mut ServiceConfig) + Clone + use<> {
    let pages = Data::new(Pages::new());
    let serve = serve(api, |_| true);
    move |config| {
        config.app_data(pages);
        serve(config);
    }
}

/// Adds only what tells how the process is, for one that answers no other requests.
pub fn operations_routes(api: &Api) -> impl FnOnce(&mut ServiceConfig) + Clone + use<> {
    serve(api, |path| path == "/metrics" || path.starts_with("/health/"))
}

fn serve(api: &Api, wanted: fn(&str) -> bool) -> impl FnOnce(&mut ServiceConfig) + Clone + use<> {
    let api = Data::new(api.clone());
    move |config| {
        config.app_data(api);
        // Paths without a name to find out come first: they are compared as they stand, the others by a regular expression each.
        let mut by_path: BTreeMap<(bool, &str), Vec<Entry>> = BTreeMap::new();
        for entry in table().into_iter().filter(|entry| wanted(entry.path)) {
            by_path.entry((entry.path.contains('{'), entry.path)).or_default().push(entry);
        }
        for ((_, path), entries) in by_path {
            config.service(resource(path, entries).wrap(from_fn(observe)));
        }
        config.default_service(web::to(unknown_path).wrap(from_fn(observe)));
    }
}

/// All methods of a path. A method that is not among them gets 405, before anybody asks for a credential.
fn resource(path: &str, entries: Vec<Entry>) -> Resource {
    let allowed = entries.iter().map(|entry| entry.method.as_str()).collect::<Vec<_>>().join(", ");
    let resource = entries
        .into_iter()
        .fold(web::resource(path), |resource, entry| resource.route(entry.route.guard(takes(entry.method))));
    resource.default_service(web::to(move || {
        let error = ApiError::wrong_method(&allowed);
        async move { error.error_response() }
    }))
}

/// HEAD is GET without the body (RFC 9110 §9.3.2).
fn takes(method: Method) -> impl Guard {
    let or_head = if method == Method::GET { Method::HEAD } else { method.clone() };
    guard::Any(guard::Method(method)).or(guard::Method(or_head))
}

async fn unknown_path() -> HttpResponse {
    ApiError::not_found("There is nothing under this path.").error_response()
}

/// For callers with a credential; takes no query.
fn keyed<F, Args>(method: &Method, path: &'static str, handler: F) -> Entry
where
    F: Handler<Args, Output: Responder + 'static>,
    Args: FromRequest + 'static,
{
    let route = web::to(handler).wrap(from_fn(refuse_query)).wrap(from_fn(authenticate));
    Entry { method: method.clone(), path, route }
}

/// For callers with a credential; the handler reads the query.
fn searched<F, Args>(method: &Method, path: &'static str, handler: F) -> Entry
where
    F: Handler<Args, Output: Responder + 'static>,
    Args: FromRequest + 'static,
{
    Entry { method: method.clone(), path, route: web::to(handler).wrap(from_fn(authenticate)) }
}

/// For everybody.
fn open<F, Args>(method: &Method, path: &'static str, handler: F) -> Entry
where
    F: Handler<Args, Output: Responder + 'static>,
    Args: FromRequest + 'static,
{
    Entry { method: method.clone(), path, route: web::to(handler) }
}
