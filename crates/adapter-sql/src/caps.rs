//! How much a subject gets within a span, as the port [`Caps`] asks for it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use carillon_domain::verdict::Allowance;
use carillon_domain::{Class, NotificationId};
use carillon_ports::StoreError;
use carillon_ports::caps::{CapAsk, CapGrant, Caps};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::try_join_all;
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, FromQueryResult};
use uuid::Uuid;

use crate::SqlStore;
use crate::error::{store_error, unreadable};
use crate::rows_in::{Column, Kind, Rows};
use crate::sql::{Sql, begin, millis, time};

/// Its commit need not wait for the disk: the outcome's, which comes later in the same log and does, makes it last as well; and before
/// that a message whose count was lost is claimed, and counted, again.
const HURRY: &str = ", (SELECT set_config('synchronous_commit', 'off', true)) AS hurry";

/// How many ids are forgotten in one statement.
const FORGOTTEN_AT_ONCE: u64 = 10_000;

/// The subject and the id of something that is counted once.
type Name = (String, Uuid);

#[derive(FromQueryResult)]
struct Row {
    subject: String,
    began_at: i64,
    critical: i64,
    usual: i64,
    bulk: i64,
}

#[derive(FromQueryResult)]
struct NewName {
    subject: String,
    counted_id: Uuid,
}

#[async_trait]
impl Caps for SqlStore {
    async fn take(&self, asks: &[CapAsk], now: DateTime<Utc>) -> Result<Vec<CapGrant>, StoreError> {
        let mut alike: BTreeMap<(TimeDelta, Allowance), Vec<(usize, &CapAsk)>> = BTreeMap::new();
        for (index, ask) in asks.iter().enumerate() {
            alike.entry((ask.span, ask.allowance)).or_default().push((index, ask));
        }
        let taken = alike.into_iter().map(async |((span, allowance), asks)| {
            let (indexes, asks): (Vec<usize>, Vec<&CapAsk>) = asks.into_iter().unzip();
            let grants = Terms { span, allowance, now }.take(self.writer(), &asks).await?;
            Ok::<_, StoreError>(indexes.into_iter().zip(grants))
        });
        let mut granted: Vec<(usize, CapGrant)> = try_join_all(taken).await?.into_iter().flatten().collect();
        granted.sort_by_key(|(index, _)| *index);
        Ok(granted.into_iter().map(|(_, grant)| grant).collect())
    }

    async fn forget_spans(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut sql = Sql::on(self.writer());
        let before = sql.bind(millis(before));
        let statement = sql.statement(&format!("DELETE FROM caps WHERE began_at < {before}"));
        let done = self.writer().execute_raw(statement).await.map_err(|error| store_error(&error))?;
        Ok(done.rows_affected())
    }

    async fn forget_counted(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        loop {
            let mut sql = Sql::on(self.writer());
            let before = sql.bind(millis(before));
            let statement = sql.statement(&format!(
                "DELETE FROM cap_counted WHERE (subject, counted_id) IN \
                 (SELECT subject, counted_id FROM cap_counted WHERE counted_at < {before} LIMIT {FORGOTTEN_AT_ONCE})"
            ));
            let done = self.writer().execute_raw(statement).await.map_err(|error| store_error(&error))?;
            forgotten += done.rows_affected();
            if done.rows_affected() < FORGOTTEN_AT_ONCE {
                return Ok(forgotten);
            }
        }
    }
}

/// What subjects are allowed that are counted together.
#[derive(Clone, Copy)]
struct Terms {
    span: TimeDelta,
    allowance: Allowance,
    now: DateTime<Utc>,
}

impl Terms {
    /// Takes room for subjects. Names are written before subjects are counted, and both in their order, so that two calls never wait for
    /// each other in a circle.
    async fn take(self, writer: &DatabaseConnection, asks: &[&CapAsk]) -> Result<Vec<CapGrant>, StoreError> {
        let names: BTreeSet<Name> = asks.iter().flat_map(|ask| names(ask)).collect();
        if names.is_empty() {
            return self.count(writer, asks, &BTreeSet::new()).await;
        }
        let transaction = begin(writer).await?;
        let new = self.name(&transaction, names).await?;
        let grants = self.count(&transaction, asks, &new).await?;
        let refused = asks.iter().zip(&grants).flat_map(|(ask, grant)| refused(ask, grant));
        forget(&transaction, &refused.collect()).await?;
        transaction.commit().await.map_err(|error| store_error(&error))?;
        Ok(grants)
    }

    /// Writes names, and answers those that were not there within the span. A name that another transaction has just written is waited for:
    /// it is there, or taken back.
    async fn name(
        self,
        transaction: &DatabaseTransaction,
        names: BTreeSet<Name>,
    ) -> Result<BTreeSet<Name>, StoreError> {
        let mut sql = Sql::on(transaction);
        let mut given =
            Rows::new(&[Column::new("subject", Kind::Text), Column::new("counted_id", Kind::Uuid)]);
        for (subject, id) in names {
            given.push(vec![subject.into(), id.into()]);
        }
        let given = given.table("given", &mut sql);
        let now = sql.bind(millis(self.now));
        let oldest = sql.bind(millis(self.now - self.span));
        let hurry = if sql.is_postgres() { HURRY } else { "" };
        let statement = sql.statement(&format!(
            "WITH {given} INSERT INTO cap_counted (subject, counted_id, counted_at) \
             SELECT subject, counted_id, {now} FROM given{hurry} WHERE true ORDER BY subject, counted_id \
             ON CONFLICT (subject, counted_id) DO UPDATE SET counted_at = excluded.counted_at WHERE cap_counted.counted_at <= {oldest} \
             RETURNING subject, counted_id"
        ));
        let new = NewName::find_by_statement(statement).all(transaction).await;
        let new = new.map_err(|error| store_error(&error))?.into_iter();
        Ok(new.map(|NewName { subject, counted_id }| (subject, counted_id)).collect())
    }

    /// Counts what has not been counted under its name.
    async fn count(
        self,
        connection: &impl ConnectionTrait,
        asks: &[&CapAsk],
        new: &BTreeSet<Name>,
    ) -> Result<Vec<CapGrant>, StoreError> {
        let uncounted: Vec<Vec<usize>> = asks.iter().map(|ask| uncounted(ask, new)).collect();
        let classes = |ask: &CapAsk, these: &[usize]| -> Vec<Class> {
            these.iter().filter_map(|index| ask.wanted.get(*index)).map(|one| one.class).collect()
        };
        let wanted: Vec<(&str, Allowance)> = asks
            .iter()
            .zip(&uncounted)
            .filter(|(_, these)| !these.is_empty())
            .map(|(ask, these)| (ask.subject.as_str(), Allowance::counting(&classes(ask, these))))
            .collect();
        let rows = if wanted.is_empty() { Vec::new() } else { self.raise(connection, wanted).await? };
        let rows: HashMap<&str, &Row> = rows.iter().map(|row| (row.subject.as_str(), row)).collect();
        let grant = |(ask, these): (&&CapAsk, &Vec<usize>)| {
            let mut grant = CapGrant { granted: vec![true; ask.wanted.len()], until: self.now + self.span };
            if these.is_empty() {
                return Ok(grant);
            }
            let row = rows.get(ask.subject.as_str()).ok_or_else(|| unreadable("a cap"))?;
            grant.until = time(row.began_at) + self.span;
            let admitted = room(row).admit(&classes(ask, these));
            for (index, has_room) in these.iter().zip(admitted) {
                follow(ask, *index, has_room, &mut grant.granted);
            }
            Ok(grant)
        };
        asks.iter().zip(&uncounted).map(grant).collect()
    }

    /// Raises the counts of subjects, each as far as it has room.
    ///
    /// One statement for all of them: each row's lock makes the count exact, and its order keeps two statements from waiting for each other
    /// in a circle.
    async fn raise(
        self,
        connection: &impl ConnectionTrait,
        mut wanted: Vec<(&str, Allowance)>,
    ) -> Result<Vec<Row>, StoreError> {
        let Self { span, allowance, now } = self;
        wanted.sort_by_key(|(subject, _)| *subject);
        let mut sql = Sql::on(connection);
        let mut given = Rows::new(&[
            Column::new("subject", Kind::Text),
            Column::new("critical", Kind::Integer),
            Column::new("usual", Kind::Integer),
            Column::new("bulk", Kind::Integer),
        ]);
        for (subject, wanted) in wanted {
            given.push(vec![
                subject.to_owned().into(),
                i64::from(wanted.critical).into(),
                i64::from(wanted.usual).into(),
                i64::from(wanted.bulk).into(),
            ]);
        }
        let given = given.table("given", &mut sql);
        let oldest = sql.bind(millis(now - span));
        let now = sql.bind(millis(now));
        let [critical, usual, bulk] =
            [allowance.critical, allowance.usual, allowance.bulk].map(|most| sql.bind(i64::from(most)));
        let (least, greatest) = if sql.is_postgres() { ("LEAST", "GREATEST") } else { ("MIN", "MAX") };
        let room = |wanted: &str, most: &str, used: &str| {
            format!("{greatest}(0, {least}({wanted}, {most} - ({used})))")
        };
        // What each class gets of what is left by those before it, for a span that is new …
        let first = room("critical", &critical, "0");
        let second = room("usual", &usual, &first);
        let third = room("bulk", &bulk, &format!("{first} + {second}"));
        // … and for one that goes on: what was wanted stands in `excluded`, already bound by what a new span would allow.
        let used = format!("CASE WHEN caps.began_at <= {oldest} THEN 0 ELSE caps.used END");
        let more_first = room("excluded.critical", &critical, &used);
        let more_second = room("excluded.usual", &usual, &format!("{used} + {more_first}"));
        let more_third = room("excluded.bulk", &bulk, &format!("{used} + {more_first} + {more_second}"));
        let hurry = if sql.is_postgres() { HURRY } else { "" };
        let statement = sql.statement(&format!(
            "WITH {given} INSERT INTO caps (subject, began_at, used, critical, usual, bulk) \
             SELECT subject, {now}, {first} + {second} + {third}, {first}, {second}, {third} FROM given{hurry} WHERE true ORDER BY subject \
             ON CONFLICT (subject) DO UPDATE SET began_at = CASE WHEN caps.began_at <= {oldest} THEN excluded.began_at ELSE caps.began_at END, \
             used = {used} + {more_first} + {more_second} + {more_third}, critical = {more_first}, usual = {more_second}, bulk = {more_third} \
             RETURNING subject, began_at, critical, usual, bulk"
        ));
        Row::find_by_statement(statement).all(connection).await.map_err(|error| store_error(&error))
    }
}

/// What is counted once, by its names.
fn names(ask: &CapAsk) -> impl Iterator<Item = Name> {
    ask.wanted.iter().filter_map(|one| Some((ask.subject.clone(), one.once?.0)))
}

/// The places of what needs room: what has no name, and the first of each name that is new.
fn uncounted(ask: &CapAsk, new: &BTreeSet<Name>) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    let needs_room = |once: Option<NotificationId>| {
        once.is_none_or(|id| seen.insert(id) && new.contains(&(ask.subject.clone(), id.0)))
    };
    let needing = ask.wanted.iter().map(|one| one.once).map(needs_room);
    needing.enumerate().filter(|(_, needs_room)| *needs_room).map(|(index, _)| index).collect()
}

/// Gives the answer for one thing to all that share its name.
fn follow(ask: &CapAsk, index: usize, has_room: bool, granted: &mut [bool]) {
    let name = ask.wanted.get(index).and_then(|one| one.once);
    for (place, (one, granted)) in ask.wanted.iter().zip(granted).enumerate() {
        if place == index || (name.is_some() && one.once == name) {
            *granted = has_room;
        }
    }
}

/// The names of what got no room.
fn refused(ask: &CapAsk, grant: &CapGrant) -> Vec<Name> {
    let without_room = ask.wanted.iter().zip(&grant.granted).filter(|(_, granted)| !**granted);
    without_room.filter_map(|(one, _)| Some((ask.subject.clone(), one.once?.0))).collect()
}

fn room(row: &Row) -> Allowance {
    let of = |count: i64| u32::try_from(count).unwrap_or_default();
    Allowance { critical: of(row.critical), usual: of(row.usual), bulk: of(row.bulk) }
}

/// Takes back the names of what got no room.
async fn forget(transaction: &DatabaseTransaction, names: &BTreeSet<Name>) -> Result<(), StoreError> {
    if names.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::on(transaction);
    let mut given = Rows::new(&[Column::new("subject", Kind::Text), Column::new("counted_id", Kind::Uuid)]);
    for (subject, id) in names {
        given.push(vec![subject.clone().into(), (*id).into()]);
    }
    let given = given.table("given", &mut sql);
    let statement = sql.statement(&format!(
        "WITH {given} DELETE FROM cap_counted WHERE (subject, counted_id) IN (SELECT subject, counted_id FROM given)"
    ));
    transaction.execute_raw(statement).await.map_err(|error| store_error(&error))?;
    Ok(())
}
