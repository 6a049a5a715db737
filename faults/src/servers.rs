//! The servers that clients post to: all of them in turn, or, behind a load balancer, those that say that they are ready.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Client;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// How often a load balancer asks; well within the time that a server that stops goes on answering (`CARILLON_DRAIN_S`, 3 s).
const ASKS_EVERY: Duration = Duration::from_millis(500);
/// How long it waits for an answer.
const ANSWER: Duration = Duration::from_secs(1);

/// Servers, and whether they may be asked.
#[derive(Debug)]
pub struct Servers(Vec<Server>);

#[derive(Debug)]
struct Server {
    url: String,
    is_ready: AtomicBool,
}

impl Servers {
    /// Servers that may all be asked.
    pub fn new(urls: &[String]) -> Self {
        let server = |url: &String| Server { url: url.clone(), is_ready: AtomicBool::new(true) };
        Self(urls.iter().map(server).collect())
    }

    /// The server for a turn: the next one that is ready, else the next one.
    pub fn pick(&self, turn: usize) -> &str {
        let (before, from) = self.0.split_at(turn % self.0.len());
        let ready = from.iter().chain(before).find(|server| server.is_ready.load(Ordering::SeqCst));
        &ready.unwrap_or(&from[0]).url
    }

    /// Asks each for `/health/ready` again and again, as a load balancer does.
    pub fn follow(self: &Arc<Self>) -> reqwest::Result<JoinHandle<()>> {
        let http = Client::builder().no_proxy().timeout(ANSWER).pool_max_idle_per_host(0).build()?;
        let servers = self.clone();
        Ok(tokio::spawn(async move {
            loop {
                for server in &servers.0 {
                    let answer = http.get(format!("{}/health/ready", server.url)).send().await;
                    let is_ready = answer.is_ok_and(|answer| answer.status().is_success());
                    server.is_ready.store(is_ready, Ordering::SeqCst);
                }
                sleep(ASKS_EVERY).await;
            }
        }))
    }
}
