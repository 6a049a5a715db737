//! What comes back from providers, as the port [`ReceiptStore`] asks for it: kept first, applied after.

mod addresses;
mod apply;
mod inbound;
mod messages;
mod named;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub(crate) use addresses::write as write_suppressions;
use async_trait::async_trait;
use carillon_ports::provider::Try;
use carillon_ports::receipts::{Address, Applied, InboundSms, Kept, NewReceipt, ReceiptStore};
use carillon_ports::{StoreError, Vault};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction};

use crate::entity::receipt;
use crate::error::store_error;
use crate::rows_in::Rows;
use crate::sql::{Sql, begin, millis};
use crate::{SqlStore, people};

/// The most rows of one statement: 12 columns of 500 stay under SQLite's limit of parameters.
const ROWS: usize = 500;

/// A receipt's name over all providers.
type Name = (String, String);

#[async_trait]
impl ReceiptStore for SqlStore {
    async fn keep(&self, receipts: Vec<NewReceipt>, now: DateTime<Utc>) -> Result<Kept, StoreError> {
        if receipts.is_empty() {
            return Ok(Kept::default());
        }
        let mut rows = Vec::with_capacity(receipts.len());
        for receipt in receipts {
            if let Some(of) = named::find(self.reader(), self.vault(), &receipt).await? {
                rows.push(row(self.vault(), receipt, of, now));
            }
        }
        let kept = self.keep_together(rows).await?;
        if kept.new > 0 {
            self.news().notify_one();
        }
        Ok(kept)
    }

    async fn keep_inbound(&self, texts: Vec<InboundSms>) -> Result<Kept, StoreError> {
        inbound::keep(self.writer(), self.vault(), &texts).await
    }

    async fn apply(&self, now: DateTime<Utc>, limit: u32) -> Result<Applied, StoreError> {
        apply::apply(self.writer(), self.reader(), now, limit).await
    }

    async fn wait_for_receipts(&self, longest: Duration) {
        // Nothing new in time is no failure: somebody else may have kept some.
        drop(tokio::time::timeout(longest, self.news().notified()).await);
    }
}

fn row(vault: &dyn Vault, receipt: NewReceipt, of: Try, now: DateTime<Utc>) -> receipt::Model {
    let (verdict, address) = receipt.verdict.unzip();
    receipt::Model {
        provider: receipt.provider.to_owned(),
        event_id: receipt.event_id,
        message_id: of.message.0,
        attempt: i64::from(of.attempt),
        said: receipt.said.to_string(),
        detail: receipt.detail,
        provider_id: receipt.provider_id,
        verdict: verdict.map(|verdict| verdict.to_string()),
        address_index: address.map(|address| index(vault, &address)),
        at: millis(receipt.at),
        received_at: millis(now),
        look_at: Some(millis(now)),
    }
}

/// The keyed hash under which people and suppressions know an address.
fn index(vault: &dyn Vault, address: &Address) -> String {
    match address {
        Address::Email(email) => people::email_index(vault, email),
        Address::Phone(phone) => people::phone_index(vault, phone),
    }
}

/// Keeps what several callers brought in one transaction, and answers for each.
pub(crate) async fn keep(
    writer: &DatabaseConnection,
    brought: &[Vec<receipt::Model>],
) -> Result<Vec<Kept>, StoreError> {
    // In the order of their names, so that two processes never wait for each other in a circle; the first word counts.
    let mut named: BTreeMap<Name, &receipt::Model> = BTreeMap::new();
    for row in brought.iter().flatten() {
        named.entry(name(row)).or_insert(row);
    }
    let rows: Vec<receipt::Model> = named.into_values().cloned().collect();
    let transaction = begin(writer).await?;
    let mut new = BTreeSet::new();
    for part in rows.chunks(ROWS) {
        new.extend(insert(&transaction, part).await?);
    }
    transaction.commit().await.map_err(|error| store_error(&error))?;
    Ok(brought.iter().map(|rows| count(rows, &mut new)).collect())
}

/// How many of a caller's are new; whatever is counted once is not new to the next caller.
fn count(rows: &[receipt::Model], new: &mut BTreeSet<Name>) -> Kept {
    let mine = rows.iter().filter(|row| new.remove(&name(row))).count();
    Kept { new: mine, repeated: rows.len() - mine }
}

fn name(row: &receipt::Model) -> Name {
    (row.provider.clone(), row.event_id.clone())
}

/// Inserts those that are not known, and answers their names.
async fn insert(transaction: &DatabaseTransaction, rows: &[receipt::Model]) -> Result<Vec<Name>, StoreError> {
    let (mut sql, rows) = (Sql::on(transaction), Rows::of::<receipt::Entity>(rows.to_vec()));
    let names = rows.names();
    let given = rows.table("given", &mut sql);
    let statement = sql.statement(&format!(
        "WITH {given} INSERT INTO receipts ({names}) SELECT {names} FROM given WHERE true ORDER BY provider, event_id \
         ON CONFLICT DO NOTHING RETURNING provider, event_id"
    ));
    let new = transaction.query_all_raw(statement).await.map_err(|error| store_error(&error))?;
    new.iter()
        .map(|row| Ok((row.try_get("", "provider")?, row.try_get("", "event_id")?)))
        .collect::<Result<_, _>>()
        .map_err(|error| store_error(&error))
}
