//! The appointment that an event speaks of.

use carillon_domain::appointment::{AppointmentStatus, status_after};
use carillon_domain::ids::PersonId;
use carillon_domain::{Appointment, BusinessId, Value, moment, zone};
use chrono::{DateTime, SubsecRound, Utc};

use crate::{Ports, Refusal};

/// Reads the appointment out of an event's data, as it is after the event; `None` when the event changes none.
pub fn changed_appointment(
    event: &str,
    business: Option<&BusinessId>,
    data: &Value,
) -> Result<Option<Appointment>, Refusal> {
    let said = data
        .text_at("appointment.status")
        .map(str::parse)
        .transpose()
        .map_err(|error| wrong("status", error))?;
    let Some(status) = status_after(event, said) else { return Ok(None) };
    let (Some(business), Some(_)) = (business, data.at("appointment")) else { return Ok(None) };
    appointment(business, status, data).map(Some)
}

/// Gives the appointment in data the zone that is stored for it, where the data gives none: printed times follow the place. For data that
/// tells of an appointment and does not change it.
pub(crate) async fn add_known_zone(
    ports: &Ports,
    business: Option<&BusinessId>,
    data: &mut Value,
) -> Result<(), Refusal> {
    let id = data.text_at("appointment.id").and_then(|id| id.parse().ok());
    let (Some(business), Some(id)) = (business, id) else { return Ok(()) };
    if data.at("appointment.timezone").is_some() {
        return Ok(());
    }
    let known = ports.appointments.find_appointment(business, &id).await?;
    if let Some(zone) = known.and_then(|known| known.booking.appointment.timezone) {
        data.set("appointment.timezone", Value::from(zone.name()));
    }
    Ok(())
}

fn appointment(
    business: &BusinessId,
    status: AppointmentStatus,
    data: &Value,
) -> Result<Appointment, Refusal> {
    let text = |field: &str| data.text_at(&format!("appointment.{field}"));
    let time = |field: &str| {
        text(field).map(|text| parse_time(text).map_err(|error| wrong(field, error))).transpose()
    };
    let starts_at = time("starts_at")?.ok_or_else(|| wrong("starts_at", "is required"))?;
    let ends_at = time("ends_at")?;
    if ends_at.is_some_and(|ends_at| ends_at < starts_at) {
        return Err(wrong("ends_at", "must not be before starts_at"));
    }
    Ok(Appointment {
        id: text("id").unwrap_or_default().parse().map_err(|error| wrong("id", error))?,
        business: business.clone(),
        status,
        starts_at,
        ends_at,
        timezone: text("timezone").map(zone::read).transpose().map_err(|error| wrong("timezone", error))?,
        service: text("service").unwrap_or_default().to_owned(),
        location: text("location").map(str::to_owned),
        clients: clients(data)?,
        practitioner: text("practitioner_id")
            .map(str::parse)
            .transpose()
            .map_err(|error| wrong("practitioner_id", error))?,
        url: data.text_at("action_url").map(str::to_owned),
    })
}

/// The clients that an event's appointment names by id.
pub fn clients(data: &Value) -> Result<Vec<PersonId>, Refusal> {
    let many = data.at("appointment.client_ids").and_then(Value::as_list).unwrap_or_default();
    let one = data.at("appointment.client_id");
    many.iter()
        .chain(one)
        .filter_map(Value::as_text)
        .map(|id| id.parse().map_err(|error| wrong("client_ids", error)))
        .collect()
}

/// Reads a time, and refuses one that no appointment can have.
pub fn parse_time(text: &str) -> Result<DateTime<Utc>, &'static str> {
    let time = moment::read(text)
        .ok_or("must be an RFC 3339 time with offset, such as 2026-12-03T14:30:00+01:00")?;
    check_time(time.to_utc())
}

/// A time as it is stored, to the millisecond. Refuses one outside the years 2000 to 2100: it is a mistake, and far times overflow calendars.
pub fn check_time(time: DateTime<Utc>) -> Result<DateTime<Utc>, &'static str> {
    let (first, last) = (946_684_800, 4_133_980_800);
    if (first..last).contains(&time.timestamp()) {
        Ok(time.trunc_subsecs(3))
    } else {
        Err("must lie in the years 2000 to 2100")
    }
}

fn wrong(field: &str, detail: impl std::fmt::Display) -> Refusal {
    Refusal::input("invalid_data", format!("/data/appointment/{field}"), detail)
}
