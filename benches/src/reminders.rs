//! Reminders at scale: how long a hundred thousand appointments take to plan, how late ten thousand leave that are due in the same second,
//! and what a change of one appointment takes among them.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::json;
use tokio::task::JoinSet;

use crate::http::{Connection, with_body};
use crate::load::{Target, milliseconds};
use crate::machine::Machine;
use crate::phases::Bench;
use crate::plan::Plan;
use crate::redis::Client;
use crate::run::say;
use crate::samples::Samples;
use crate::servers::Servers;
use crate::system::System;
use crate::{RunArgs, clock, cpu};

/// Businesses that share the appointments.
const BUSINESSES: usize = 100;
/// Appointments that are changed to measure how long that takes.
const CHANGES: usize = 200;
/// From the begin of booking what is due together until it is due.
const AHEAD: Duration = Duration::from_mins(1);
/// One day: how long before an appointment the reminder leaves that is measured.
const DAY: u64 = 86_400;

/// The sizes of a run.
struct Sizes {
    appointments: usize,
    due_together: usize,
}

/// Measures, prints, and answers whether every count was right.
pub(crate) async fn run(args: &RunArgs) -> anyhow::Result<bool> {
    let plan = Plan::of(args);
    let sizes = if plan.quick {
        Sizes { appointments: 1_000, due_together: 200 }
    } else {
        Sizes { appointments: 100_000, due_together: 10_000 }
    };
    let machine = Machine::watch();
    say("starting a private PostgreSQL, Redis and fake providers, then Carillon");
    let servers = Servers::start(&plan).await?;
    let system = System::start(&args.carillon, &plan, &servers).await?;
    let bench = Bench::new(plan, servers, system, machine);
    let target = bench.system.target.clone();

    say(&format!("storing {} appointments, without reminders", sizes.appointments));
    settle(&target, false).await?;
    let far = clock::now() / 1_000_000 + 30 * DAY;
    let stored = put_all(&target, 0..sizes.appointments, |index| far + (index as u64 % 100_000)).await?;
    println!("stored {} appointments in {:.1} s", sizes.appointments, stored.as_secs_f64());

    say("turning reminders on: two rules for each");
    let began = Instant::now();
    settle(&target, true).await?;
    let planned = began.elapsed();
    let rows = reminders(&bench).await?;
    println!("planned {rows} reminders in {:.1} s", planned.as_secs_f64());
    ensure!(
        rows == 2 * sizes.appointments,
        "{rows} reminders are planned for {} appointments",
        sizes.appointments
    );

    say(&format!("{} more, whose reminders are due in the same second", sizes.due_together));
    bench.servers.providers.reset().await?;
    let due = clock::now() / 1_000_000 + AHEAD.as_secs();
    let indices = sizes.appointments..sizes.appointments + sizes.due_together;
    put_all(&target, indices, |_| due + DAY).await?;
    let keys = redis_keys(&bench).await?;
    let left = due.saturating_sub(clock::now() / 1_000_000);
    ensure!(left > 0, "storing them took longer than {AHEAD:?}: this machine is too slow for that");
    println!("Redis holds {keys} keys while everything waits");
    tokio::time::sleep(Duration::from_secs(left)).await;

    say("changing single appointments meanwhile");
    let changes = changes(&target, sizes.appointments).await?;
    let arrived = arrivals(&bench, sizes.due_together).await?;
    let late: Vec<f64> = arrived.iter().map(|at| milliseconds(due * 1_000_000, *at) / 1_000.0).collect();
    println!("due together, seconds late at the provider: {}", told(late));
    println!("changing one among them, in ms: {}", told(changes));
    for (name, memory) in cpu::memory(&bench.trees()) {
        println!("memory of {name}: {:.0} MiB now, {:.0} at most", memory.rss, memory.peak);
    }
    let once = arrived.len() == sizes.due_together && bench.servers.providers.counts().await?.duplicates == 0;
    println!("{}", if once { "Every reminder that was due left exactly once." } else { "NOT AS PROMISED" });
    Ok(once)
}

/// Gives every business its settings: two rules, or none.
async fn settle(target: &Target, on: bool) -> anyhow::Result<()> {
    let rules = json!([{"before": "24h", "channels": ["email"]}, {"before": "1h", "channels": ["sms"]}]);
    let mut connection = Connection::open(target.address).await?;
    for index in 0..BUSINESSES {
        let settings = json!({
            "reminders": {"enabled": on, "rules": rules},
            "late_booking": {"policy": "fold", "spacing": "0m"}
        });
        let body = json!({"name": format!("Clinic {index}"), "settings": settings}).to_string();
        ask(&mut connection, target, "PUT", &format!("/v1/businesses/clinic-{index}"), &body).await?;
        if !on {
            for person in 0..10 {
                let body = json!({
                    "actor": "end_client", "business_id": format!("clinic-{index}"), "name": format!("Patient {person}"),
                    "email": format!("patient-{index}-{person}@example.com"), "phone": format!("+336120{index:02}{person:02}0")
                });
                let path = format!("/v1/recipients/patient-{index}-{person}");
                ask(&mut connection, target, "PUT", &path, &body.to_string()).await?;
            }
        }
    }
    Ok(())
}

/// Stores appointments on many connections; `starts_at` in seconds since 1970.
async fn put_all(
    target: &Target,
    indices: std::ops::Range<usize>,
    starts_at: impl Fn(usize) -> u64,
) -> anyhow::Result<Duration> {
    let began = Instant::now();
    let all: Vec<(usize, u64)> = indices.map(|index| (index, starts_at(index))).collect();
    let mut clients = JoinSet::new();
    for part in all.chunks(all.len().div_ceil(64).max(1)) {
        let (target, part) = (target.clone(), part.to_vec());
        clients.spawn(async move {
            let mut connection = Connection::open(target.address).await?;
            for (index, starts_at) in part {
                put(&mut connection, &target, index, starts_at).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(client) = clients.join_next().await {
        client??;
    }
    Ok(began.elapsed())
}

async fn put(
    connection: &mut Connection,
    target: &Target,
    index: usize,
    starts_at: u64,
) -> anyhow::Result<()> {
    let business = index % BUSINESSES;
    let time = chrono::DateTime::from_timestamp(i64::try_from(starts_at)?, 0).context("a time")?;
    let body = json!({
        "business_id": format!("clinic-{business}"), "client_ids": [format!("patient-{business}-{}", index / BUSINESSES % 10)],
        "service": "Consultation", "starts_at": time.to_rfc3339(), "timezone": "Europe/Paris"
    });
    ask(connection, target, "PUT", &format!("/v1/appointments/a-{index}"), &body.to_string()).await
}

/// How long moving or cancelling one takes, in milliseconds.
async fn changes(target: &Target, appointments: usize) -> anyhow::Result<Vec<f64>> {
    let mut connection = Connection::open(target.address).await?;
    let later = clock::now() / 1_000_000 + 60 * DAY;
    let mut took = Vec::new();
    for change in 0..CHANGES {
        let index = change * appointments / CHANGES;
        let began = clock::now();
        if change % 2 == 0 {
            put(&mut connection, target, index, later).await?;
        } else {
            let path = format!("/v1/appointments/a-{index}?business_id=clinic-{}", index % BUSINESSES);
            ask(&mut connection, target, "DELETE", &path, "").await?;
        }
        took.push(milliseconds(began, clock::now()));
    }
    Ok(took)
}

async fn ask(
    connection: &mut Connection,
    target: &Target,
    method: &str,
    path: &str,
    body: &str,
) -> anyhow::Result<()> {
    connection.write(&with_body(method, "bench", path, &target.authorization, body)).await?;
    let (status, answer) = connection.read_answer().await?;
    ensure!((200..300).contains(&status), "{method} {path}: {status} {}", String::from_utf8_lossy(answer));
    Ok(())
}

/// How many keys Redis holds.
async fn redis_keys(bench: &Bench) -> anyhow::Result<String> {
    match &bench.servers.redis {
        Some(redis) => Client::connect(&redis.url()).await?.ask(&["DBSIZE"]).await,
        None => Ok("no".to_owned()),
    }
}

fn told(samples: Vec<f64>) -> String {
    Samples::of(samples).percentiles().map_or_else(
        || "nothing".to_owned(),
        |found| format!("p50 {:.2} · p99 {:.2} · max {:.2}", found.p50, found.p99, found.max),
    )
}

/// How many reminders wait.
async fn reminders(bench: &Bench) -> anyhow::Result<usize> {
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM messages WHERE rule IS NOT NULL AND status = 'scheduled'")
            .fetch_one(&bench.servers.database.pool)
            .await?;
    Ok(usize::try_from(count)?)
}

/// When each of so many came to its provider (microseconds since 1970).
async fn arrivals(bench: &Bench, count: usize) -> anyhow::Result<Vec<u64>> {
    let began = Instant::now();
    while bench.servers.providers.counts().await?.unique < count && began.elapsed() < Duration::from_mins(2) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(bench.servers.providers.dump().await?.values().map(|(_, at)| *at).collect())
}
