//! Where Redis is: one server, or the nodes of a cluster. How to connect is decided here and nowhere else.

use std::time::Duration;

use deadpool_redis::redis::aio::{MultiplexedConnection, PubSub};
use deadpool_redis::redis::cluster::{ClusterClient, ClusterConfig};
use deadpool_redis::redis::cluster_async::ClusterConnection;
use deadpool_redis::redis::{AsyncConnectionConfig, Client, Cmd, RedisError, RedisResult, Value};
use deadpool_redis::{Connection, Manager, Pool, PoolError};

use crate::failure::{Away, Failure};
use crate::server::PATIENCE;

/// One connection carries everything; the second is for the moment in which a broken one is replaced.
const CONNECTIONS: usize = 2;
/// A command that waits for the bell is answered within this.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// This is no URL of a Redis. The text does not repeat it: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be redis://host:port/database or rediss://… (with TLS), or several of a cluster's nodes, separated by commas: {0}"
)]
pub struct WrongUrl(String);

/// Where Redis is.
#[derive(Clone)]
pub(crate) struct Site {
    /// The servers that the URLs name.
    nodes: Vec<Client>,
    way: Way,
}

#[derive(Clone)]
enum Way {
    One(Pool),
    Cluster(Box<ClusterClient>),
}

/// A connection for as long as it works.
pub(crate) enum Held {
    /// Kept from the pool: the pool asks a connection for a sign of life before it lends it out, which would double the round trips.
    One(Connection),
    /// Keeps a connection a node by itself, and follows keys that move.
    Cluster(ClusterConnection),
}

/// What commands travel by; clones share a connection.
#[derive(Clone)]
pub(crate) enum Wire {
    One(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Site {
    /// One URL is a server, several are nodes of a cluster: those to begin with, the others are heard of from them.
    pub(crate) fn of(urls: &str) -> Result<Self, WrongUrl> {
        let nodes = clients(urls)?;
        let way = if let [only] = &nodes[..] {
            let manager =
                Manager::new_with_config(only.get_connection_info().clone(), settings(Some(PATIENCE)));
            let manager = manager.map_err(|error| wrong_url(&error))?;
            let pool = Pool::builder(manager).max_size(CONNECTIONS).build();
            Way::One(pool.map_err(|error| WrongUrl(error.to_string()))?)
        } else {
            let named = nodes.iter().map(|node| node.get_connection_info().clone());
            let cluster = ClusterClient::builder(named)
                .connection_timeout(PATIENCE)
                .response_timeout(PATIENCE)
                // Whoever asks repeats it, and waits no longer than its patience.
                .retries(2)
                .build();
            Way::Cluster(Box::new(cluster.map_err(|error| wrong_url(&error))?))
        };
        Ok(Self { nodes, way })
    }

    /// A connection for everything that is answered at once.
    pub(crate) async fn connect(&self) -> Result<Held, Failure> {
        match &self.way {
            Way::One(pool) => match pool.get().await {
                Ok(connection) => Ok(Held::One(connection)),
                Err(PoolError::Backend(error)) => Err(Failure::Redis(error)),
                Err(other) => Err(Failure::Other(other.to_string())),
            },
            Way::Cluster(cluster) => {
                cluster.get_async_connection().await.map(Held::Cluster).map_err(Failure::Redis)
            }
        }
    }

    /// A connection of one's own, for commands that wait. The caller bounds the time.
    pub(crate) async fn connection_that_waits(&self) -> Result<Wire, Away> {
        if let Way::Cluster(cluster) = &self.way {
            let patient = ClusterConfig::new().set_response_timeout(LONGEST_WAIT);
            return Ok(Wire::Cluster(cluster.get_async_connection_with_config(patient).await?));
        }
        let only = self.nodes.first().ok_or_else(Away::hung_up)?;
        Ok(Wire::One(only.get_multiplexed_async_connection_with_config(&settings(None)).await?))
    }

    /// A connection that hears what is published. What is published on one node of a cluster is heard on all: any of them will do. The
    /// caller bounds the time.
    pub(crate) async fn connection_that_hears(&self) -> Result<PubSub, Away> {
        let mut away = Away::hung_up();
        for node in &self.nodes {
            match node.get_async_pubsub().await {
                Ok(connection) => return Ok(connection),
                Err(error) => away = error.into(),
            }
        }
        Err(away)
    }
}

impl Held {
    /// What commands travel by.
    pub(crate) fn wire(&self) -> Wire {
        match self {
            Self::One(connection) => Wire::One((**connection).clone()),
            Self::Cluster(connection) => Wire::Cluster(connection.clone()),
        }
    }

    /// Gives it up for good.
    pub(crate) fn hang_up(self) {
        if let Self::One(connection) = self {
            // Or the pool would lend it out again.
            drop(Connection::take(connection));
        }
    }
}

impl Wire {
    /// Sends a command and waits for its answer.
    pub(crate) async fn ask(&mut self, command: &Cmd) -> RedisResult<Value> {
        match self {
            Self::One(connection) => command.query_async(connection).await,
            Self::Cluster(connection) => command.query_async(connection).await,
        }
    }
}

/// Whether these are URLs of a Redis, be it there or not.
pub fn check_url(urls: &str) -> Result<(), WrongUrl> {
    clients(urls).map(drop)
}

/// A client for each URL; at least one.
fn clients(urls: &str) -> Result<Vec<Client>, WrongUrl> {
    let one = |url: &str| {
        if !url.starts_with("redis://") && !url.starts_with("rediss://") {
            return Err(WrongUrl("the scheme is another".to_owned()));
        }
        Client::open(url).map_err(|error| wrong_url(&error))
    };
    urls.split(',').map(str::trim).map(one).collect()
}

fn wrong_url(error: &RedisError) -> WrongUrl {
    WrongUrl(error.category().to_owned())
}

fn settings(answer_within: Option<Duration>) -> AsyncConnectionConfig {
    AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(answer_within)
}
