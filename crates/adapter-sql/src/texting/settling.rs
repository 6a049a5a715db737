//! Settling a text: what its sender is told and all that it means, in one transaction and once.

use std::collections::BTreeSet;
use std::sync::Arc;

use carillon_domain::Cause;
use carillon_ports::texting::{Permit, Reply, Settlement};
use carillon_ports::{Ids, StoreError};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::Answer;
use crate::entity::suppression;
use crate::error::{store_error, unreadable};
use crate::seal::{Keys, business_key, place};
use crate::sql::{Sql, millis, tenant};
use crate::{consents, keys, receipts};

/// How long staff are left in peace after they were told of texts of a number, in milliseconds.
const PEACE: i64 = 60_000;

/// Settles a text within a transaction; [`StoreError::Overtaken`] if somebody else has. The platform's key must be there.
pub(crate) async fn settle(
    transaction: &DatabaseTransaction,
    sealing: &Keys<'_>,
    ids: &Arc<dyn Ids>,
    settlement: &Settlement,
) -> Result<(), StoreError> {
    // Before any row is locked, as every change of a person's decisions does: nobody waits in a circle.
    let deciding: BTreeSet<_> = settlement.consents.iter().map(|consent| &consent.person).collect();
    for person in deciding {
        consents::take_turn(transaction, person).await?;
    }
    let number = mark(transaction, sealing, settlement).await?;
    if let (Some(permit), Some(number)) = (settlement.permit, number) {
        change_permit(transaction, permit, number, settlement).await?;
    }
    for consent in &settlement.consents {
        consents::add(transaction, ids, consent).await?;
    }
    keys::audit(transaction, ids, &settlement.audit).await
}

/// Marks the text as settled, and answers the keyed hash of its sender's number.
async fn mark(
    transaction: &DatabaseTransaction,
    sealing: &Keys<'_>,
    settlement: &Settlement,
) -> Result<Option<String>, StoreError> {
    let Settlement { name, at, .. } = settlement;
    let text = |id: Option<&str>| id.map(str::to_owned);
    let mut sql = Sql::on(transaction);
    let (provider, id) = (sql.bind(name.provider.clone()), sql.bind(name.provider_id.clone()));
    let settled_at = sql.bind(millis(*at));
    let set = [
        ("person_id", sql.bind(text(settlement.person.as_ref().map(carillon_domain::PersonId::as_str)))),
        (
            "business_id",
            sql.bind(text(settlement.business.as_ref().map(carillon_domain::BusinessId::as_str))),
        ),
        (
            "appointment_id",
            sql.bind(text(settlement.appointment.as_ref().map(carillon_domain::AppointmentId::as_str))),
        ),
        ("answer_sealed", sql.bind(sealed_answer(sealing, settlement)?)),
        ("asks", sql.bind(text(settlement.question.as_ref().map(|asked| reply_name(asked.reply))))),
        ("pass_at", if settlement.pass_on { pass_at(&settled_at) } else { "NULL".to_owned() }),
    ];
    let set: Vec<String> = set.iter().map(|(column, value)| format!("{column} = {value}")).collect();
    let statement = sql.statement(&format!(
        "UPDATE inbound_messages SET settled_at = {settled_at}, {} WHERE provider = {provider} AND provider_id = {id} \
         AND settled_at IS NULL RETURNING address_index",
        set.join(", ")
    ));
    let row = transaction.query_one_raw(statement).await.map_err(|error| store_error(&error))?;
    let row = row.ok_or(StoreError::Overtaken)?;
    row.try_get("", "address_index").map_err(|error| store_error(&error))
}

/// At once, or when staff have been left in peace for long enough.
fn pass_at(now: &str) -> String {
    format!(
        "(SELECT max(times.at) FROM (SELECT {now} AS at UNION ALL SELECT max(earlier.passed_at) + {PEACE} \
         FROM inbound_messages earlier WHERE earlier.address_index = inbound_messages.address_index) times)"
    )
}

fn sealed_answer(sealing: &Keys<'_>, settlement: &Settlement) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(text) = &settlement.answer else { return Ok(None) };
    let choices = settlement.question.iter().flat_map(|question| &question.choices);
    let answer = Answer {
        text: Some(text.clone()),
        choices: choices.map(|choice| (choice.appointment.to_string(), choice.timing)).collect(),
    };
    let json = serde_json::to_vec(&answer).map_err(|_| unreadable("an answer to a text message"))?;
    let place = place("inbound_messages", "answer", &settlement.name.provider_id);
    sealing.seal(&business_key(None), place, &json).map(Some)
}

/// How a reply is stored.
pub(super) const fn reply_name(reply: Reply) -> &'static str {
    match reply {
        Reply::Yes => "yes",
        Reply::No => "no",
    }
}

/// Suppresses the number, or lifts what stands against it: for the business, else for all of the platform. Who may be written to by one
/// business again has a number that works, so that what stood against it everywhere is lifted too.
async fn change_permit(
    transaction: &DatabaseTransaction,
    permit: Permit,
    address_index: String,
    settlement: &Settlement,
) -> Result<(), StoreError> {
    let business_id = tenant(settlement.business.as_ref());
    match permit {
        Permit::Withdrawn => {
            let (reason, at) = (Cause::Unsubscribed.to_string(), millis(settlement.at));
            let row = suppression::Model { address_index, business_id, reason, at, until_at: None, times: 0 };
            receipts::write_suppressions(transaction, &[row]).await
        }
        Permit::Given => {
            let mut sql = Sql::on(transaction);
            let (index, business) = (sql.bind(address_index), sql.bind(business_id));
            let statement = sql.statement(&format!(
                "DELETE FROM suppressions WHERE address_index = {index} AND business_id IN ('', {business})"
            ));
            transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
            Ok(())
        }
    }
}
