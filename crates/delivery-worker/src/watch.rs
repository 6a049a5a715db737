//! The loops that watch: a worker over its providers and over the planner, a planner over everything else.

use std::time::Duration;

use carillon_application::{FollowProviders, Refusal, SettleCosts, WatchService};
use tokio_util::sync::CancellationToken;

/// How often a worker follows operators' wishes and reports what it sees.
const FOLLOW_EVERY: Duration = Duration::from_secs(2);
/// After so many of these looks a worker listens for the planner: every 30 s.
const LISTEN_EVERY: u64 = 15;
/// How often a planner looks at queues and outcomes, and says that it is alive.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// After so many of these looks a planner counts what came back and what was spent in an hour: every 40 s, so that an alarm of it is raised
/// within a minute.
const LOOK_BACK_EVERY: u64 = 2;
/// After so many of these looks a planner counts what arrived in a day: every 5 minutes.
const LOOK_FAR_BACK_EVERY: u64 = 15;

/// A worker's watch, until stopped.
pub async fn watch_providers(mut follow: FollowProviders, watch: WatchService, stop: CancellationToken) {
    for look in 0_u64.. {
        note("providers are followed", follow.run().await);
        if look > 0 && look.is_multiple_of(LISTEN_EVERY) {
            note("the planner is listened for", watch.planner_is_heard().await);
        }
        if is_stopped_within(FOLLOW_EVERY, &stop).await {
            return;
        }
    }
}

/// How often prices are asked for.
const SETTLE_EVERY: Duration = Duration::from_secs(30);

/// Settles what text messages cost, until stopped.
pub async fn settle_costs(settle: SettleCosts, stop: CancellationToken) {
    while !is_stopped_within(SETTLE_EVERY, &stop).await {
        note("prices are asked for", settle.run().await.map(drop));
    }
}

/// A planner's watch, until stopped.
pub async fn watch_service(watch: WatchService, stop: CancellationToken) {
    for look in 0_u64.. {
        note("the planner says that it is alive", watch.planner_is_alive().await);
        if look.is_multiple_of(LOOK_BACK_EVERY) {
            note("what came back is counted", watch.look_back().await);
        }
        if look.is_multiple_of(LOOK_FAR_BACK_EVERY) {
            note("what arrived is counted", watch.look_far_back().await);
        }
        note("the service is watched", watch.look().await);
        if is_stopped_within(LOOK_EVERY, &stop).await {
            return;
        }
    }
}

async fn is_stopped_within(span: Duration, stop: &CancellationToken) -> bool {
    tokio::time::timeout(span, stop.cancelled()).await.is_ok()
}

fn note(what: &str, done: Result<(), Refusal>) {
    if let Err(error) = done {
        tracing::warn!(%error, what, "failed; it is tried again");
    }
}
