//! Appointments.

use actix_web::HttpResponse;
use actix_web::web::Data;
use carillon_domain::AppointmentId;

use crate::Api;
use crate::auth::Caller;
use crate::body::Written;
use crate::dto::appointment::{AppointmentBody, AppointmentShown, WhoseAppointment};
use crate::handlers::{Answer, put};
use crate::path::Id;
use crate::query::Query;

/// Show an appointment
///
/// With its reminders, each with its state or why it does not leave, and whether each client will be reached. Needs `appointments:write`,
/// or the token of somebody who takes part.
#[utoipa::path(
    get, path = "/v1/appointments/{id}", tag = "Appointments",
    params(("id" = String, Path, description = "The platform's own id."), WhoseAppointment),
    responses((status = 200, description = "The appointment.", body = AppointmentShown))
)]
pub(crate) async fn show_appointment(
    api: Data<Api>,
    caller: Caller,
    id: Id<AppointmentId>,
    query: Query<WhoseAppointment>,
) -> Answer {
    let shown = api.appointments.show(caller.principal(), &id.0, query.0.business_id.as_ref());
    Ok(HttpResponse::Ok().json(AppointmentShown::from(caller.within(shown).await?)))
}

/// Make or change an appointment
///
/// Stores it as it is now and plans its reminders by the business's rules, in one transaction. Nobody is told: publish an event for that.
/// Storing it again unchanged changes nothing. Needs `appointments:write`.
#[utoipa::path(
    put, path = "/v1/appointments/{id}", tag = "Appointments", request_body = AppointmentBody,
    params(("id" = String, Path, description = "The platform's own id.")),
    responses(
        (status = 201, description = "Made.", body = AppointmentShown),
        (status = 200, description = "Changed, or the same as before.", body = AppointmentShown)
    )
)]
pub(crate) async fn put_appointment(
    api: Data<Api>,
    caller: Caller,
    id: Id<AppointmentId>,
    written: Written<AppointmentBody>,
) -> Answer {
    let done = api.appointments.put(caller.principal(), written.body.appointment(id.0)?);
    let (view, is_new) = caller.within(done).await?;
    Ok(put(is_new, &AppointmentShown::from(view)))
}

/// Cancel an appointment
///
/// Calls off its reminders; the answer says of each whether it is called off or had left already. Nobody is told: publish
/// `appointment.cancelled` for that. Needs `appointments:write`.
#[utoipa::path(
    delete, path = "/v1/appointments/{id}", tag = "Appointments",
    params(("id" = String, Path, description = "The platform's own id."), WhoseAppointment),
    responses((status = 200, description = "Cancelled.", body = AppointmentShown))
)]
pub(crate) async fn cancel_appointment(
    api: Data<Api>,
    caller: Caller,
    id: Id<AppointmentId>,
    query: Query<WhoseAppointment>,
) -> Answer {
    let done = api.appointments.cancel(caller.principal(), &id.0, query.0.business_id.as_ref());
    Ok(HttpResponse::Ok().json(AppointmentShown::from(caller.within(done).await?)))
}
