//! The addresses that receipts condemn: the very ones that were tried, whatever their people have now.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use carillon_domain::receipt::{Rest, Verdict};
use carillon_domain::suppression::Against;
use carillon_ports::StoreError;
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait};
use uuid::Uuid;

use super::messages::Standing;
use crate::entity::{receipt, suppression};
use crate::error::store_error;
use crate::rows::parse;
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
            reason: verdict.cause().to_string(),
            at: receipt.at,
            until_at: rest.map(|rest| millis(rest.until)),
            times: rest.map_or(0, |rest| i64::from(rest.times)),
        };
        let newer = against(&row)?;
        let known = rows.entry(name).or_insert(row.clone());
        if against(known)?.gives_way_to(newer) {
            *known = row;
        }
    }
    write(transaction, &rows.into_values().collect::<Vec<_>>()).await
}

fn against(row: &suppression::Model) -> Result<Against, StoreError> {
    Ok(Against { cause: parse(&row.reason, "a cause")?, rests: row.until_at.is_some() })
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

/// Writes suppressions in the order of their addresses, so that two processes never wait for each other in a circle. What stands there
/// already is replaced only where it gives way ([`Against::gives_way_to`]).
pub(crate) async fn write(
    connection: &impl ConnectionTrait,
    rows: &[suppression::Model],
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let (mut sql, rows) = (Sql::on(connection), Rows::of::<suppression::Entity>(rows.to_vec()));
    let names = rows.names();
    let given = rows.table("given", &mut sql);
    let replaced =
        sql.among(&format!("({} || '>' || {})", held("suppressions"), held("excluded")), replacements());
    let statement = sql.statement(&format!(
        "WITH {given} INSERT INTO suppressions ({names}) SELECT {names} FROM given WHERE true ORDER BY address_index, business_id \
         ON CONFLICT (address_index, business_id) DO UPDATE SET reason = excluded.reason, at = excluded.at, \
         until_at = excluded.until_at, times = excluded.times WHERE {replaced}"
    ));
    connection.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}

/// What a row holds, as [`replacements`] name it.
fn held(table: &str) -> String {
    format!("{table}.reason || CASE WHEN {table}.until_at IS NULL THEN '' ELSE ':rests' END")
}

/// What gives way, with what takes its place.
fn replacements() -> BTreeSet<String> {
    let name = |one: Against| format!("{}{}", one.cause, if one.rests { ":rests" } else { "" });
    Against::all()
        .flat_map(|known| Against::all().map(move |newer| (known, newer)))
        .filter(|(known, newer)| known.gives_way_to(*newer))
        .map(|(known, newer)| format!("{}>{}", name(known), name(newer)))
        .collect()
}
