//! The feed over Redis keeps the contract of the port.

use std::sync::Arc;

use carillon_adapter_redis::{RedisFeed, RedisServer};
use carillon_ports::LiveFeed;
use carillon_testkit::redis::{fresh_prefix, shared_url};

async fn redis_feed() -> [Arc<dyn LiveFeed>; 2] {
    let prefix = fresh_prefix();
    [(); 2].map(|()| -> Arc<dyn LiveFeed> {
        let server = RedisServer::open(&shared_url()).unwrap().with_prefix(&prefix);
        Arc::new(RedisFeed::new(&server))
    })
}

carillon_testkit::live_feed_contract!(redis_feed);
