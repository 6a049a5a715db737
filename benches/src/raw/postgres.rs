//! Rows a second of inserts and updates of many rows a statement, into a table with the columns and indexes of `messages`: what
//! PostgreSQL could do for us at most. Each statement is a transaction of its own, on disk when it is answered.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::PgPool;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::Pace;
use crate::phases::Bench;

/// Connections that work at once.
const CONNECTIONS: usize = 4;

const INSERT: &str = "INSERT INTO raw_messages (id, notification_id, event_id, business_id, recipient_id, kind, channel, class,
        purpose, status, due_at, attempt, tries, created_at, updated_at)
    SELECT id, notification, event, 'clinic', recipient, 'client.appointment_confirmed', 'email', 'immediate',
        'service', 'queued', 2025000000000, 0, 0, 2025000000000, 2025000000000
    FROM UNNEST($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) AS given (id, notification, event, recipient)";

const UPDATE: &str = "UPDATE raw_messages SET status = 'sent', attempt = attempt + 1, provider = 'sendgrid',
        provider_id = given.provider_id, sent_at = 2025000000001, updated_at = 2025000000001
    FROM UNNEST($1::uuid[], $2::text[]) AS given (id, provider_id) WHERE raw_messages.id = given.id";

/// Name, rows a second, and when it was begun.
type Rate = (&'static str, f64, Instant);

pub(super) async fn run(bench: &Bench) -> anyhow::Result<Vec<Rate>> {
    let (pool, span) = (&bench.servers.database.pool, bench.plan.raw);
    sqlx::raw_sql(
        "DROP TABLE IF EXISTS raw_messages; CREATE TABLE raw_messages (LIKE messages INCLUDING ALL)",
    )
    .execute(pool)
    .await?;
    let mut rates = Vec::new();
    let mut stored = vec![Vec::new(); CONNECTIONS];
    for (name, rows) in [("postgres_rows_inserted_by_100", 100), ("postgres_rows_inserted_by_500", 500)] {
        let started = Instant::now();
        let rate;
        (rate, stored) = insert_all(pool, span, rows, stored).await?;
        rates.push((name, rate, started));
    }
    let stored: Vec<Arc<Vec<Uuid>>> = stored.into_iter().map(Arc::new).collect();
    for (name, rows) in [("postgres_rows_updated_by_100", 100), ("postgres_rows_updated_by_500", 500)] {
        let started = Instant::now();
        rates.push((name, update_all(pool, span, rows, &stored).await?, started));
    }
    sqlx::raw_sql("DROP TABLE raw_messages").execute(pool).await?;
    Ok(rates)
}

/// Rows a second, and the ids of all rows so far, by connection.
async fn insert_all(
    pool: &PgPool,
    span: Duration,
    rows: usize,
    stored: Vec<Vec<Uuid>>,
) -> anyhow::Result<(f64, Vec<Vec<Uuid>>)> {
    let pace = Arc::new(Pace::start(span));
    let mut tasks = JoinSet::new();
    for ids in stored {
        tasks.spawn(insert(pool.clone(), pace.clone(), rows, ids));
    }
    let (mut inserted, mut stored) = (0, Vec::new());
    for part in tasks.join_all().await {
        let (ids, count) = part?;
        inserted += count;
        stored.push(ids);
    }
    Ok((pace.per_second(inserted), stored))
}

/// Inserts until time is up; the ids of all rows so far, and how many are new.
async fn insert(
    pool: PgPool,
    pace: Arc<Pace>,
    rows: usize,
    mut stored: Vec<Uuid>,
) -> anyhow::Result<(Vec<Uuid>, usize)> {
    let mut inserted = 0;
    while pace.goes_on() {
        let ids: Vec<Uuid> = (0..rows).map(|_| Uuid::now_v7()).collect();
        let people: Vec<String> = ids.iter().map(|id| format!("patient-{}", id.simple())).collect();
        // The notification's and the event's id are other people's in life; that they are equal here spares nobody any work.
        sqlx::query(INSERT).bind(&ids).bind(&ids).bind(&ids).bind(&people).execute(&pool).await?;
        inserted += rows;
        stored.extend(ids);
    }
    Ok((stored, inserted))
}

async fn update_all(
    pool: &PgPool,
    span: Duration,
    rows: usize,
    stored: &[Arc<Vec<Uuid>>],
) -> anyhow::Result<f64> {
    let pace = Arc::new(Pace::start(span));
    let mut tasks = JoinSet::new();
    for ids in stored {
        tasks.spawn(update(pool.clone(), pace.clone(), rows, ids.clone()));
    }
    let mut updated = 0;
    for count in tasks.join_all().await {
        updated += count?;
    }
    Ok(pace.per_second(updated))
}

/// Updates its own rows, from the first on and again, until time is up.
async fn update(pool: PgPool, pace: Arc<Pace>, rows: usize, ids: Arc<Vec<Uuid>>) -> anyhow::Result<usize> {
    let mut updated = 0;
    for chunk in ids.chunks_exact(rows).cycle() {
        if !pace.goes_on() {
            break;
        }
        let provider_ids: Vec<String> = chunk.iter().map(|id| format!("sg{}", id.simple())).collect();
        sqlx::query(UPDATE).bind(chunk).bind(&provider_ids).execute(&pool).await?;
        updated += rows;
    }
    Ok(updated)
}
