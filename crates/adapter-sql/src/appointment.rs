//! An appointment's row: what it says is sealed with the business's key.

use std::collections::{BTreeSet, HashMap};

use carillon_domain::message::Status;
use carillon_domain::{Appointment, AppointmentId, Booking, BusinessId, Reason};
use carillon_ports::{StoreError, Vault};
use chrono::{DateTime, NaiveDateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};

use crate::error::{store_error, unreadable};
use crate::rows::{parse, parse_option};
use crate::rows_in::{Column, Kind, Rows};
use crate::seal::{Keys, business_key, place};
use crate::sql::{Sql, millis, time};

/// An appointment's name over all tenants.
pub(crate) type Name = (BusinessId, AppointmentId);

/// How local times are kept: they sort as texts.
const LOCAL: &str = "%Y-%m-%dT%H:%M:%S";

/// Answers every column of [`Row`] for appointments of the table `appointments` and others that follow.
pub(crate) const SELECT: &str = "SELECT appointments.*, data_keys.wrapped AS wrapped FROM appointments \
     LEFT JOIN data_keys ON data_keys.owner = 'business:' || appointments.business_id";

#[derive(Serialize, Deserialize)]
struct Details {
    service: String,
    location: Option<String>,
    #[serde(default)]
    url: Option<String>,
}

/// An appointment as it is stored, with the key that opens it.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Row {
    pub(crate) business_id: String,
    pub(crate) id: String,
    revision: i64,
    timing: i64,
    timed_at: i64,
    changed_at: i64,
    local_start: String,
    status: String,
    starts_at: i64,
    ends_at: Option<i64>,
    timezone: Option<String>,
    practitioner_id: Option<String>,
    client_ids: String,
    details_sealed: Vec<u8>,
    wrapped: Option<Vec<u8>>,
}

impl Row {
    /// The rows that a statement answers which begins with [`SELECT`].
    pub(crate) async fn all(
        connection: &impl ConnectionTrait,
        sql: Sql,
        text: &str,
    ) -> Result<Vec<Self>, StoreError> {
        Self::find_by_statement(sql.statement(text))
            .all(connection)
            .await
            .map_err(|error| store_error(&error))
    }

    /// Reads it back.
    pub(crate) fn booking(&self, vault: &dyn Vault) -> Result<Booking, StoreError> {
        let business: BusinessId = parse(&self.business_id, "a business id")?;
        let details = self.details(vault, &business)?;
        let starts_at = time(self.starts_at);
        Ok(Booking {
            appointment: Appointment {
                id: parse(&self.id, "an appointment's id")?,
                status: parse(&self.status, "an appointment's state")?,
                starts_at,
                ends_at: self.ends_at.map(time),
                timezone: parse_option(self.timezone.as_ref(), "a time zone")?,
                service: details.service,
                location: details.location,
                clients: serde_json::from_str(&self.client_ids)
                    .map_err(|_| unreadable("an appointment's clients"))?,
                practitioner: parse_option(self.practitioner_id.as_ref(), "a person's id")?,
                url: details.url,
                business,
            },
            revision: self.revision,
            timing: self.timing,
            timed_at: time(self.timed_at),
            changed_at: time(self.changed_at),
            local_start: NaiveDateTime::parse_from_str(&self.local_start, LOCAL)
                .unwrap_or_else(|_| starts_at.naive_utc()),
        })
    }

    fn details(&self, vault: &dyn Vault, business: &BusinessId) -> Result<Details, StoreError> {
        let owner = business_key(Some(business));
        let mut keys = Keys::none(vault);
        let wrapped = self.wrapped.as_ref().ok_or_else(|| unreadable("an appointment without key"))?;
        keys.open_key(&owner, wrapped)?;
        let row = format!("{}/{}", self.business_id, self.id);
        let json = keys.open(&owner, place("appointments", "details", &row), &self.details_sealed)?;
        let json = json.ok_or_else(|| unreadable("an appointment"))?;
        serde_json::from_slice(&json).map_err(|_| unreadable("an appointment"))
    }
}

/// Stores a booking one revision after the one that it was worked out from; [`StoreError::Overtaken`] if that is no longer the newest.
pub(crate) async fn change(
    connection: &impl ConnectionTrait,
    keys: &Keys<'_>,
    booking: &Booking,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let appointment = &booking.appointment;
    let row = format!("{}/{}", appointment.business, appointment.id);
    let details = Details {
        service: appointment.service.clone(),
        location: appointment.location.clone(),
        url: appointment.url.clone(),
    };
    let json = serde_json::to_vec(&details).map_err(|_| unreadable("an appointment"))?;
    let sealed =
        keys.seal(&business_key(Some(&appointment.business)), place("appointments", "details", &row), &json)?;
    let clients = serde_json::to_string(&appointment.clients).map_err(|_| unreadable("an appointment"))?;
    let mut sql = Sql::on(connection);
    let values = [
        sql.bind(appointment.business.to_string()),
        sql.bind(appointment.id.to_string()),
        sql.bind(booking.revision),
        sql.bind(booking.timing),
        sql.bind(millis(booking.timed_at)),
        sql.bind(millis(booking.changed_at)),
        sql.bind(booking.local_start.format(LOCAL).to_string()),
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
    let before = sql.bind(booking.revision - 1);
    let statement = sql.statement(&format!(
        "INSERT INTO appointments (business_id, id, revision, timing, timed_at, changed_at, local_start, status, starts_at, ends_at, \
         timezone, practitioner_id, client_ids, details_sealed, created_at, updated_at) VALUES ({values}) \
         ON CONFLICT (business_id, id) DO UPDATE SET revision = excluded.revision, timing = excluded.timing, timed_at = excluded.timed_at, \
         changed_at = excluded.changed_at, local_start = excluded.local_start, status = excluded.status, starts_at = excluded.starts_at, \
         ends_at = excluded.ends_at, timezone = excluded.timezone, practitioner_id = excluded.practitioner_id, \
         client_ids = excluded.client_ids, details_sealed = excluded.details_sealed, updated_at = excluded.updated_at \
         WHERE appointments.revision = {before}"
    ));
    let done = connection.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Overtaken) }
}

/// Calls off the reminders that wait for an older timing.
pub(crate) async fn call_off(
    connection: &impl ConnectionTrait,
    booking: &Booking,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut sql = Sql::on(connection);
    let (cancelled, reason) = (sql.bind(Status::Cancelled.as_str()), sql.bind(Reason::Superseded.as_str()));
    let (now, timing) = (sql.bind(millis(now)), sql.bind(booking.timing));
    let appointment = &booking.appointment;
    let (business, id) = (sql.bind(appointment.business.to_string()), sql.bind(appointment.id.to_string()));
    let statement = sql.statement(&format!(
        "UPDATE messages SET status = {cancelled}, reason = {reason}, updated_at = {now} \
         WHERE business_id = {business} AND appointment_id = {id} AND appointment_revision < {timing} AND rule IS NOT NULL \
         AND status IN ('scheduled', 'queued')"
    ));
    connection.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}

/// These appointments as they are now.
pub(crate) async fn bookings(
    connection: &impl ConnectionTrait,
    vault: &dyn Vault,
    names: &BTreeSet<Name>,
) -> Result<HashMap<Name, Booking>, StoreError> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::on(connection);
    let mut given = Rows::new(&[Column::new("business_id", Kind::Text), Column::new("id", Kind::Text)]);
    for (business, id) in names {
        given.push(vec![business.to_string().into(), id.to_string().into()]);
    }
    let given = given.table("given", &mut sql);
    let text = format!(
        "WITH {given} {SELECT} JOIN given ON given.business_id = appointments.business_id AND given.id = appointments.id"
    );
    let rows = Row::all(connection, sql, &text).await?;
    rows.iter()
        .map(|row| {
            let booking = row.booking(vault)?;
            Ok(((booking.appointment.business.clone(), booking.appointment.id.clone()), booking))
        })
        .collect()
}
