//! Accepting and delivering, each alone: the API while delivery stands still, then delivery emptying that backlog.

use serde_json::json;

use super::{Bench, Figures, add_rate, figures, number};
use crate::load::{Load, Shape};

/// What both measured.
pub(crate) struct Apart {
    pub(crate) accept: Figures,
    pub(crate) drain: Figures,
}

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<Apart> {
    bench.servers.providers.reset().await?;
    bench.system.pause_delivery().await?;
    let (accept, load) = accept(bench).await?;
    let drain = drain(bench, &load).await?;
    Ok(Apart { accept, drain })
}

async fn accept(bench: &mut Bench) -> anyhow::Result<(Figures, Load)> {
    let watch = bench.watch();
    let load = bench.post(Shape::Single, bench.plan.messages).await?;
    let mut accept = bench.cost(&watch, load.accepted().max(1));
    add_rate(&mut accept, "accepted_per_second", number(load.accepted()) / load.elapsed.as_secs_f64());
    accept.extend(figures(json!({"latency_ms": load.latency()})));
    let early = bench.servers.providers.counts().await?.unique;
    if early > 0 {
        bench.failures.push(format!("accept: {early} messages left while delivery stood still"));
    }
    Ok((accept, load))
}

async fn drain(bench: &mut Bench, load: &Load) -> anyhow::Result<Figures> {
    let watch = bench.watch();
    bench.system.resume_delivery().await?;
    bench.servers.database.until_done().await?;
    let seconds = watch.seconds();
    let mut drain = bench.cost(&watch, load.accepted().max(1));
    add_rate(&mut drain, "delivered_per_second", number(load.accepted()) / seconds);
    drain.extend(figures(json!({"verdict": bench.verify("drain", load).await?})));
    Ok(drain)
}
