//! People.

use actix_web::HttpResponse;
use actix_web::web::Data;
use carillon_domain::PersonId;

use crate::Api;
use crate::auth::Caller;
use crate::body::Written;
use crate::dto::export::Export;
use crate::dto::recipient::{RecipientBody, RecipientInput};
use crate::handlers::{Answer, put};
use crate::path::Id;

/// Show a person
///
/// Name and addresses in clear. Needs `recipients:write`, or the person's own token.
#[utoipa::path(
    get, path = "/v1/recipients/{id}", tag = "Recipients",
    params(("id" = String, Path, description = "The platform's own id.")),
    responses((status = 200, description = "The person.", body = RecipientBody))
)]
pub(crate) async fn show_recipient(api: Data<Api>, caller: Caller, id: Id<PersonId>) -> Answer {
    let person = caller.within(api.recipients.show(caller.principal(), &id.0)).await?;
    let stands = caller.within(api.recipients.suppressions(caller.principal(), &id.0)).await?;
    Ok(HttpResponse::Ok().json(RecipientBody::from(person).with_suppressions(stands)))
}

/// Make or replace a person
///
/// Needs `recipients:write`.
#[utoipa::path(
    put, path = "/v1/recipients/{id}", tag = "Recipients", request_body = RecipientInput,
    params(("id" = String, Path, description = "The platform's own id.")),
    responses(
        (status = 201, description = "Made.", body = RecipientBody),
        (status = 200, description = "Replaced.", body = RecipientBody)
    )
)]
pub(crate) async fn put_recipient(
    api: Data<Api>,
    caller: Caller,
    id: Id<PersonId>,
    written: Written<RecipientInput>,
) -> Answer {
    let country = caller.within(api.recipients.country(written.body.national())).await?;
    let person = written.body.person(id.0, country)?;
    let is_new = caller.within(api.recipients.put(caller.principal(), person.clone())).await?;
    Ok(put(is_new, &RecipientBody::from(person)))
}

/// Erase a person
///
/// Removes what identifies the person and calls off what waits (GDPR art. 17). What was sent to nobody in particular stays in the
/// figures. Needs `recipients:write`.
#[utoipa::path(
    delete, path = "/v1/recipients/{id}", tag = "Recipients",
    params(("id" = String, Path, description = "The platform's own id.")),
    responses((status = 204, description = "Erased."))
)]
pub(crate) async fn erase_recipient(api: Data<Api>, caller: Caller, id: Id<PersonId>) -> Answer {
    caller.within(api.recipients.erase(caller.principal(), &id.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Export a person
///
/// All that is held on a person, history included (GDPR art. 15 and 20). Needs `recipients:export`, or the person's own token.
#[utoipa::path(
    get, path = "/v1/recipients/{id}/export", tag = "Recipients",
    params(("id" = String, Path, description = "The platform's own id.")),
    responses((status = 200, description = "All that is held.", body = Export))
)]
pub(crate) async fn export_recipient(api: Data<Api>, caller: Caller, id: Id<PersonId>) -> Answer {
    let dossier = caller.within(api.recipients.export(caller.principal(), &id.0)).await?;
    Ok(HttpResponse::Ok().json(Export::from(dossier)))
}
