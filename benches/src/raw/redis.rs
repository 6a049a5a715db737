//! Commands a second that Redis takes, pipelined by a hundred: ids pushed on a list and taken from it.

use std::time::Duration;

use tokio::task::JoinSet;
use uuid::Uuid;

use super::Pace;
use crate::redis::{Client, encode};

/// Connections that work at once.
const CONNECTIONS: usize = 4;
/// Commands that are sent before their replies are read; half push, half take.
const PIPELINE: usize = 100;

pub(super) async fn run(url: &str, span: Duration) -> anyhow::Result<f64> {
    let pace = std::sync::Arc::new(Pace::start(span));
    let mut tasks = JoinSet::new();
    for _ in 0..CONNECTIONS {
        tasks.spawn(work(Client::connect(url).await?, pace.clone()));
    }
    let mut commands = 0;
    for count in tasks.join_all().await {
        commands += count?;
    }
    Ok(pace.per_second(commands))
}

async fn work(mut client: Client, pace: std::sync::Arc<Pace>) -> anyhow::Result<usize> {
    let list = format!("raw:{}", Uuid::now_v7());
    let mut commands = 0;
    while pace.goes_on() {
        let mut pipeline = Vec::with_capacity(8 * 1024);
        for _ in 0..PIPELINE / 2 {
            pipeline.extend(encode(&["RPUSH", &list, &Uuid::now_v7().to_string()]));
        }
        for _ in 0..PIPELINE / 2 {
            pipeline.extend(encode(&["LPOP", &list]));
        }
        client.write(&pipeline).await?;
        for _ in 0..PIPELINE {
            client.read().await?;
        }
        commands += PIPELINE;
    }
    Ok(commands)
}
