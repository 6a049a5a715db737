//! What passed between us and a phone number.

use carillon_domain::{BusinessId, PhoneNumber};
use carillon_ports::texting::{Correspondence, Question, Reply, SentText, Since};
use carillon_ports::{StoreError, Vault};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use super::settling::reply_name;
use super::{answer, keys};
use crate::entity::{inbound_message, message, suppression};
use crate::error::store_error;
use crate::people;
use crate::rows::{parse, parse_option};
use crate::sql::{Sql, millis, time};

/// How many people of one number are looked at: a family, not a switchboard.
const MOST_PEOPLE: usize = 20;
/// How many text messages of ours are looked at.
const MOST_SENT: i64 = 50;

pub(super) async fn find(
    reader: &impl ConnectionTrait,
    vault: &dyn Vault,
    with: &PhoneNumber,
    since: Since,
) -> Result<Correspondence, StoreError> {
    let index = people::phone_index(vault, with);
    let mut sql = Sql::on(reader);
    let condition = format!("people.erased_at IS NULL AND people.phone_index = {}", sql.bind(index.clone()));
    let mut known = people::select(reader, sql, &condition).await?;
    known.truncate(MOST_PEOPLE);
    let people = people::open(vault, &known)?;
    let ids = people.iter().map(|person| person.id.to_string());
    Ok(Correspondence {
        sent: sent(reader, ids.collect(), since).await?,
        question: question(reader, vault, &index, since).await?,
        stopped: stopped(reader, &index).await?,
        answered: answered(reader, &index, since).await?,
        people,
    })
}

/// What these people got. Found by their notifications: messages have no index by person, which every one of them would be written to.
async fn sent(
    reader: &impl ConnectionTrait,
    people: Vec<String>,
    since: Since,
) -> Result<Vec<SentText>, StoreError> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::on(reader);
    let theirs = sql.among("notifications.recipient_id", people);
    let (since, most) = (sql.bind(millis(since.sent)), sql.bind(MOST_SENT));
    let statement = sql.statement(&format!(
        "SELECT messages.* FROM notifications JOIN messages ON messages.notification_id = notifications.id \
         WHERE {theirs} AND messages.channel = 'sms' AND messages.status IN ('sent', 'delivered') AND messages.sent_at >= {since} \
         ORDER BY messages.sent_at DESC, messages.id DESC LIMIT {most}"
    ));
    let rows = message::Entity::find().from_raw_sql(statement).all(reader).await;
    rows.map_err(|error| store_error(&error))?.iter().map(sent_text).collect()
}

fn sent_text(row: &message::Model) -> Result<SentText, StoreError> {
    let appointment = parse_option(row.appointment_id.as_ref(), "an appointment's id")?;
    Ok(SentText {
        person: parse(&row.recipient_id, "a person's id")?,
        business: parse_option(row.business_id.as_ref(), "a business id")?,
        appointment: appointment.zip(row.appointment_revision),
        at: time(row.sent_at.unwrap_or(row.updated_at)),
    })
}

async fn question(
    reader: &impl ConnectionTrait,
    vault: &dyn Vault,
    index: &str,
    since: Since,
) -> Result<Option<Question>, StoreError> {
    let mut sql = Sql::on(reader);
    let (index, since) = (sql.bind(index), sql.bind(millis(since.asked)));
    let statement = sql.statement(&format!(
        "SELECT * FROM inbound_messages WHERE address_index = {index} AND asks IS NOT NULL AND settled_at >= {since} \
         ORDER BY settled_at DESC, received_at DESC LIMIT 1"
    ));
    let row = inbound_message::Entity::find().from_raw_sql(statement).one(reader).await;
    let Some(row) = row.map_err(|error| store_error(&error))? else { return Ok(None) };
    let reply = [Reply::Yes, Reply::No].into_iter().find(|one| row.asks.as_deref() == Some(reply_name(*one)));
    let business = parse_option(row.business_id.as_ref(), "a business id")?;
    let (Some(reply), Some(business), Some(at)) = (reply, business, row.settled_at) else { return Ok(None) };
    let Some(answer) = answer(&row, &keys(reader, vault).await?)? else { return Ok(None) };
    Ok(Some(Question { reply, business, choices: answer.choices()?, at: time(at) }))
}

async fn stopped(reader: &impl ConnectionTrait, index: &str) -> Result<Vec<Option<BusinessId>>, StoreError> {
    let rows = suppression::Entity::find()
        .filter(suppression::Column::AddressIndex.eq(index))
        .all(reader)
        .await
        .map_err(|error| store_error(&error))?;
    let business = |row: suppression::Model| Some(row.business_id).filter(|id| !id.is_empty());
    rows.into_iter().map(|row| parse_option(business(row).as_ref(), "a business id")).collect()
}

async fn answered(reader: &impl ConnectionTrait, index: &str, since: Since) -> Result<u64, StoreError> {
    let mut sql = Sql::on(reader);
    let (index, since) = (sql.bind(index), sql.bind(millis(since.answered)));
    let statement = sql.statement(&format!(
        "SELECT count(*) AS answered FROM inbound_messages WHERE address_index = {index} AND settled_at >= {since} \
         AND answer_sealed IS NOT NULL"
    ));
    let row = reader.query_one_raw(statement).await.map_err(|error| store_error(&error))?;
    let count: Option<i64> =
        row.map(|row| row.try_get("", "answered")).transpose().map_err(|error| store_error(&error))?;
    Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
}
