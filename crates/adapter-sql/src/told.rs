//! What recipients were told of an appointment by events.

use std::collections::HashMap;

use carillon_domain::ids::{AppointmentId, BusinessId, EventId, KindName, PersonId};
use carillon_domain::{Reason, Status};
use carillon_ports::StoreError;
use carillon_ports::appointments::Told;
use sea_orm::{ConnectionTrait, DatabaseConnection, QueryResult, TryGetable};

use crate::error::store_error;
use crate::rows::parse;
use crate::sql::Sql;

/// What each recipient was told of an appointment, at the newest revision that they know.
pub(crate) async fn list(
    reader: &DatabaseConnection,
    business: &BusinessId,
    id: &AppointmentId,
) -> Result<HashMap<PersonId, Told>, StoreError> {
    let mut sql = Sql::on(reader);
    let business = sql.bind(business.as_str());
    let id = sql.bind(id.as_str());
    let informs: Vec<String> =
        Status::ALL.iter().filter(|one| one.informs()).map(|one| sql.bind(one.as_str())).collect();
    let informs = informs.join(", ");
    let unchanged = sql.bind(Reason::Unchanged.as_str());
    let statement = sql.statement(&format!(
        "SELECT recipient_id, appointment_revision, event_id, kind, status FROM messages \
         WHERE business_id = {business} AND appointment_id = {id} AND rule IS NULL AND appointment_revision IS NOT NULL \
         AND (status IN ({informs}) OR reason = {unchanged}) ORDER BY id"
    ));
    let mut found: HashMap<PersonId, Told> = HashMap::new();
    for row in reader.query_all_raw(statement).await.map_err(|error| store_error(&error))? {
        let person = parse(&get::<String>(&row, "recipient_id")?, "a person's id")?;
        let revision = get(&row, "appointment_revision")?;
        let status: Status = parse(&get::<String>(&row, "status")?, "a status")?;
        let event = EventId(get(&row, "event_id")?);
        let kind: KindName = parse(&get::<String>(&row, "kind")?, "a kind")?;
        let told = found.entry(person).or_insert_with(|| Told { revision, event, kind: kind.clone() });
        told.revision = told.revision.max(revision);
        if status.informs() {
            (told.event, told.kind) = (event, kind);
        }
    }
    Ok(found)
}

fn get<T: TryGetable>(row: &QueryResult, column: &str) -> Result<T, StoreError> {
    row.try_get("", column).map_err(|error| store_error(&error))
}
