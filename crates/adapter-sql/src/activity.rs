//! What happened in a business in a span of time.

use carillon_domain::{BusinessId, Event};
use carillon_ports::appointments::Activity;
use carillon_ports::{StoreError, Vault};
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;

use crate::error::store_error;
use crate::events::WithKey;
use crate::rows;
use crate::seal::Keys;
use crate::sql::{Sql, millis};

/// Counts appointments that start in the span, and clients who were first heard of in it.
pub(crate) async fn count(
    reader: &impl ConnectionTrait,
    business: &BusinessId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Activity, StoreError> {
    let mut sql = Sql::on(reader);
    let business = sql.bind(business.as_str());
    let (from, to) = (sql.bind(millis(from)), sql.bind(millis(to)));
    let statement = sql.statement(&format!(
        "SELECT status AS name, COUNT(*) AS number FROM appointments \
         WHERE business_id = {business} AND starts_at >= {from} AND starts_at < {to} GROUP BY status \
         UNION ALL SELECT 'new_clients', COUNT(*) FROM people WHERE business_id = {business} AND actor = 'end_client' \
         AND created_at >= {from} AND created_at < {to} AND erased_at IS NULL"
    ));
    let mut activity = Activity::default();
    for row in reader.query_all_raw(statement).await.map_err(|error| store_error(&error))? {
        let name: String = row.try_get("", "name").map_err(|error| store_error(&error))?;
        let number: i64 = row.try_get("", "number").map_err(|error| store_error(&error))?;
        let number = u64::try_from(number).unwrap_or_default();
        if name == "new_clients" {
            activity.new_clients = number;
        } else {
            activity.by_status.insert(name, number);
        }
    }
    Ok(activity)
}

/// Events of a name that were accepted in the span. Our ids rise with time, so that their index answers.
pub(crate) async fn events(
    reader: &impl ConnectionTrait,
    vault: &dyn Vault,
    business: &BusinessId,
    name: &str,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<Event>, StoreError> {
    let mut sql = Sql::on(reader);
    let (business, name) = (sql.bind(business.as_str()), sql.bind(name));
    let (first, last) =
        (sql.bind(crate::statistics::first_id(from)), sql.bind(crate::statistics::first_id(to)));
    let condition = format!(
        "events.business_id = {business} AND events.name = {name} AND events.id >= {first} AND events.id < {last} ORDER BY events.id"
    );
    let found = WithKey::select(reader, sql, &condition).await?;
    let mut events = Vec::new();
    for WithKey { row, wrapped } in found {
        let mut keys = Keys::none(vault);
        if let Some(wrapped) = wrapped {
            keys.open_key(&row.key_owner, &wrapped)?;
        }
        events.extend(rows::event(&row, &keys)?);
    }
    Ok(events)
}
