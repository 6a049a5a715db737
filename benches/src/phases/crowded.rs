//! Another business's critical messages while a large bulk of one business is sent.

use std::time::Duration;

use serde_json::json;

use super::steady::delays;
use super::{Bench, Figures, figures};
use crate::load::{Shape, open_loop};
use crate::verify::verify;

/// Critical messages a second.
const PER_SECOND: u32 = 50;
/// For how long: shorter than the bulk takes.
const SPAN: Duration = Duration::from_secs(8);

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<Figures> {
    bench.servers.providers.reset().await?;
    let pauses = bench.system.is_split();
    if pauses {
        bench.system.pause_delivery().await?;
    }
    let mut load = bench.post(Shape::Bulk(bench.plan.bulk.0), bench.plan.crowd).await?;
    if pauses {
        bench.system.resume_delivery().await?;
    }
    let count = usize::try_from(SPAN.as_secs())? * PER_SECOND as usize;
    let numbers = bench.numbers(count);
    let critical = open_loop(&bench.system.target, Shape::Critical, numbers, PER_SECOND).await;
    bench.check(&critical, count);
    let waiting = bench.plan.crowd + count - bench.servers.providers.counts().await?.unique;
    bench.servers.database.until_done().await?;
    load.posted.extend(critical.posted.iter().copied());
    let (verdict, arrived) = verify(&bench.servers, &load.messages()).await?;
    bench.judge("crowded", &verdict);
    let mut crowded = delays(&critical, &arrived);
    crowded.extend(figures(json!({
        "latency_ms": critical.latency(), "bulk_messages": bench.plan.crowd, "bulk_still_waiting": waiting, "verdict": verdict
    })));
    Ok(crowded)
}
