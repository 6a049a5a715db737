//! Text messages that people send us: kept sealed with the platform's key. What the provider has understood and acted upon holds from that
//! very step; all else follows when the text is settled ([`crate::texting`]).

use std::collections::BTreeSet;

use super::addresses;
use crate::entity::{inbound_message, suppression};
use crate::error::{store_error, unreadable};
use crate::people;
use crate::rows_in::Rows;
use crate::seal::{Keys, business_key, place};
use crate::sql::{Sql, begin, millis};
use crate::texting::{Content, opt_out_name};
use carillon_domain::Cause;
use carillon_ports::receipts::{InboundSms, Kept, OptOut};
use carillon_ports::{StoreError, Vault};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction};

/// Keeps texts, each once.
pub(super) async fn keep(
    writer: &DatabaseConnection,
    vault: &dyn Vault,
    texts: &[InboundSms],
) -> Result<Kept, StoreError> {
    if texts.is_empty() {
        return Ok(Kept::default());
    }
    let transaction = begin(writer).await?;
    let keys = Keys::ensure(&transaction, vault, &BTreeSet::from([business_key(None)])).await?;
    let mut kept = Kept::default();
    for text in texts {
        let row = row(vault, &keys, text)?;
        let index = row.address_index.clone();
        if insert(&transaction, row).await? {
            kept.new += 1;
            act(&transaction, text, index).await?;
        } else {
            kept.repeated += 1;
        }
    }
    transaction.commit().await.map_err(|error| store_error(&error))?;
    Ok(kept)
}

/// Inserts a text; `false` when it is known.
async fn insert(transaction: &DatabaseTransaction, row: inbound_message::Model) -> Result<bool, StoreError> {
    let rows = Rows::of::<inbound_message::Entity>(vec![row]);
    let (mut sql, names) = (Sql::on(transaction), rows.names());
    let given = rows.table("given", &mut sql);
    let statement = sql.statement(&format!(
        "WITH {given} INSERT INTO inbound_messages ({names}) SELECT {names} FROM given WHERE true ON CONFLICT DO NOTHING"
    ));
    let done = transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(done.rows_affected() > 0)
}

fn row(vault: &dyn Vault, keys: &Keys<'_>, text: &InboundSms) -> Result<inbound_message::Model, StoreError> {
    let content = Content { from: text.from.clone(), text: text.text.clone() };
    let json = serde_json::to_vec(&content).map_err(|_| unreadable("a text message"))?;
    let place = place("inbound_messages", "content", &text.provider_id);
    Ok(inbound_message::Model {
        provider: text.provider.to_owned(),
        provider_id: text.provider_id.clone(),
        address_index: text.sender.as_ref().map(|sender| people::phone_index(vault, sender)),
        content_sealed: keys.seal(&business_key(None), place, &json)?,
        opt_out: text.opt_out.map(|opt_out| opt_out_name(opt_out).to_owned()),
        received_at: millis(text.at),
        settled_at: None,
        person_id: None,
        business_id: None,
        appointment_id: None,
        answer_sealed: None,
        asks: None,
        pass_at: None,
        passed_at: None,
    })
}

/// Stops or starts text messages to the sender, for every business: they share the number that was written to. Who writes that they may
/// come again has a number that works, so that whatever stood against it is lifted.
async fn act(
    transaction: &DatabaseTransaction,
    text: &InboundSms,
    index: Option<String>,
) -> Result<(), StoreError> {
    let Some(address_index) = index else { return Ok(()) };
    match text.opt_out {
        Some(OptOut::Stop) => {
            let row = suppression::Model {
                address_index,
                business_id: String::new(),
                reason: Cause::Unsubscribed.to_string(),
                at: millis(text.at),
                until_at: None,
                times: 0,
            };
            addresses::write(transaction, &[row]).await
        }
        Some(OptOut::Start) => {
            let mut sql = Sql::on(transaction);
            let index = sql.bind(address_index);
            let statement = sql.statement(&format!("DELETE FROM suppressions WHERE address_index = {index}"));
            transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
            Ok(())
        }
        Some(OptOut::Help) | None => Ok(()),
    }
}
