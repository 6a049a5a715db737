//! The limits in Redis keep the contract of the port.

use std::sync::Arc;

use carillon_adapter_redis::{RedisLimits, RedisServer};
use carillon_ports::{Clock, Limits};
use carillon_testkit::redis::{fresh_prefix, shared_url};

async fn redis_limits(clock: Arc<dyn Clock>) -> [Arc<dyn Limits>; 2] {
    let prefix = fresh_prefix();
    [(); 2].map(|()| -> Arc<dyn Limits> {
        let server = RedisServer::open(&shared_url()).unwrap().with_prefix(&prefix);
        Arc::new(RedisLimits::new(&server).by_clock(clock.clone()))
    })
}

carillon_testkit::limits_contract!(redis_limits);
