//! What stands against the addresses of a person, read and taken away.

use carillon_domain::{Channel, Person};
use carillon_ports::directory::Suppression;
use carillon_ports::{StoreError, Vault};
use sea_orm::{ColumnTrait, Condition, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder};

use crate::entity::suppression;
use crate::error::store_error;
use crate::people;
use crate::rows::{parse, parse_option};
use crate::sql::{tenant, time};

/// All that stands against the addresses, the oldest first.
pub(crate) async fn list(
    reader: &DatabaseConnection,
    vault: &dyn Vault,
    person: &Person,
) -> Result<Vec<Suppression>, StoreError> {
    let indexes = indexes(vault, person);
    if indexes.is_empty() {
        return Ok(Vec::new());
    }
    let rows = suppression::Entity::find()
        .filter(suppression::Column::AddressIndex.is_in(indexes.iter().map(|(_, index)| index.clone())))
        .order_by_asc(suppression::Column::At)
        .all(reader)
        .await
        .map_err(|error| store_error(&error))?;
    rows.into_iter().filter_map(|row| read(&indexes, &row).transpose()).collect()
}

/// Takes these away, each only as it was seen: what has stood there since for another cause stays.
pub(crate) async fn lift(
    writer: &DatabaseConnection,
    vault: &dyn Vault,
    person: &Person,
    lifted: &[Suppression],
) -> Result<(), StoreError> {
    let indexes = indexes(vault, person);
    let mut these = Condition::any();
    for one in lifted {
        let Some((_, index)) = indexes.iter().find(|(channel, _)| *channel == one.channel) else { continue };
        these = these.add(
            Condition::all()
                .add(suppression::Column::AddressIndex.eq(index))
                .add(suppression::Column::BusinessId.eq(tenant(one.business.as_ref())))
                .add(suppression::Column::Reason.eq(one.cause.as_str())),
        );
    }
    if these.is_empty() {
        return Ok(());
    }
    suppression::Entity::delete_many()
        .filter(these)
        .exec(writer)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(())
}

fn indexes(vault: &dyn Vault, person: &Person) -> Vec<(Channel, String)> {
    let email = person.email.as_ref().map(|email| (Channel::Email, people::email_index(vault, email)));
    let phone = person.phone.as_ref().map(|phone| (Channel::Sms, people::phone_index(vault, phone)));
    email.into_iter().chain(phone).collect()
}

fn read(indexes: &[(Channel, String)], row: &suppression::Model) -> Result<Option<Suppression>, StoreError> {
    let Some((channel, _)) = indexes.iter().find(|(_, index)| *index == row.address_index) else {
        return Ok(None);
    };
    let business = Some(&row.business_id).filter(|id| !id.is_empty());
    Ok(Some(Suppression {
        channel: *channel,
        business: parse_option(business, "a business id")?,
        cause: parse(&row.reason, "a reason")?,
        since: time(row.at),
        until: row.until_at.map(time),
    }))
}
