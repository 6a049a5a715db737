//! The specification, generated from the handlers, with what all of them have in common added in one place.

mod event_bodies;
mod references;
mod requests;
mod schema;

use carillon_application::event_types::EventType;
use serde_json::Value;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::{Modify, OpenApi as _};

use crate::answers;
use crate::dto::problem::ProblemBody;
use crate::handlers::{
    appointments, batches, businesses, consents, costs, documents, events, health, inbox, kinds, metrics,
    notifications, operations, preference_page, preferences, providers, recipients, settings, stats,
    suppressions, templates, tokens, unsubscribe, webhooks,
};
use crate::websocket;

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
        events::try_event,
        events::show_event,
        notifications::notify_recipient,
        notifications::search_notifications,
        batches::notify_many,
        batches::show_batch,
        batches::cancel_batch,
        notifications::show_notification,
        notifications::cancel_notification,
        notifications::retry_notification,
        businesses::show_business,
        businesses::put_business,
        businesses::delete_business,
        settings::show_settings,
        settings::put_settings,
        settings::patch_settings,
        settings::preview_settings,
        templates::show_text,
        templates::put_text,
        templates::delete_text,
        templates::list_text_versions,
        templates::roll_back_text,
        templates::send_test,
        templates::preview_text,
        appointments::show_appointment,
        appointments::put_appointment,
        appointments::cancel_appointment,
        recipients::show_recipient,
        recipients::put_recipient,
        recipients::erase_recipient,
        recipients::export_recipient,
        suppressions::list_suppressions,
        suppressions::lift_suppressions,
        consents::add_consent,
        consents::list_consents,
        preferences::show_preferences,
        preferences::put_preferences,
        tokens::issue_token,
        inbox::list_inbox,
        inbox::count_inbox,
        inbox::read_whole_inbox,
        inbox::read_inbox_item,
        inbox::archive_inbox_item,
        operations::list_queues,
        operations::list_dead_letters,
        operations::retry_dead_letter,
        operations::discard_dead_letter,
        operations::retry_dead_letters,
        operations::discard_dead_letters,
        operations::list_audit,
        providers::list_providers,
        providers::pause_provider,
        providers::resume_provider,
        providers::list_alarms,
        stats::show_stats,
        costs::show_costs,
        kinds::list_kinds,
        health::live,
        health::ready,
        metrics::metrics,
        documents::specification,
        documents::root,
        documents::docs,
        documents::docs_file,
        unsubscribe::show_unsubscribe,
        unsubscribe::unsubscribe,
        preference_page::show_preference_page,
        preference_page::save_preference_page,
        webhooks::sendgrid,
        webhooks::twilio_status,
        webhooks::twilio_inbound,
    ),
    servers((url = "/", description = "The server that answers this document.")),
    components(schemas(ProblemBody)),
    tags(
        (name = "Events", description = "What happened."),
        (name = "Notifications", description = "What came of it."),
        (name = "Businesses", description = "Tenants and their choices."),
        (name = "Templates", description = "A business's own texts, in place of the built-in ones."),
        (name = "Appointments", description = "What is agreed, and its reminders."),
        (name = "Recipients", description = "People, what they agreed to, and their rights."),
        (name = "Tokens", description = "Tokens for people's browsers."),
        (name = "Inbox", description = "A person's own in-app notifications."),
        (name = "Bulk", description = "One kind to many people, and how far it has come."),
        (name = "Operations", description = "What waits, what was given up, and who did what."),
        (name = "Stats", description = "What became of messages, against what is promised."),
        (name = "Kinds", description = "The catalogue."),
        (name = "Unsubscribe", description = "The pages behind the links of every e-mail."),
        (name = "Webhooks", description = "For providers: what became of messages, and what people write back."),
        (name = "Health", description = "For load balancers."),
        (name = "Documents", description = "This document."),
    ),
    modifiers(&Common)
)]
struct Document;

/// The specification (OpenAPI 3.1) of a service in which these types of events are known.
pub fn openapi(events: &[EventType]) -> Value {
    let mut document = serde_json::to_value(Document::openapi()).unwrap_or_default();
    references::refer(&mut document);
    event_bodies::add(&mut document, events);
    requests::loosen(&mut document);
    event_bodies::loosen(&mut document, events);
    references::open(&mut document);
    document
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
        answers::add(components);
        for (path, item) in &mut openapi.paths.paths {
            if path.starts_with("/v1/") {
                let operations =
                    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
                operations.into_iter().flatten().for_each(secured);
            }
        }
        // After the others, for it takes no credential and gives none of their answers.
        websocket::document(openapi);
        for item in openapi.paths.paths.values_mut() {
            let operations =
                [&mut item.get, &mut item.post, &mut item.put, &mut item.delete, &mut item.patch];
            for operation in operations.into_iter().flatten() {
                // An empty list says that it is open; without one, generators cannot tell.
                operation.security.get_or_insert_default();
                answers::exemplify(operation);
            }
        }
    }
}

fn secured(operation: &mut Operation) {
    operation.security = Some(vec![SecurityRequirement::new(SCHEME, Vec::<String>::new())]);
    answers::complete(operation);
}
