//! A steady stream by the clock, far below what the machine can do: how long a message takes when nothing queues.

use std::time::Duration;

use serde_json::json;

use super::{Bench, Figures, add_rate, figures, number};
use crate::load::{Load, Shape, milliseconds, open_loop};
use crate::samples::Samples;
use crate::verify::{Arrivals, verify};

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<Figures> {
    bench.servers.providers.reset().await?;
    let (per_second, span) = bench.plan.steady;
    let count = usize::try_from(span.as_secs())? * per_second as usize;
    let numbers = bench.numbers(count);
    let watch = bench.watch();
    let load = open_loop(&bench.system.target, Shape::Single, numbers, per_second).await;
    // The last ones may still be on their way: without this they would be left out of the cost.
    bench.servers.database.until_done().await?;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut steady = bench.cost(&watch, count);
    bench.check(&load, count);
    add_rate(&mut steady, "accepted_per_second", number(load.accepted()) / load.elapsed.as_secs_f64());

    let (verdict, arrived) = verify(&bench.servers, &load.messages()).await?;
    bench.judge("steady", &verdict);
    steady.extend(figures(json!({
        "latency_ms": load.latency(),
        "verdict": verdict,
    })));
    steady.extend(delays(&load, &arrived));
    Ok(steady)
}

/// How long each notification took to its provider, from its request and from the answer to it.
pub(crate) fn delays(load: &Load, arrived: &Arrivals) -> Figures {
    let (mut from_answer, mut from_request) = (Vec::new(), Vec::new());
    for (id, span) in &load.posted {
        if let Some((_, at)) = arrived.get(id) {
            from_answer.push(milliseconds(span.answered_at, *at));
            from_request.push(milliseconds(span.sent_at, *at));
        }
    }
    figures(json!({
        "accepted_to_provider_ms": Samples::of(from_answer).percentiles(),
        "requested_to_provider_ms": Samples::of(from_request).percentiles(),
    }))
}
