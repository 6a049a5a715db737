//! How long history is kept.

use carillon_domain::message::TryEnd;
use carillon_domain::{Channel, Reach};
use carillon_ports::operations::DeadLetterFilter;
use carillon_ports::retention::Forgotten;
use chrono::TimeDelta;

use super::{Stores, message_ids};
use crate::build::{Accepting, now};

/// In the order in which they were given up, so many at a time; what does not fit stays.
pub async fn dead_letters_are_changed_by_the_hundred(stores: Stores) {
    for channel in [Channel::Email, Channel::Email, Channel::Email, Channel::Sms] {
        let acceptance = Accepting::event(&*stores.ids).message(channel, now()).done();
        let ids = message_ids(&acceptance);
        stores.accept(acceptance).await;
        let claimed = stores.claim(&ids, now()).await.remove(0);
        stores.record(&claimed, &TryEnd::Rejected, None, now()).await;
    }
    let operations = &stores.operations;
    let emails = DeadLetterFilter { channel: Some(Channel::Email), ..DeadLetterFilter::default() };
    let (all, platform) = (DeadLetterFilter::default(), Reach::Platform);
    let elsewhere = Reach::Business("other".parse().expect("an id"));
    assert_eq!(operations.discard_dead_letters(&all, &elsewhere, 10, now()).await, Ok(0));
    let queued = operations.retry_dead_letters(&emails, &platform, 2, now()).await.expect("queued");
    assert_eq!(queued.iter().map(|ready| ready.channel).collect::<Vec<_>>(), [Channel::Email; 2]);
    assert_eq!(operations.discard_dead_letters(&emails, &platform, 10, now()).await, Ok(1));
    let left = operations.list_dead_letters(&all, &platform, None, 10).await.expect("a list");
    assert_eq!(left.iter().map(|letter| letter.channel).collect::<Vec<_>>(), [Channel::Sms]);
}

/// With all that belongs to it, in any order and by any number of calls.
pub async fn what_ended_long_ago_is_forgotten_and_what_is_open_is_not(stores: Stores) {
    let ended = Accepting::event(&*stores.ids).message(Channel::Email, now()).done();
    let open =
        Accepting::event(&*stores.ids).message(Channel::Email, now()).message(Channel::Sms, now()).done();
    let (ended_id, open_id) = (ended.notifications[0].id, open.notifications[1].id);
    let ids = [message_ids(&ended)[0], message_ids(&open)[0]];
    stores.accept(ended).await;
    stores.accept(open).await;
    for claimed in &stores.claim(&ids, now()).await {
        stores.record(claimed, &TryEnd::Accepted, None, now()).await;
    }
    let long_after = now() + TimeDelta::days(500);
    stores.retention.make_room(long_after).await.expect("room");
    assert_eq!(
        stores.retention.forget_history(now() - TimeDelta::days(40), 100).await,
        Ok(Forgotten::default())
    );
    while stores.retention.forget_history(long_after, 1).await.expect("forgotten") != Forgotten::default() {}
    let find = |id| {
        let history = stores.history.clone();
        async move { history.find_notification(id, &Reach::Platform).await.expect("a look") }
    };
    assert_eq!(find(ended_id).await.map(|found| found.messages.len()), None);
    let open = find(open_id).await.expect("what is open stays");
    assert!(open.messages.iter().any(|whole| whole.message.channel == Channel::Sms));
}
