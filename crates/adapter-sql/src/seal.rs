//! Sealing: which key guards what, and where it stands.

use std::collections::{BTreeSet, HashMap};

use carillon_domain::ids::PersonId;
use carillon_domain::{BusinessId, Event};
use carillon_ports::vault::{DataKey, Place, WrappedKey};
use carillon_ports::{StoreError, Vault};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
};

use crate::entity::data_key;
use crate::error::{sealed, store_error};

/// The owner of a person's key.
pub(crate) fn person_key(id: &PersonId) -> String {
    format!("person:{id}")
}

/// The owner of a business's key; the platform's own where there is no business.
pub(crate) fn business_key(id: Option<&BusinessId>) -> String {
    id.map_or_else(|| "platform".to_owned(), |id| format!("business:{id}"))
}

/// Whose key seals an event's data: the person it is about, so that erasing that person makes it unreadable.
pub(crate) fn event_key(event: &Event) -> String {
    event.subject().map_or_else(|| business_key(event.business.as_ref()), person_key)
}

/// Opened data keys by owner, for the length of one batch.
pub(crate) struct Keys<'a> {
    vault: &'a dyn Vault,
    opened: HashMap<String, DataKey>,
}

impl<'a> Keys<'a> {
    /// Loads the keys of these owners; one that was destroyed is simply not there.
    pub(crate) async fn load(
        connection: &impl ConnectionTrait,
        vault: &'a dyn Vault,
        owners: &BTreeSet<String>,
    ) -> Result<Self, StoreError> {
        Self::read(connection, vault, owners, false).await
    }

    /// The same for a transaction that writes with them: nobody can destroy a key between here and the commit.
    pub(crate) async fn hold(
        transaction: &DatabaseTransaction,
        vault: &'a dyn Vault,
        owners: &BTreeSet<String>,
    ) -> Result<Self, StoreError> {
        // SQLite has one writer, which this transaction is already.
        let lock = transaction.get_database_backend() == DbBackend::Postgres;
        Self::read(transaction, vault, owners, lock).await
    }

    async fn read(
        connection: &impl ConnectionTrait,
        vault: &'a dyn Vault,
        owners: &BTreeSet<String>,
        lock: bool,
    ) -> Result<Self, StoreError> {
        let mut opened = HashMap::new();
        if !owners.is_empty() {
            let rows = data_key::Entity::find()
                .filter(data_key::Column::Owner.is_in(owners.iter().cloned()))
                .order_by_asc(data_key::Column::Owner)
                .apply_if(lock.then_some(()), |query, ()| query.lock_shared())
                .all(connection)
                .await
                .map_err(|error| store_error(&error))?;
            for row in rows {
                let key =
                    vault.unwrap_key(&row.owner, &WrappedKey(row.wrapped)).map_err(|error| sealed(&error))?;
                opened.insert(row.owner, key);
            }
        }
        Ok(Self { vault, opened })
    }

    /// Loads the keys of these owners and makes those that are missing. Of two who make the same at once, one wins and both use it.
    pub(crate) async fn ensure(
        connection: &DatabaseTransaction,
        vault: &'a dyn Vault,
        owners: &BTreeSet<String>,
    ) -> Result<Self, StoreError> {
        let mut keys = Self::hold(connection, vault, owners).await?;
        let missing: BTreeSet<String> =
            owners.iter().filter(|owner| !keys.opened.contains_key(*owner)).cloned().collect();
        if missing.is_empty() {
            return Ok(keys);
        }
        let rows = missing.iter().map(|owner| data_key::ActiveModel {
            owner: Set(owner.clone()),
            wrapped: Set(vault.new_key(owner).0),
        });
        data_key::Entity::insert_many(rows)
            .on_conflict(OnConflict::column(data_key::Column::Owner).do_nothing().to_owned())
            .exec_without_returning(connection)
            .await
            .map_err(|error| store_error(&error))?;
        keys.opened.extend(Self::hold(connection, vault, &missing).await?.opened);
        Ok(keys)
    }

    /// Seals a value with an owner's key.
    pub(crate) fn seal(&self, owner: &str, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let key =
            self.opened.get(owner).ok_or_else(|| StoreError::Corrupt("a data key is missing".to_owned()))?;
        Ok(self.vault.seal(key, place, plain))
    }

    /// Opens a value; `None` when the owner's key was destroyed.
    pub(crate) fn open(
        &self,
        owner: &str,
        place: Place<'_>,
        bytes: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.opened
            .get(owner)
            .map(|key| self.vault.open(key, place, bytes))
            .transpose()
            .map_err(|error| sealed(&error))
    }

    /// Whether an owner's key is there.
    pub(crate) fn has(&self, owner: &str) -> bool {
        self.opened.contains_key(owner)
    }
}

/// The place of a sealed column.
pub(crate) const fn place<'a>(table: &'a str, column: &'a str, row: &'a str) -> Place<'a> {
    Place { table, column, row }
}
