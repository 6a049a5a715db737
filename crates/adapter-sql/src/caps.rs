//! How many messages a subject gets within a span, as the port [`Caps`] asks for it.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use carillon_domain::verdict::Allowance;
use carillon_ports::StoreError;
use carillon_ports::caps::{CapAsk, CapGrant, Caps};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::try_join_all;
use sea_orm::{ConnectionTrait, DatabaseConnection, FromQueryResult};

use crate::SqlStore;
use crate::error::{store_error, unreadable};
use crate::rows_in::{Column, Kind, Rows};
use crate::sql::{Sql, millis, time};

#[derive(FromQueryResult)]
struct Row {
    subject: String,
    began_at: i64,
    critical: i64,
    usual: i64,
    bulk: i64,
}

#[async_trait]
impl Caps for SqlStore {
    async fn take(&self, asks: &[CapAsk], now: DateTime<Utc>) -> Result<Vec<CapGrant>, StoreError> {
        let mut alike: BTreeMap<(TimeDelta, Allowance), Vec<&CapAsk>> = BTreeMap::new();
        for ask in asks {
            alike.entry((ask.span, ask.allowance)).or_default().push(ask);
        }
        let taken = alike.into_iter().map(async |((span, allowance), asks)| {
            Ok::<_, StoreError>((span, take(self.writer(), span, allowance, asks, now).await?))
        });
        let mut granted = HashMap::new();
        for (span, rows) in try_join_all(taken).await? {
            for row in rows {
                let of = |count: i64| u32::try_from(count).unwrap_or_default();
                let allowed =
                    Allowance { critical: of(row.critical), usual: of(row.usual), bulk: of(row.bulk) };
                granted.insert(row.subject, CapGrant { granted: allowed, until: time(row.began_at) + span });
            }
        }
        let of = |ask: &CapAsk| granted.get(&ask.subject).copied().ok_or_else(|| unreadable("a cap"));
        asks.iter().map(of).collect()
    }

    async fn forget_spans(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut sql = Sql::on(self.writer());
        let before = sql.bind(millis(before));
        let statement = sql.statement(&format!("DELETE FROM caps WHERE began_at < {before}"));
        let done = self.writer().execute_raw(statement).await.map_err(|error| store_error(&error))?;
        Ok(done.rows_affected())
    }
}

/// One statement for all subjects that are allowed the same: each row's lock makes the count exact, and its order keeps two statements from
/// waiting for each other in a circle.
async fn take(
    writer: &DatabaseConnection,
    span: TimeDelta,
    allowance: Allowance,
    mut asks: Vec<&CapAsk>,
    now: DateTime<Utc>,
) -> Result<Vec<Row>, StoreError> {
    asks.sort_by(|one, other| one.subject.cmp(&other.subject));
    let mut sql = Sql::on(writer);
    let mut given = Rows::new(&[
        Column::new("subject", Kind::Text),
        Column::new("critical", Kind::Integer),
        Column::new("usual", Kind::Integer),
        Column::new("bulk", Kind::Integer),
    ]);
    for ask in asks {
        let CapAsk { subject, wanted, .. } = ask;
        given.push(vec![
            subject.clone().into(),
            i64::from(wanted.critical).into(),
            i64::from(wanted.usual).into(),
            i64::from(wanted.bulk).into(),
        ]);
    }
    let given = given.table("given", &mut sql);
    let (now, oldest) = (sql.bind(millis(now)), sql.bind(millis(now - span)));
    let [critical, usual, bulk] =
        [allowance.critical, allowance.usual, allowance.bulk].map(|most| sql.bind(i64::from(most)));
    let (least, greatest) = if sql.is_postgres() { ("LEAST", "GREATEST") } else { ("MIN", "MAX") };
    let room =
        |wanted: &str, most: &str, used: &str| format!("{greatest}(0, {least}({wanted}, {most} - ({used})))");
    // What each class gets of what is left by those before it, for a span that is new …
    let first = room("critical", &critical, "0");
    let second = room("usual", &usual, &first);
    let third = room("bulk", &bulk, &format!("{first} + {second}"));
    // … and for one that goes on: what was wanted stands in `excluded`, already bound by what a new span would allow.
    let used = format!("CASE WHEN caps.began_at <= {oldest} THEN 0 ELSE caps.used END");
    let more_first = room("excluded.critical", &critical, &used);
    let more_second = room("excluded.usual", &usual, &format!("{used} + {more_first}"));
    let more_third = room("excluded.bulk", &bulk, &format!("{used} + {more_first} + {more_second}"));
    // Its commit need not wait for the disk: the outcome's, which comes later in the same log and does, makes it last as well; and before
    // that a message whose count was lost is claimed, and counted, again.
    let hurry = if sql.is_postgres() {
        ", (SELECT set_config('synchronous_commit', 'off', true)) AS hurry"
    } else {
        ""
    };
    let statement = sql.statement(&format!(
        "WITH {given} INSERT INTO caps (subject, began_at, used, critical, usual, bulk) \
         SELECT subject, {now}, {first} + {second} + {third}, {first}, {second}, {third} FROM given{hurry} WHERE true ORDER BY subject \
         ON CONFLICT (subject) DO UPDATE SET began_at = CASE WHEN caps.began_at <= {oldest} THEN excluded.began_at ELSE caps.began_at END, \
         used = {used} + {more_first} + {more_second} + {more_third}, critical = {more_first}, usual = {more_second}, bulk = {more_third} \
         RETURNING subject, began_at, critical, usual, bulk"
    ));
    Row::find_by_statement(statement).all(writer).await.map_err(|error| store_error(&error))
}
