//! How many statements the database is asked for each notification. Counting slows it, so no time is taken here.

use std::time::Duration;

use serde_json::json;

use super::{Bench, Figures, figures, number};
use crate::database::Work;
use crate::load::Shape;

/// A session of PostgreSQL that falls idle reports its counts within 10 s.
const SETTLED: Duration = Duration::from_millis(10_500);

/// What was counted, for each notification.
pub(crate) struct Counted {
    /// Accepting them; `None` where it cannot be told from delivering.
    pub(crate) accept: Option<Work>,
    /// Delivering them.
    pub(crate) drain: Option<Work>,
    /// Both.
    pub(crate) all: Work,
}

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<Counted> {
    bench.servers.providers.reset().await?;
    let (count, database) = (bench.plan.messages, bench.servers.database.clone());
    if !bench.system.is_split() {
        let counting = database.start_counting(SETTLED).await?;
        let load = bench.post(Shape::Single, count).await?;
        database.until_done().await?;
        let all = database.stop_counting(counting, SETTLED).await?.per(number(count));
        bench.verify("counted", &load).await?;
        return Ok(Counted { accept: None, drain: None, all });
    }
    bench.system.pause_delivery().await?;
    let counting = database.start_counting(SETTLED).await?;
    let load = bench.post(Shape::Single, count).await?;
    let accept = database.stop_counting(counting, SETTLED).await?.per(number(count));
    let counting = database.start_counting(Duration::ZERO).await?;
    bench.system.resume_delivery().await?;
    database.until_done().await?;
    let drain = database.stop_counting(counting, SETTLED).await?.per(number(count));
    bench.verify("counted", &load).await?;
    Ok(Counted { accept: Some(accept), drain: Some(drain), all: accept + drain })
}

impl Counted {
    pub(crate) fn figures(&self) -> Figures {
        figures(json!({"accept": self.accept, "drain": self.drain, "all": self.all}))
    }
}
