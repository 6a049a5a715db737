//! The addresses that receipts condemn: the very ones that were tried, whatever their people have now.

use std::collections::{BTreeMap, HashMap};

use carillon_domain::Reason;
use carillon_domain::receipt::Verdict;
use carillon_ports::StoreError;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use super::messages::Standing;
use crate::entity::{receipt, suppression};
use crate::error::store_error;
use crate::rows_in::Rows;
use crate::sql::Sql;

/// Suppresses what these receipts condemn: for all businesses, or for the one whose message it was.
pub(super) async fn suppress(
    transaction: &DatabaseTransaction,
    standings: &HashMap<Uuid, Standing>,
    receipts: &[receipt::Model],
) -> Result<(), StoreError> {
    let mut rows: BTreeMap<(String, String), suppression::Model> = BTreeMap::new();
    for receipt in receipts {
        let Some((verdict, index)) = verdict(receipt) else { continue };
        let business = standings.get(&receipt.message_id).and_then(|message| message.business_id.clone());
        let row = suppression::Model {
            address_index: index,
            business_id: business.filter(|_| !verdict.is_for_all()).unwrap_or_default(),
            reason: verdict.reason().to_string(),
            at: receipt.at,
        };
        let known = rows.entry((row.address_index.clone(), row.business_id.clone())).or_insert(row.clone());
        if known.reason == Reason::Unsubscribed.as_str() {
            *known = row;
        }
    }
    write(transaction, &rows.into_values().collect::<Vec<_>>()).await
}

fn verdict(receipt: &receipt::Model) -> Option<(Verdict, String)> {
    Some((receipt.verdict.as_ref()?.parse().ok()?, receipt.address_index.clone()?))
}

/// Writes suppressions in the order of their addresses, so that two processes never wait for each other in a circle. Being unsubscribed
/// can be taken back by the person; whatever weighs more takes its place, and is not replaced by it.
pub(crate) async fn write(
    transaction: &DatabaseTransaction,
    rows: &[suppression::Model],
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let (mut sql, rows) = (Sql::on(transaction), Rows::of::<suppression::Entity>(rows.to_vec()));
    let names = rows.names();
    let given = rows.table("given", &mut sql);
    let weak = sql.bind(Reason::Unsubscribed.as_str());
    let statement = sql.statement(&format!(
        "WITH {given} INSERT INTO suppressions ({names}) SELECT {names} FROM given WHERE true ORDER BY address_index, business_id \
         ON CONFLICT (address_index, business_id) DO UPDATE SET reason = excluded.reason, at = excluded.at \
         WHERE suppressions.reason = {weak}"
    ));
    transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}
