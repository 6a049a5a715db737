//! From the first accepted notification until all are at the providers and `sent`, everything running.

use serde_json::json;

use super::{Bench, Figures, add_rate, figures, number, rounded};
use crate::clock;
use crate::load::{Load, Shape, milliseconds};
use crate::redis::Client;

/// So many, in this shape.
pub(crate) async fn run(
    bench: &mut Bench,
    phase: &str,
    shape: Shape,
    count: usize,
) -> anyhow::Result<Figures> {
    bench.servers.providers.reset().await?;
    let commands = commands(bench).await?;
    let watch = bench.watch();
    let load = bench.post(shape, count).await?;
    bench.servers.database.until_done().await?;
    let seconds = milliseconds(load.first_answer(), clock::now()) / 1000.0;
    let mut together = bench.cost(&watch, count);
    add_rate(&mut together, "accepted_per_second", number(load.accepted()) / load.elapsed.as_secs_f64());
    add_rate(&mut together, "end_to_end_per_second", number(load.accepted()) / seconds);
    together.extend(figures(json!({"latency_ms": load.latency(), "end_to_end_seconds": rounded(seconds)})));
    finish(bench, phase, &load, commands, together).await
}

async fn finish(
    bench: &mut Bench,
    phase: &str,
    load: &Load,
    commands_before: f64,
    mut together: Figures,
) -> anyhow::Result<Figures> {
    let asked = (commands(bench).await? - commands_before) / number(load.accepted().max(1));
    let connections = bench.servers.providers.counts().await?.connections;
    let verdict = bench.verify(phase, load).await?;
    together.extend(figures(json!({
        "redis_commands_per_notification": rounded(asked), "provider_connections": connections,
        "verdict": verdict,
    })));
    Ok(together)
}

async fn commands(bench: &Bench) -> anyhow::Result<f64> {
    match &bench.servers.redis {
        Some(redis) => Client::connect(&redis.url()).await?.count_commands().await,
        None => Ok(0.0),
    }
}

/// What comes before everything that is measured. Answers whether bulk requests are understood.
pub(crate) async fn warm_up(bench: &mut Bench) -> anyhow::Result<bool> {
    let count = bench.plan.warm_up();
    run(bench, "warm-up", Shape::Single, count).await?;
    bench.servers.providers.reset().await?;
    let numbers = bench.numbers(count);
    let shape = Shape::Bulk(bench.plan.bulk.0);
    let load = crate::load::closed_loop(&bench.system.target, shape, numbers, bench.plan.bulk.1).await?;
    let is_unknown = |error: &String| error.contains("answered 404") || error.contains("answered 405");
    if load.errors.first().is_some_and(is_unknown) {
        return Ok(false);
    }
    bench.check(&load, count);
    bench.servers.database.until_done().await?;
    bench.verify("warm-up by bulk", &load).await?;
    Ok(true)
}
