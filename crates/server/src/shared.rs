//! What processes share: the ready queues, the live feed and the limits. By Redis where there is one, else within the process.

use std::sync::Arc;

use anyhow::Context;
use carillon_adapter_memory::{MemoryFeed, MemoryLimits, MemoryQueue, StandbyQueue};
use carillon_adapter_redis::{RedisFeed, RedisLimits, RedisQueue, RedisServer};
use carillon_application::Queues;
use carillon_domain::Channel;
use carillon_ports::{Clock, Limits, LiveFeed, ReadyQueue};

use crate::config::Config;
use crate::nobody::NobodysQueue;

/// Who delivers what a process queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// All workers, of which this process is one.
    Together,
    /// The workers, of which this process is none.
    ByOthers,
    /// This process and no other; nor does it deliver what others queued.
    Alone,
}

/// What processes share.
pub(crate) struct Shared {
    pub(crate) queues: Queues,
    pub(crate) feed: Arc<dyn LiveFeed>,
    pub(crate) limits: Arc<dyn Limits>,
}

/// Wires it. A Redis that is away is no obstacle: what is accepted is in the database, where the sweepers of the workers find it.
pub(crate) async fn wire(
    config: &Config,
    clock: &Arc<dyn Clock>,
    delivery: Delivery,
) -> anyhow::Result<Shared> {
    let Some(url) = &config.redis_url else {
        return Ok(Shared {
            queues: own_queues(clock, delivery),
            feed: Arc::new(MemoryFeed::default()),
            limits: Arc::new(MemoryLimits::new(clock.clone())),
        });
    };
    let server = RedisServer::open(url).context("REDIS_URL")?;
    // Where it is away, the adapter says so.
    if let Ok(Some(harm)) = server.examine().await {
        tracing::warn!(%harm, "Redis has settings that harm");
    }
    let own = own_queues(clock, delivery);
    let queues = match delivery {
        Delivery::Together => with_standby(queues_in(&server), own),
        Delivery::ByOthers => queues_in(&server),
        Delivery::Alone => own,
    };
    let (feed, limits) = (Arc::new(RedisFeed::new(&server)), Arc::new(RedisLimits::new(&server)));
    Ok(Shared { queues, feed, limits })
}

/// Whether Redis is in order; `None` without one.
pub(crate) async fn examine(config: &Config) -> Option<Result<(), String>> {
    let server = match RedisServer::open(config.redis_url.as_ref()?) {
        Ok(server) => server,
        Err(error) => return Some(Err(error.to_string())),
    };
    Some(match server.examine().await {
        Ok(None) => Ok(()),
        Ok(Some(harm)) => Err(harm),
        Err(away) => Err(away.to_string()),
    })
}

fn own_queues(clock: &Arc<dyn Clock>, delivery: Delivery) -> Queues {
    let queue = || -> Arc<dyn ReadyQueue> {
        match delivery {
            Delivery::Together | Delivery::Alone => Arc::new(MemoryQueue::new(clock.clone())),
            Delivery::ByOthers => Arc::new(NobodysQueue),
        }
    };
    Queues { email: queue(), sms: queue(), in_app: queue() }
}

/// A worker goes on with a queue of its own while Redis is away.
fn with_standby(shared: Queues, own: Queues) -> Queues {
    let queue = |shared, own| -> Arc<dyn ReadyQueue> { Arc::new(StandbyQueue::new(shared, own)) };
    Queues {
        email: queue(shared.email, own.email),
        sms: queue(shared.sms, own.sms),
        in_app: queue(shared.in_app, own.in_app),
    }
}

fn queues_in(server: &RedisServer) -> Queues {
    let queue = |channel| -> Arc<dyn ReadyQueue> { Arc::new(RedisQueue::new(server, channel)) };
    Queues { email: queue(Channel::Email), sms: queue(Channel::Sms), in_app: queue(Channel::InApp) }
}
