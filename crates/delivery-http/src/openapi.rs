//! The specification, generated from the handlers, with what all of them have in common added in one place.

use std::collections::BTreeMap;

use utoipa::openapi::path::Operation;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response};
use utoipa::{Modify, OpenApi as _};

use crate::dto::problem::ProblemBody;
use crate::handlers::{
    businesses, consents, documents, events, health, inbox, kinds, notifications, recipients, settings,
    tokens, unsubscribe,
};

const SCHEME: &str = "bearer";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Carillon",
        description = "The notification service of an appointment-booking platform. A business event comes in; the right people \
                       hear of it by e-mail, SMS and in their app, once and on time, and nobody hears what is no longer true."
    ),
    paths(
        events::publish_event,
        events::show_event,
        notifications::notify_recipient,
        notifications::search_notifications,
        notifications::show_notification,
        notifications::cancel_notification,
        notifications::retry_notification,
        businesses::show_business,
        businesses::put_business,
        businesses::delete_business,
        settings::show_settings,
        settings::put_settings,
        recipients::show_recipient,
        recipients::put_recipient,
        recipients::erase_recipient,
        recipients::export_recipient,
        consents::add_consent,
        consents::list_consents,
        tokens::issue_token,
        inbox::list_inbox,
        inbox::count_inbox,
        inbox::read_whole_inbox,
        inbox::read_inbox_item,
        inbox::archive_inbox_item,
        kinds::list_kinds,
        health::live,
        health::ready,
        documents::specification,
        documents::docs,
        documents::docs_file,
        unsubscribe::show_unsubscribe,
        unsubscribe::unsubscribe,
    ),
    components(schemas(ProblemBody)),
    tags(
        (name = "Events", description = "What happened."),
        (name = "Notifications", description = "What came of it."),
        (name = "Businesses", description = "Tenants and their choices."),
        (name = "Recipients", description = "People, what they agreed to, and their rights."),
        (name = "Tokens", description = "Tokens for people's browsers."),
        (name = "Inbox", description = "A person's own in-app notifications."),
        (name = "Kinds", description = "The catalogue."),
        (name = "Unsubscribe", description = "The page behind the link of every e-mail."),
        (name = "Health", description = "For load balancers."),
        (name = "Documents", description = "This document."),
    ),
    modifiers(&Common)
)]
struct Document;

/// The specification (OpenAPI 3.1).
pub fn openapi() -> OpenApi {
    Document::openapi()
}

/// The specification as served, made once.
pub(crate) struct Specification {
    pub(crate) text: String,
}

impl Specification {
    pub(crate) fn new() -> Self {
        Self { text: openapi().to_json().unwrap_or_default() }
    }
}

/// The credential, and the answers that every operation under `/v1` can give.
struct Common;

impl Modify for Common {
    fn modify(&self, openapi: &mut OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API key (`ck_live_…`) or a user token."))
            .build();
        components.add_security_scheme(SCHEME, SecurityScheme::Http(scheme));
        for (status, name, description) in ANSWERS {
            debug_assert!(status.len() == 3);
            components.responses.insert((*name).to_owned(), problem(description).into());
        }
        for (path, item) in &mut openapi.paths.paths {
            if path.starts_with("/v1/") {
                let operations =
                    [&mut item.get, &mut item.post, &mut item.put, &mut item.delete].into_iter().flatten();
                operations.for_each(complete);
            }
        }
    }
}

/// Status, name and meaning of the answers that are the same everywhere.
const ANSWERS: &[(&str, &str, &str)] = &[
    ("400", "Unreadable", "It cannot be read: not JSON, not UTF-8."),
    ("401", "Unauthorized", "No valid credential."),
    ("403", "Forbidden", "The credential does not carry the permission."),
    ("404", "NotFound", "There is nothing of that id in the caller's reach."),
    ("413", "TooLarge", "The body has more than 1 MiB."),
    ("415", "UnsupportedMediaType", "The body is not application/json."),
    ("422", "InvalidInput", "The input must be changed: `errors` says where and how."),
    ("503", "Unavailable", "The database is away: repeat after `Retry-After` seconds."),
];

fn complete(operation: &mut Operation) {
    operation.security = Some(vec![SecurityRequirement::new(SCHEME, Vec::<String>::new())]);
    let has_body = operation.request_body.is_some();
    let mut all: BTreeMap<String, RefOr<Response>> = BTreeMap::new();
    for (status, name, _) in ANSWERS {
        if has_body || !matches!(*status, "413" | "415") {
            all.insert((*status).to_owned(), Ref::from_response_name(*name).into());
        }
    }
    // What an operation says itself is more precise.
    all.append(&mut operation.responses.responses);
    operation.responses.responses = all;
}

fn problem(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}
