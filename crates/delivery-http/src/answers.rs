//! The answers that operations under `/v1` have in common, as the specification shows them.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use serde_json::json;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Components, ContentBuilder, Ref, RefOr, Response};

/// An answer that is the same everywhere.
struct Common {
    status: &'static str,
    name: &'static str,
    description: &'static str,
    /// A header that comes with it, and what it says.
    header: Option<(&'static str, &'static str)>,
    to: Whom,
}

/// Which operations can give an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whom {
    /// Each.
    All,
    /// Those that read a body.
    WithBody,
}

const RETRY_AFTER: Option<(&str, &str)> = Some(("Retry-After", "How many seconds to wait."));
const AUTHENTICATE: Option<(&str, &str)> = Some(("WWW-Authenticate", "Always `Bearer`."));

const fn common(
    status: &'static str,
    name: &'static str,
    description: &'static str,
    header: Option<(&'static str, &'static str)>,
    to: Whom,
) -> Common {
    Common { status, name, description, header, to }
}

const COMMON: &[Common] = &[
    common("400", "Unreadable", "It cannot be read: not JSON, not UTF-8.", None, Whom::All),
    common("401", "Unauthorized", "No valid credential.", AUTHENTICATE, Whom::All),
    common("403", "Forbidden", "The credential does not carry the permission.", None, Whom::All),
    common("404", "NotFound", "There is nothing of that id in the caller's reach.", None, Whom::All),
    common("408", "TooSlow", "The body did not arrive within 30 seconds.", None, Whom::WithBody),
    common(
        "409",
        "Conflict",
        "It contradicts what somebody else stored in the same moment: repeat the request.",
        None,
        Whom::WithBody,
    ),
    common("413", "TooLarge", "The body has more than 1 MiB.", None, Whom::WithBody),
    common("415", "UnsupportedMediaType", "The body is not application/json.", None, Whom::WithBody),
    common("422", "InvalidInput", "The input must be changed: `errors` says where and how.", None, Whom::All),
    common(
        "429",
        "TooManyRequests",
        "The credential has sent too many requests: repeat after `Retry-After` seconds.",
        RETRY_AFTER,
        Whom::All,
    ),
    common(
        "503",
        "Unavailable",
        "The database is away: repeat after `Retry-After` seconds.",
        RETRY_AFTER,
        Whom::All,
    ),
];

/// Adds them to the document.
pub(crate) fn add(components: &mut Components) {
    for common in COMMON {
        let mut response = problem(common.description);
        if let Some((name, says)) = common.header {
            let text = ObjectBuilder::new().schema_type(Type::String);
            let header = HeaderBuilder::new().description(Some(says)).schema(Some(text)).build();
            response.headers.insert(name.to_owned(), header.into());
        }
        add_example(common.status, &mut response);
        components.responses.insert(common.name.to_owned(), response.into());
    }
}

/// Adds to an operation those that it can give. What it says itself is more precise.
pub(crate) fn complete(operation: &mut Operation) {
    let has_body = operation.request_body.is_some();
    let mut all: BTreeMap<String, RefOr<Response>> = COMMON
        .iter()
        .filter(|common| has_body || common.to == Whom::All)
        .map(|common| (common.status.to_owned(), Ref::from_response_name(common.name).into()))
        .collect();
    all.append(&mut operation.responses.responses);
    operation.responses.responses = all;
}

/// An answer that is a problem.
pub(crate) fn problem(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

/// Adds to each problem that an operation describes itself an example with the status it is listed under.
pub(crate) fn exemplify(operation: &mut Operation) {
    for (status, answer) in &mut operation.responses.responses {
        if let RefOr::T(response) = answer {
            add_example(status, response);
        }
    }
}

fn add_example(status: &str, response: &mut Response) {
    let detail = response.description.clone();
    let Some(RefOr::T(content)) = response.content.get_mut("application/problem+json") else { return };
    let Ok(status) = status.parse::<StatusCode>() else { return };
    let title = status.canonical_reason().unwrap_or_default();
    let code = title.to_lowercase().replace([' ', '-'], "_");
    let mut example = json!({
        "type": "about:blank", "title": title, "status": status.as_u16(), "code": code, "detail": detail, "errors": [],
    });
    if status == StatusCode::UNPROCESSABLE_ENTITY {
        example["code"] = "invalid_data".into();
        example["errors"] = json!([{"pointer": "/data/appointment/starts_at", "detail": "is required"}]);
    }
    content.example = Some(example);
}
