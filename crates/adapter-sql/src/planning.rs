//! Appointments and what is planned for them, as the port [`Appointments`] asks for them.

use std::collections::HashMap;

use async_trait::async_trait;
use carillon_domain::ids::{AppointmentId, BusinessId, MessageId, PersonId};
use carillon_domain::replan::{Existing, Key};
use carillon_domain::{Booking, Business, Event, Reach};
use carillon_ports::StoreError;
use carillon_ports::appointments::{
    Activity, Ahead, Appointments, Booked, Cursor, MissedReminder, Replanning, Told,
};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::SqlStore;
use crate::appointment::{self, Name, Row, SELECT};
use crate::entity::{business, message};
use crate::error::store_error;
use crate::rows::{parse, parse_option};
use crate::rows_in::{Column, Kind, Rows};
use crate::sql::{Sql, millis, time};
use crate::{activity, directory, replanning, told};

#[async_trait]
impl Appointments for SqlStore {
    async fn find_appointment(
        &self,
        business: &BusinessId,
        id: &AppointmentId,
    ) -> Result<Option<Booked>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let (business, id) = (sql.bind(business.as_str()), sql.bind(id.as_str()));
        let text = format!("{SELECT} WHERE appointments.business_id = {business} AND appointments.id = {id}");
        let rows = Row::all(self.reader(), sql, &text).await?;
        Ok(self.booked(&rows).await?.pop())
    }

    async fn list_told(
        &self,
        business: &BusinessId,
        id: &AppointmentId,
    ) -> Result<HashMap<PersonId, Told>, StoreError> {
        told::list(self.reader(), business, id).await
    }

    async fn list_named(&self, id: &AppointmentId, reach: &Reach) -> Result<Vec<Booked>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let id = sql.bind(id.as_str());
        let within = match reach {
            Reach::Platform => "true".to_owned(),
            Reach::Business(business) => {
                format!("appointments.business_id = {}", sql.bind(business.as_str()))
            }
            Reach::Person(_) => "false".to_owned(),
        };
        let text = format!(
            "{SELECT} WHERE appointments.id = {id} AND {within} ORDER BY appointments.business_id LIMIT 2"
        );
        let rows = Row::all(self.reader(), sql, &text).await?;
        self.booked(&rows).await
    }

    async fn list_ahead(
        &self,
        which: &Ahead,
        after: Option<&Cursor>,
        limit: u32,
    ) -> Result<Vec<Booked>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let text = ahead(&mut sql, which, after, limit);
        let rows = Row::all(self.reader(), sql, &text).await?;
        self.booked(&rows).await
    }

    async fn list_reminders(&self, ids: &[MessageId]) -> Result<Vec<Existing>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let these = sql.among_ids("id", ids.iter().map(|id| id.0));
        let statement = sql.statement(&format!("SELECT * FROM messages WHERE {these} ORDER BY id"));
        let rows = message::Entity::find().from_raw_sql(statement).all(self.reader()).await;
        rows.map_err(|error| store_error(&error))?.iter().map(existing).collect()
    }

    async fn replan(&self, change: Replanning) -> Result<bool, StoreError> {
        replanning::replan(self.writer(), self.vault(), change).await
    }

    async fn list_missed(
        &self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<MissedReminder>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let (before, limit) = (sql.bind(millis(before)), sql.bind(i64::from(limit)));
        let statement = sql.statement(&format!(
            "SELECT * FROM messages WHERE rule IS NOT NULL AND status = 'expired' AND told_at IS NULL AND updated_at < {before} \
             ORDER BY updated_at LIMIT {limit}"
        ));
        let rows = message::Entity::find().from_raw_sql(statement).all(self.reader()).await;
        let rows = rows.map_err(|error| store_error(&error))?;
        let missed = rows.iter().map(missed).collect::<Result<Vec<_>, _>>()?;
        let names = missed.iter().map(|(name, _, _)| name.clone()).collect();
        let bookings = appointment::bookings(self.reader(), self.vault(), &names).await?;
        Ok(missed
            .into_iter()
            .map(|(name, timing, missed)| MissedReminder {
                booking: bookings.get(&name).filter(|booking| booking.timing == timing).cloned(),
                ..missed
            })
            .collect())
    }

    async fn list_visits(
        &self,
        business: &BusinessId,
        practitioner: &PersonId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Booking>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let (business, practitioner) = (sql.bind(business.as_str()), sql.bind(practitioner.as_str()));
        let (from, to) = (sql.bind(millis(from)), sql.bind(millis(to)));
        let text = format!(
            "{SELECT} WHERE appointments.business_id = {business} AND appointments.practitioner_id = {practitioner} \
             AND appointments.starts_at >= {from} AND appointments.starts_at < {to} AND appointments.status <> 'cancelled' \
             ORDER BY appointments.starts_at, appointments.id"
        );
        Row::all(self.reader(), sql, &text).await?.iter().map(|row| row.booking(self.vault())).collect()
    }

    async fn count_activity(
        &self,
        business: &BusinessId,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Activity, StoreError> {
        activity::count(self.reader(), business, from, to).await
    }

    async fn list_events(
        &self,
        business: &BusinessId,
        name: &str,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<Event>, StoreError> {
        activity::events(self.reader(), self.vault(), business, name, from, to).await
    }

    async fn list_businesses(
        &self,
        after: Option<&BusinessId>,
        limit: u32,
    ) -> Result<Vec<Business>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let (after, limit) =
            (sql.bind(after.map(BusinessId::as_str).unwrap_or_default()), sql.bind(i64::from(limit)));
        let statement =
            sql.statement(&format!("SELECT * FROM businesses WHERE id > {after} ORDER BY id LIMIT {limit}"));
        let rows = business::Entity::find().from_raw_sql(statement).all(self.reader()).await;
        rows.map_err(|error| store_error(&error))?.iter().map(directory::business).collect()
    }

    async fn find_mark(&self, name: &str) -> Result<Option<String>, StoreError> {
        let mut sql = Sql::on(self.reader());
        let name = sql.bind(name);
        let statement = sql.statement(&format!("SELECT value FROM marks WHERE name = {name}"));
        let row = self.reader().query_one_raw(statement).await.map_err(|error| store_error(&error))?;
        row.map(|row| row.try_get("", "value")).transpose().map_err(|error| store_error(&error))
    }

    async fn put_mark(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let mut sql = Sql::on(self.writer());
        let (name, value) = (sql.bind(name), sql.bind(value));
        let statement = sql.statement(&format!(
            "INSERT INTO marks (name, value) VALUES ({name}, {value}) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        ));
        self.writer().execute_raw(statement).await.map_err(|error| store_error(&error))?;
        Ok(())
    }
}

impl SqlStore {
    /// Reads appointments back, each with its reminders, in their order.
    async fn booked(&self, rows: &[Row]) -> Result<Vec<Booked>, StoreError> {
        let mut reminders = reminders(self.reader(), rows).await?;
        rows.iter()
            .map(|row| {
                let name = (row.business_id.clone(), row.id.clone());
                let reminders = reminders.remove(&name).unwrap_or_default();
                Ok(Booked { booking: row.booking(self.vault())?, reminders })
            })
            .collect()
    }
}

/// What lies ahead, in the words of the statement.
fn ahead(sql: &mut Sql, which: &Ahead, after: Option<&Cursor>, limit: u32) -> String {
    let mut conditions = vec![
        "appointments.status = 'confirmed'".to_owned(),
        format!("appointments.starts_at > {}", sql.bind(millis(which.from))),
    ];
    if let Some(to) = which.to {
        conditions.push(format!("appointments.starts_at <= {}", sql.bind(millis(to))));
    }
    if let Some(business) = &which.business {
        conditions.push(format!("appointments.business_id = {}", sql.bind(business.as_str())));
    }
    if which.unplanned {
        conditions.push(
            "NOT EXISTS (SELECT 1 FROM messages WHERE messages.business_id = appointments.business_id \
             AND messages.appointment_id = appointments.id AND messages.appointment_revision = appointments.timing \
             AND messages.rule IS NOT NULL)"
                .to_owned(),
        );
    }
    if let Some((starts_at, business, id)) = after {
        let (starts_at, business, id) =
            (sql.bind(millis(*starts_at)), sql.bind(business.as_str()), sql.bind(id.as_str()));
        conditions.push(format!(
            "(appointments.starts_at, appointments.business_id, appointments.id) > ({starts_at}, {business}, {id})"
        ));
    }
    let limit = sql.bind(i64::from(limit));
    format!(
        "{SELECT} WHERE {} ORDER BY appointments.starts_at, appointments.business_id, appointments.id LIMIT {limit}",
        conditions.join(" AND ")
    )
}

/// The reminders of these appointments' present timings, by business and appointment.
async fn reminders(
    connection: &impl ConnectionTrait,
    appointments: &[Row],
) -> Result<HashMap<(String, String), Vec<Existing>>, StoreError> {
    if appointments.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::on(connection);
    let mut given = Rows::new(&[Column::new("business", Kind::Text), Column::new("appointment", Kind::Text)]);
    for row in appointments {
        given.push(vec![row.business_id.clone().into(), row.id.clone().into()]);
    }
    let given = given.table("given", &mut sql);
    let statement = sql.statement(&format!(
        "WITH {given} SELECT messages.* FROM messages \
         JOIN given ON messages.business_id = given.business AND messages.appointment_id = given.appointment \
         JOIN appointments ON appointments.business_id = messages.business_id AND appointments.id = messages.appointment_id \
         WHERE messages.rule IS NOT NULL AND messages.appointment_revision = appointments.timing ORDER BY messages.id"
    ));
    let rows = message::Entity::find().from_raw_sql(statement).all(connection).await;
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows.map_err(|error| store_error(&error))? {
        if let (Some(business), Some(appointment)) = (&row.business_id, &row.appointment_id) {
            found.entry((business.clone(), appointment.clone())).or_default().push(existing(&row)?);
        }
    }
    Ok(found)
}

fn existing(row: &message::Model) -> Result<Existing, StoreError> {
    Ok(Existing {
        message: MessageId(row.id),
        key: Key {
            rule: row.rule.clone().unwrap_or_default(),
            person: parse(&row.recipient_id, "a person's id")?,
            channel: parse(&row.channel, "a channel")?,
        },
        kind: parse(&row.kind, "a kind")?,
        status: parse(&row.status, "a status")?,
        reason: parse_option(row.reason.as_ref(), "a reason")?,
        due_at: time(row.due_at),
        useful_until: row.expires_at.map(time),
    })
}

/// A reminder that came too late, with its appointment's name and the timing it was planned for.
fn missed(row: &message::Model) -> Result<(Name, i64, MissedReminder), StoreError> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let business: BusinessId = parse(&text(&row.business_id), "a business id")?;
    let appointment: AppointmentId = parse(&text(&row.appointment_id), "an appointment's id")?;
    let missed = MissedReminder {
        message: MessageId(row.id),
        business: business.clone(),
        person: parse(&row.recipient_id, "a person's id")?,
        channel: parse(&row.channel, "a channel")?,
        booking: None,
    };
    Ok(((business, appointment), row.appointment_revision.unwrap_or_default(), missed))
}
