//! The queue in Redis keeps the contract of the port.

use std::sync::Arc;

use carillon_adapter_redis::{RedisQueue, RedisServer};
use carillon_domain::Channel;
use carillon_ports::{Clock, ReadyQueue};
use carillon_testkit::redis::{fresh_prefix, shared_url};

async fn redis_queue(clock: Arc<dyn Clock>) -> Arc<dyn ReadyQueue> {
    let server = RedisServer::open(&shared_url()).unwrap().with_prefix(&fresh_prefix());
    Arc::new(RedisQueue::new(&server, Channel::Email).by_clock(clock))
}

carillon_testkit::ready_queue_contract!(redis_queue);
