//! Whose pages they are, and what they are told.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::bodies;
use crate::http::{Connection, post};
use crate::load::Target;
use crate::phases::Bench;
use crate::run::say;

/// Recipients of one request.
const RECIPIENTS: usize = 1_000;
/// How often a request is repeated.
const TRIES: usize = 20;
/// Connections that ask for tokens.
const CONNECTIONS: usize = 16;

/// Notifies everybody in-app, and waits until all of it is filed: it is the item of this number then. Whoever is not known yet becomes
/// known by it.
pub(super) async fn notify_all(bench: &Bench, people: usize, seq: i64) -> anyhow::Result<()> {
    ask_for_all(bench, people, seq).await?;
    bench.servers.database.until_done().await
}

/// Notifies everybody in-app; the answers say that it is accepted, not that it is filed.
pub(super) async fn ask_for_all(bench: &Bench, people: usize, seq: i64) -> anyhow::Result<()> {
    let target = &bench.system.target;
    let mut connection = Connection::open(target.address).await?;
    for first in (0..people).step_by(RECIPIENTS) {
        let numbers = first..people.min(first + RECIPIENTS);
        let count = numbers.len();
        let body = bodies::bulk(numbers, "in_app");
        // A further field: whatever happens to the answer, nobody is told twice.
        let fields = format!("{}\r\nIdempotency-Key: item-{seq}-{first}", target.authorization);
        let request = post("bench", bodies::BULK, &fields, &body);
        let answer = accepted(&mut connection, &request).await?;
        bodies::bulk_accepted(&answer, count)?;
    }
    Ok(())
}

/// Asks again while the service says that it cannot at the moment, as its clients do.
async fn accepted(connection: &mut Connection, request: &[u8]) -> anyhow::Result<Vec<u8>> {
    for _ in 0..TRIES {
        connection.write(request).await?;
        let (status, answer) = connection.read_answer().await?;
        if status != 503 {
            ensure!(
                status == 202,
                "a bulk request was answered {status}: {}",
                String::from_utf8_lossy(answer)
            );
            return Ok(answer.to_vec());
        }
        say("the API is too busy for a bulk request; it is repeated");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    bail!("a bulk request was answered 503 {TRIES} times")
}

/// A token for each, in order.
pub(super) async fn tokens(target: &Target, people: usize) -> anyhow::Result<Vec<String>> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..CONNECTIONS {
        tasks.spawn(some_tokens(target.clone(), next.clone(), people));
    }
    let mut tokens = Vec::with_capacity(people);
    for some in tasks.join_all().await {
        tokens.extend(some?);
    }
    tokens.sort_unstable();
    Ok(tokens.into_iter().map(|(_, token)| token).collect())
}

async fn some_tokens(
    target: Target,
    next: Arc<AtomicUsize>,
    people: usize,
) -> anyhow::Result<Vec<(usize, String)>> {
    let mut connection = Connection::open(target.address).await?;
    let mut tokens = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= people {
            return Ok(tokens);
        }
        let body = json!({"recipient_id": bodies::person_id(number), "ttl_s": 86_400}).to_string();
        connection.write(&post("bench", "/v1/tokens", &target.authorization, &body)).await?;
        let (status, answer) = connection.read_answer().await?;
        ensure!((200..300).contains(&status), "no token: {status} {}", String::from_utf8_lossy(answer));
        let answer: Value = serde_json::from_slice(answer)?;
        tokens.push((number, answer["token"].as_str().context("the answer has no token")?.to_owned()));
    }
}

/// When the item of this number was filed for each person, in order (microseconds since 1970).
pub(super) async fn filed(bench: &Bench, seq: i64) -> anyhow::Result<Vec<u64>> {
    let filed =
        "SELECT messages.sent_at FROM inbox_items JOIN messages ON messages.id = inbox_items.message_id
        WHERE inbox_items.seq = $1 ORDER BY inbox_items.person_id";
    let filed: Vec<i64> = sqlx::query_scalar(filed).bind(seq).fetch_all(&bench.servers.database.pool).await?;
    filed.into_iter().map(|milliseconds| Ok(u64::try_from(milliseconds)? * 1000)).collect()
}
