//! What keeps all connections of a process up to date: the news, and a look into the store for what the news may have lost.

use std::collections::HashSet;
use std::time::Duration;

use carillon_domain::PersonId;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::limits::LONGEST_ANSWER;
use crate::live::{Shared, within};

/// How soon listening is tried again.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

/// Hears the news for ever. Where some may have been missed, everybody looks.
pub(crate) async fn news(live: &Shared) {
    loop {
        match live.follow.listen().await {
            Ok(mut listener) => {
                live.hub.all_look();
                while let Some(heard) = listener.hear().await {
                    live.hub.hear(heard);
                }
                tracing::warn!("the live feed ended; it is listened to again");
            }
            Err(error) => {
                tracing::warn!(%error, "the live feed cannot be listened to; connected people are told later");
            }
        }
        sleep(LISTEN_AGAIN).await;
    }
}

/// Compares all connected people with the store, for ever: one query, however many they are.
pub(crate) async fn store(live: &Shared) {
    let mut ticks = interval(live.settings.limits.ping);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let connected = live.hub.people();
        if !connected.is_empty() {
            compare(live, connected).await;
        }
    }
}

async fn compare(live: &Shared, connected: Vec<PersonId>) {
    let Ok(newest) = within(LONGEST_ANSWER, live.follow.newest(&connected)).await else {
        return tracing::warn!("connected people could not be compared with the store; it is tried again");
    };
    let mut erased: HashSet<PersonId> = connected.into_iter().collect();
    for (person, newest) in newest {
        erased.remove(&person);
        live.hub.look_up_to(&person, newest);
    }
    for person in erased {
        live.hub.dismiss(&person);
    }
}
