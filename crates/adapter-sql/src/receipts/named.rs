//! The message of a receipt that does not carry our own ids: by the provider's id of it, else the last one sent to the address.

use carillon_domain::ids::MessageId;
use carillon_domain::receipt::Verdict;
use carillon_ports::provider::Try;
use carillon_ports::receipts::{Address, NewReceipt};
use carillon_ports::{StoreError, Vault};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

use super::index;
use crate::error::store_error;
use crate::sql::Sql;

/// The try of ours that a receipt speaks of; `None` where no message fits.
///
/// With an id of the provider's that is not known here, the address alone names a message only for what is true of the address for
/// every sender: the mail that was complained of may be another program's.
pub(super) async fn find(
    reader: &DatabaseConnection,
    vault: &dyn Vault,
    receipt: &NewReceipt,
) -> Result<Option<Try>, StoreError> {
    if let Some(of) = receipt.of {
        return Ok(Some(of));
    }
    if let Some(id) = &receipt.provider_id
        && let Some(of) = one(reader, by_provider_id(reader, receipt.provider, id)).await?
    {
        return Ok(Some(of));
    }
    match &receipt.verdict {
        Some((verdict, address)) if receipt.provider_id.is_none() || is_of_address(*verdict) => {
            one(reader, by_address(reader, vault, receipt.provider, address)).await
        }
        Some(_) | None => Ok(None),
    }
}

const fn is_of_address(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Dead | Verdict::Resting | Verdict::Stopped => true,
        Verdict::Complained | Verdict::Unsubscribed => false,
    }
}

fn by_provider_id(reader: &DatabaseConnection, provider: &str, id: &str) -> Statement {
    let mut sql = Sql::on(reader);
    let provider = sql.bind(provider);
    let id = sql.bind(id);
    sql.statement(&format!(
        "SELECT id, attempt FROM messages WHERE provider_id = {id} AND provider = {provider} ORDER BY id DESC LIMIT 1"
    ))
}

fn by_address(
    reader: &DatabaseConnection,
    vault: &dyn Vault,
    provider: &str,
    address: &Address,
) -> Statement {
    let (column, channel) = match address {
        Address::Email(_) => ("email_index", "email"),
        Address::Phone(_) => ("phone_index", "sms"),
    };
    let mut sql = Sql::on(reader);
    let address = sql.bind(index(vault, address));
    let provider = sql.bind(provider);
    sql.statement(&format!(
        "SELECT m.id, m.attempt FROM people p JOIN notifications n ON n.recipient_id = p.id \
         JOIN messages m ON m.notification_id = n.id WHERE p.{column} = {address} AND m.channel = '{channel}' \
         AND m.provider = {provider} AND m.sent_at IS NOT NULL ORDER BY m.sent_at DESC, m.id DESC LIMIT 1"
    ))
}

async fn one(reader: &DatabaseConnection, statement: Statement) -> Result<Option<Try>, StoreError> {
    let row = reader.query_one_raw(statement).await.map_err(|error| store_error(&error))?;
    row.map(|row| {
        let attempt: i64 = row.try_get("", "attempt")?;
        let message = MessageId(row.try_get("", "id")?);
        Ok(Try { message, attempt: u32::try_from(attempt).unwrap_or_default() })
    })
    .transpose()
    .map_err(|error| store_error(&error))
}
