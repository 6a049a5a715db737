//! The addresses that receipts condemn: the very ones that were tried, whatever their people have now.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use carillon_domain::Reason;
use carillon_domain::receipt::{Rest, Verdict};
use carillon_ports::StoreError;
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait};
use uuid::Uuid;

use super::messages::Standing;
use crate::entity::{receipt, suppression};
use crate::error::store_error;
use crate::rows_in::Rows;
use crate::sql::{Sql, millis, time};

/// Suppresses what these receipts condemn: for all businesses, or for the one whose message it was; for good, or for a while.
pub(super) async fn suppress(
    transaction: &DatabaseTransaction,
    standings: &HashMap<Uuid, Standing>,
    receipts: &[receipt::Model],
) -> Result<(), StoreError> {
    let resting = resting(transaction, receipts).await?;
    let mut rows: BTreeMap<(String, String), suppression::Model> = BTreeMap::new();
    for receipt in receipts {
        let Some((verdict, index)) = verdict(receipt) else { continue };
        let business = standings.get(&receipt.message_id).and_then(|message| message.business_id.clone());
        let business = business.filter(|_| !verdict.is_for_all()).unwrap_or_default();
        let name = (index.clone(), business.clone());
        let rest = (verdict == Verdict::Resting).then(|| {
            let before = rows.get(&name).and_then(rest).or_else(|| resting.get(&index).copied());
            Rest::after(before, time(receipt.at))
        });
        let row = suppression::Model {
            address_index: index,
            business_id: business,
            reason: verdict.reason().to_string(),
            at: receipt.at,
            until_at: rest.map(|rest| millis(rest.until)),
            times: rest.map_or(0, |rest| i64::from(rest.times)),
        };
        let known = rows.entry(name).or_insert(row.clone());
        let is_weak = known.reason == Reason::Unsubscribed.as_str() && row.until_at.is_none();
        if known.until_at.is_some() || is_weak {
            *known = row;
        }
    }
    write(transaction, &rows.into_values().collect::<Vec<_>>()).await
}

fn rest(row: &suppression::Model) -> Option<Rest> {
    Some(Rest { times: u32::try_from(row.times).unwrap_or_default(), until: time(row.until_at?) })
}

/// The rests of these addresses so far. The rows are locked, so that two processes count one after the other.
async fn resting(
    transaction: &DatabaseTransaction,
    receipts: &[receipt::Model],
) -> Result<HashMap<String, Rest>, StoreError> {
    let indexes: BTreeSet<String> = receipts
        .iter()
        .filter_map(verdict)
        .filter(|(verdict, _)| *verdict == Verdict::Resting)
        .map(|(_, index)| index)
        .collect();
    if indexes.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sql = Sql::on(transaction);
    let these = sql.among("address_index", indexes);
    let lock = sql.for_update();
    let statement = sql.statement(&format!(
        "SELECT * FROM suppressions WHERE {these} AND business_id = '' AND until_at IS NOT NULL ORDER BY address_index {lock}"
    ));
    let rows = suppression::Entity::find().from_raw_sql(statement).all(transaction).await;
    let rows = rows.map_err(|error| store_error(&error))?;
    Ok(rows.into_iter().filter_map(|row| Some((row.address_index.clone(), rest(&row)?))).collect())
}

fn verdict(receipt: &receipt::Model) -> Option<(Verdict, String)> {
    Some((receipt.verdict.as_ref()?.parse().ok()?, receipt.address_index.clone()?))
}

/// Writes suppressions in the order of their addresses, so that two processes never wait for each other in a circle. Being unsubscribed
/// can be taken back by the person, and a rest ends by itself: any other cause replaces these two, and is not replaced by them.
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
         ON CONFLICT (address_index, business_id) DO UPDATE SET reason = excluded.reason, at = excluded.at, \
         until_at = excluded.until_at, times = excluded.times \
         WHERE suppressions.until_at IS NOT NULL OR (suppressions.reason = {weak} AND excluded.until_at IS NULL)"
    ));
    transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}
