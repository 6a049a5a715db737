//! Alarms and providers: what the service knows of its own state.

use carillon_domain::Channel;
use carillon_domain::alarm::Alarm;
use carillon_domain::circuit::State;
use chrono::TimeDelta;

use super::Stores;
use crate::build::now;

fn bounces(bounced: u64) -> Alarm {
    Alarm::BounceRate { bounced, of: 100 }
}

/// Whoever else sees the reason renews it.
pub async fn an_alarm_begins_once_however_many_raise_it(stores: Stores) {
    let calls = (0..20_i64).map(|second| {
        let alarms = stores.alarms.clone();
        tokio::spawn(async move {
            alarms.stand(&bounces(second.unsigned_abs()), now() + TimeDelta::seconds(second)).await
        })
    });
    for call in futures_util::future::join_all(calls).await {
        let episode = call.expect("no panic").expect("an episode");
        assert_eq!((episode.number, episode.is_told), (1, false));
    }
    let standing = stores.alarms.list_standing().await.expect("a list");
    assert_eq!(standing.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["bounce_rate"]);
}

/// One that was renewed meanwhile is not over; one that comes back is another.
pub async fn an_alarm_that_is_renewed_goes_on(stores: Stores) {
    let later = now() + TimeDelta::minutes(2);
    let first = stores.alarms.stand(&bounces(1), now()).await.expect("an episode");
    stores.alarms.told(&first).await.expect("noted");
    let renewed = stores.alarms.stand(&bounces(2), later).await.expect("an episode");
    assert_eq!((renewed.number, renewed.is_told, renewed.began_at), (1, true, now()));
    assert_eq!((&renewed.alarm, &renewed.message), (&Some(bounces(2)), &bounces(2).to_string()));
    let standing = stores.alarms.list_standing().await.expect("a list").remove(0);
    assert_eq!(standing.alarm, Some(bounces(2)), "as it was seen last");
    assert!(!stores.alarms.end(&first, later).await.expect("an answer"), "it was renewed");
    assert!(stores.alarms.end(&renewed, later).await.expect("an answer"));
    assert!(!stores.alarms.end(&renewed, later).await.expect("an answer"), "by one alone");
    assert!(stores.alarms.list_standing().await.expect("a list").is_empty());
    let again = stores.alarms.stand(&bounces(3), later).await.expect("an episode");
    assert_eq!((again.number, again.is_told, again.began_at), (2, false, later));
}

/// What workers report later leaves it as it is; a provider that nobody reported cannot be paused.
pub async fn an_operators_wish_outlives_reports(stores: Stores) {
    let board = &stores.providers;
    let later = now() + TimeDelta::seconds(5);
    assert!(!board.wish_provider("sendgrid", true, now()).await.expect("an answer"));
    board.report_provider("sendgrid", Channel::Email, State::Closed, now(), now()).await.expect("noted");
    assert!(board.wish_provider("sendgrid", true, now()).await.expect("an answer"));
    board.report_provider("sendgrid", Channel::Email, State::Paused, now(), later).await.expect("noted");
    let known = board.list_providers().await.expect("a list").remove(0);
    assert_eq!(
        (known.state, known.is_paused, known.wished_at, known.reported_at),
        (State::Paused, true, now(), later)
    );
}
