//! Appointments: each change raises the revision and calls off what was planned for an older one.

use std::collections::{BTreeSet, HashMap};

use carillon_domain::message::Status;
use carillon_domain::{Appointment, AppointmentId, BusinessId, Reason};
use carillon_ports::StoreError;
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde::Serialize;

use crate::error::{store_error, unreadable};
use crate::rows_in::{Column, Kind, Rows};
use crate::seal::{Keys, business_key, place};
use crate::sql::{Sql, millis};

/// An appointment's name over all tenants.
pub(crate) type Name = (BusinessId, AppointmentId);

#[derive(Serialize)]
struct Details<'a> {
    service: &'a str,
    location: Option<&'a str>,
}

/// Stores an appointment as it is now and answers its new revision.
pub(crate) async fn change(
    connection: &impl ConnectionTrait,
    keys: &Keys<'_>,
    appointment: &Appointment,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let row = format!("{}/{}", appointment.business, appointment.id);
    let details = Details { service: &appointment.service, location: appointment.location.as_deref() };
    let json = serde_json::to_vec(&details).map_err(|_| unreadable("an appointment"))?;
    let sealed =
        keys.seal(&business_key(Some(&appointment.business)), place("appointments", "details", &row), &json)?;
    let clients = serde_json::to_string(&appointment.clients).map_err(|_| unreadable("an appointment"))?;
    let mut sql = Sql::on(connection);
    let values = [
        sql.bind(appointment.business.to_string()),
        sql.bind(appointment.id.to_string()),
        sql.bind(appointment.status.to_string()),
        sql.bind(millis(appointment.starts_at)),
        sql.bind(appointment.ends_at.map(millis)),
        sql.bind(appointment.timezone.map(|zone| zone.name().to_owned())),
        sql.bind(appointment.practitioner.as_ref().map(ToString::to_string)),
        sql.bind(clients),
        sql.bind(sealed),
        sql.bind(millis(now)),
        sql.bind(millis(now)),
    ]
    .join(", ");
    let statement = sql.statement(&format!(
        "INSERT INTO appointments (business_id, id, status, starts_at, ends_at, timezone, practitioner_id, client_ids, details_sealed, \
         created_at, updated_at, revision) VALUES ({values}, 1) \
         ON CONFLICT (business_id, id) DO UPDATE SET status = excluded.status, starts_at = excluded.starts_at, ends_at = excluded.ends_at, \
         timezone = excluded.timezone, practitioner_id = excluded.practitioner_id, client_ids = excluded.client_ids, \
         details_sealed = excluded.details_sealed, updated_at = excluded.updated_at, revision = appointments.revision + 1 \
         RETURNING revision"
    ));
    let row = connection.query_one_raw(statement).await.map_err(|error| store_error(&error))?;
    let revision = row
        .ok_or_else(|| unreadable("an appointment"))?
        .try_get("", "revision")
        .map_err(|error| store_error(&error))?;
    Ok(revision)
}

/// Calls off what still waits for an older revision.
pub(crate) async fn call_off(
    connection: &impl ConnectionTrait,
    appointment: &Appointment,
    revision: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut sql = Sql::on(connection);
    let (cancelled, reason) = (sql.bind(Status::Cancelled.as_str()), sql.bind(Reason::Superseded.as_str()));
    let now = sql.bind(millis(now));
    let (business, id) = (sql.bind(appointment.business.to_string()), sql.bind(appointment.id.to_string()));
    let revision = sql.bind(revision);
    let statement = sql.statement(&format!(
        "UPDATE messages SET status = {cancelled}, reason = {reason}, updated_at = {now} \
         WHERE business_id = {business} AND appointment_id = {id} AND appointment_revision < {revision} \
         AND status IN ('scheduled', 'queued')"
    ));
    connection.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}

/// The current revisions of these appointments.
pub(crate) async fn revisions(
    connection: &impl ConnectionTrait,
    names: BTreeSet<Name>,
) -> Result<HashMap<Name, i64>, StoreError> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::on(connection);
    let mut given = Rows::new(&[Column::new("business_id", Kind::Text), Column::new("id", Kind::Text)]);
    for (business, id) in names {
        given.push(vec![business.to_string().into(), id.to_string().into()]);
    }
    let given = given.table("given", &mut sql);
    let statement = sql.statement(&format!(
        "WITH {given} SELECT business_id, id, revision FROM appointments JOIN given USING (business_id, id)"
    ));
    let rows = connection.query_all_raw(statement).await.map_err(|error| store_error(&error))?;
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.try_get::<String>("", column).map_err(|error| store_error(&error));
            let revision = row.try_get("", "revision").map_err(|error| store_error(&error))?;
            let name = (
                crate::rows::parse(&text("business_id")?, "a business id")?,
                crate::rows::parse(&text("id")?, "an appointment's id")?,
            );
            Ok((name, revision))
        })
        .collect()
}
