//! Accepting in one statement, which is a transaction by itself: what most requests need on PostgreSQL, however many share it.
//!
//! The keys are those that were seen a moment ago, and new ones for whoever seems to have none. The statement itself checks that the
//! seen ones still stand (and holds them until it is committed), that the new ones are the first, and that every row was written; if
//! not, it fails as a whole, and is tried again with keys that are read anew.

use std::collections::BTreeSet;
use std::sync::Arc;

use carillon_ports::store::Acceptance;
use carillon_ports::{Ids, StoreError, Vault};
use sea_orm::{DatabaseConnection, DbBackend};

use crate::append;
use crate::entity::data_key;
use crate::rows_in::Inserts;
use crate::seal::Keys;
use crate::seen_keys::SeenKeys;

/// How often the keys are read anew before the long way is taken.
const TRIES: usize = 3;

/// Whether these can be accepted in one statement: none changes an appointment, none bears a key for repeating, none has to
/// do with what was there before.
fn fits(writer: &DatabaseConnection, acceptances: &[Acceptance]) -> bool {
    writer.get_database_backend() == DbBackend::Postgres
        && acceptances.iter().all(|one| {
            one.booking.is_none()
                && one.idempotency.is_none()
                && one.tells_of.is_empty()
                && one.folded.is_empty()
                && one.settles.is_none()
                && one.passes_on.is_empty()
        })
}

/// Commits acceptances together; `false`, with nothing written, when that takes more than one statement.
pub(crate) async fn append(
    writer: &DatabaseConnection,
    vault: &dyn Vault,
    ids: &Arc<dyn Ids>,
    seen: &SeenKeys,
    acceptances: &[Acceptance],
) -> Result<bool, StoreError> {
    if !fits(writer, acceptances) {
        return Ok(false);
    }
    let acceptances: Vec<&Acceptance> = acceptances.iter().collect();
    let owners = append::owners(&acceptances);
    for _ in 0..TRIES {
        let (keys, standing, fresh) = keys(vault, seen, &owners)?;
        let mut inserts = Inserts::default();
        inserts.add::<data_key::Entity>(fresh.clone(), "ON CONFLICT DO NOTHING");
        append::collect(&mut inserts, vault, ids, &keys, &acceptances)?;
        if inserts.run_whole(writer, standing).await? {
            for key in &fresh {
                seen.note(&key.owner, &key.wrapped);
            }
            return Ok(true);
        }
        seen.forget(&owners);
        Keys::note(writer, seen, &owners).await?;
    }
    Ok(false)
}

/// All keys, opened; those that stand already, and those that are to be made.
type Prepared<'a> = (Keys<'a>, Vec<data_key::Model>, Vec<data_key::Model>);

fn keys<'a>(
    vault: &'a dyn Vault,
    seen: &SeenKeys,
    owners: &BTreeSet<String>,
) -> Result<Prepared<'a>, StoreError> {
    let (mut keys, mut standing, mut fresh) = (Keys::none(vault), Vec::new(), Vec::new());
    for owner in owners {
        let known = seen.find(owner);
        let rows = if known.is_some() { &mut standing } else { &mut fresh };
        let wrapped = known.unwrap_or_else(|| vault.new_key(owner).0);
        keys.open_key(owner, &wrapped)?;
        rows.push(data_key::Model { owner: owner.clone(), wrapped });
    }
    Ok((keys, standing, fresh))
}
