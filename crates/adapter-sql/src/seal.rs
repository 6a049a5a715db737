//! Sealing: which key guards what, and where it stands.

use std::collections::{BTreeSet, HashMap};

use carillon_domain::ids::PersonId;
use carillon_domain::{BusinessId, Event};
use carillon_ports::vault::{DataKey, Place, WrappedKey};
use carillon_ports::{StoreError, Vault};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait};

use crate::entity::data_key;
use crate::error::{sealed, store_error};
use crate::rows_in::Rows;
use crate::seen_keys::SeenKeys;
use crate::sql::Sql;

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

/// The keys that are there already, in the order of their owners, so that two transactions never wait for each other in a circle.
const HELD: &str = "held AS (SELECT data_keys.owner, data_keys.wrapped FROM data_keys JOIN given USING (owner) ORDER BY owner FOR SHARE OF data_keys)";
/// Those that are made now.
const MADE: &str = "made AS (INSERT INTO data_keys (owner, wrapped) SELECT owner, wrapped FROM given \
     WHERE owner NOT IN (SELECT owner FROM held) ORDER BY owner ON CONFLICT DO NOTHING RETURNING owner, wrapped)";

/// Opened data keys by owner, for the length of one batch.
pub(crate) struct Keys<'a> {
    vault: &'a dyn Vault,
    opened: HashMap<String, DataKey>,
}

impl<'a> Keys<'a> {
    /// No keys yet.
    pub(crate) fn none(vault: &'a dyn Vault) -> Self {
        Self { vault, opened: HashMap::new() }
    }

    /// Opens a key that was read with other things, unless it is open.
    pub(crate) fn open_key(&mut self, owner: &str, wrapped: &[u8]) -> Result<(), StoreError> {
        if !self.has(owner) {
            let wrapped = WrappedKey(wrapped.to_vec());
            let key = self.vault.unwrap_key(owner, &wrapped).map_err(|error| sealed(&error))?;
            self.opened.insert(owner.to_owned(), key);
        }
        Ok(())
    }

    fn add(&mut self, rows: Result<Vec<data_key::Model>, DbErr>) -> Result<(), StoreError> {
        rows.map_err(|error| store_error(&error))?
            .into_iter()
            .try_for_each(|row| self.open_key(&row.owner, &row.wrapped))
    }

    /// Loads the keys of these owners; one that was destroyed is simply not there.
    pub(crate) async fn load(
        connection: &impl ConnectionTrait,
        vault: &'a dyn Vault,
        owners: &BTreeSet<String>,
    ) -> Result<Self, StoreError> {
        Self::read(connection, vault, owners, false).await
    }

    /// Remembers the keys of these owners as they are now.
    pub(crate) async fn note(
        connection: &impl ConnectionTrait,
        seen: &SeenKeys,
        owners: &BTreeSet<String>,
    ) -> Result<(), StoreError> {
        let mut sql = Sql::on(connection);
        let wanted = sql.among("owner", owners.iter().cloned());
        let statement = sql.statement(&format!("SELECT * FROM data_keys WHERE {wanted}"));
        let rows = data_key::Entity::find().from_raw_sql(statement).all(connection).await;
        rows.map_err(|error| store_error(&error))?.iter().for_each(|row| seen.note(&row.owner, &row.wrapped));
        Ok(())
    }

    /// The keys of these owners: those that were seen lately, the others read and remembered. For contents, which nobody can open
    /// anyway once the key is gone.
    pub(crate) async fn recall(
        connection: &impl ConnectionTrait,
        vault: &'a dyn Vault,
        seen: &SeenKeys,
        owners: &BTreeSet<String>,
    ) -> Result<Self, StoreError> {
        let missing: BTreeSet<String> =
            owners.iter().filter(|owner| seen.find(owner).is_none()).cloned().collect();
        if !missing.is_empty() {
            Self::note(connection, seen, &missing).await?;
        }
        let mut keys = Self::none(vault);
        for owner in owners {
            if let Some(wrapped) = seen.find(owner) {
                keys.open_key(owner, &wrapped)?;
            }
        }
        Ok(keys)
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
        let mut keys = Self::none(vault);
        if !owners.is_empty() {
            let mut sql = Sql::on(connection);
            let (wanted, lock) =
                (sql.among("owner", owners.iter().cloned()), if lock { "FOR SHARE" } else { "" });
            let statement =
                sql.statement(&format!("SELECT * FROM data_keys WHERE {wanted} ORDER BY owner {lock}"));
            keys.add(data_key::Entity::find().from_raw_sql(statement).all(connection).await)?;
        }
        Ok(keys)
    }

    /// Loads the keys of these owners and makes those that are missing. Of two who make the same at once, one wins and both use it.
    pub(crate) async fn ensure(
        connection: &DatabaseTransaction,
        vault: &'a dyn Vault,
        owners: &BTreeSet<String>,
    ) -> Result<Self, StoreError> {
        let mut keys = Self::none(vault);
        let offered: Vec<data_key::Model> = owners
            .iter()
            .map(|owner| data_key::Model { owner: owner.clone(), wrapped: vault.new_key(owner).0 })
            .collect();
        let mut sql = Sql::on(connection);
        let given = Rows::of::<data_key::Entity>(offered).table("given", &mut sql);
        if sql.is_postgres() {
            let held_or_made =
                format!("WITH {given}, {HELD}, {MADE} SELECT * FROM held UNION ALL SELECT * FROM made");
            let statement = sql.statement(&held_or_made);
            keys.add(data_key::Entity::find().from_raw_sql(statement).all(connection).await)?;
        } else {
            let made = format!(
                "WITH {given} INSERT INTO data_keys SELECT * FROM given WHERE true ON CONFLICT DO NOTHING"
            );
            connection.execute_raw(sql.statement(&made)).await.map_err(|error| store_error(&error))?;
        }
        // On SQLite all of them; on PostgreSQL those that somebody else made in the same moment, which no statement sees at once.
        let missing: BTreeSet<String> = owners.iter().filter(|owner| !keys.has(owner)).cloned().collect();
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
