//! The nodes of a Redis Cluster together keep the contracts of the ports, as one Redis does.

use std::sync::{Arc, LazyLock};

use carillon_adapter_redis::{RedisFeed, RedisLimits, RedisQueue, RedisServer};
use carillon_domain::Channel;
use carillon_ports::{Clock, Limits, LiveFeed, ReadyQueue};
use carillon_testkit::redis::{PrivateCluster, fresh_prefix};

fn server(prefix: &str) -> RedisServer {
    static CLUSTER: LazyLock<PrivateCluster> = LazyLock::new(PrivateCluster::start);
    RedisServer::open(&CLUSTER.urls()).unwrap().with_prefix(prefix)
}

mod queue {
    use super::*;

    async fn queue(clock: Arc<dyn Clock>) -> Arc<dyn ReadyQueue> {
        Arc::new(RedisQueue::new(&server(&fresh_prefix()), Channel::Email).by_clock(clock))
    }

    carillon_testkit::ready_queue_contract!(queue);
}

mod limits {
    use super::*;

    async fn limits(clock: Arc<dyn Clock>) -> [Arc<dyn Limits>; 2] {
        let prefix = fresh_prefix();
        [(); 2].map(|()| -> Arc<dyn Limits> {
            Arc::new(RedisLimits::new(&server(&prefix)).by_clock(clock.clone()))
        })
    }

    carillon_testkit::limits_contract!(limits);
}

mod live {
    use super::*;

    async fn feed() -> [Arc<dyn LiveFeed>; 2] {
        let prefix = fresh_prefix();
        [(); 2].map(|()| -> Arc<dyn LiveFeed> { Arc::new(RedisFeed::new(&server(&prefix))) })
    }

    carillon_testkit::live_feed_contract!(feed);
}

#[tokio::test]
async fn a_cluster_is_examined_and_a_node_that_restarts_is_asked_again() {
    let cluster = PrivateCluster::start();
    let server = RedisServer::open(&cluster.urls()).unwrap();
    assert_eq!(server.examine().await, Ok(None));
    assert_eq!(cluster.nodes()[1].ask("CONFIG SET maxmemory-policy allkeys-lru"), "+OK");
    let complaint = server.examine().await.unwrap().expect("a complaint");
    assert!(complaint.contains("noeviction is right"), "{complaint}");
    let queues = [Channel::Email, Channel::Sms, Channel::InApp].map(|of| RedisQueue::new(&server, of));
    for node in cluster.nodes() {
        node.restart();
    }
    for queue in &queues {
        let answered = async {
            while queue.depths().await.is_err() {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), answered).await.expect("it answers again");
    }
}
