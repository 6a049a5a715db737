//! Messages that are due leave, or say why not.

use carillon_application::KeepMoving;
use carillon_application::report::EventReport;
use carillon_application::unsubscribe::{Unsubscribe, UnsubscribeLink};
use carillon_domain::{Cause, Channel, Class, Reason, Status};
use carillon_ports::provider::SendError;
use chrono::TimeDelta;
use serde_json::json;

use crate::world::{World, appointment, cancellation, cancellation_of, platform};

fn unavailable() -> SendError {
    SendError::Unavailable("503".to_owned())
}

async fn email_state(world: &World, report: &EventReport) -> (Status, Option<Reason>) {
    let kind = report.notifications[0].kind.to_string();
    let states = world.states(report, &kind).await;
    states
        .into_iter()
        .find(|(channel, ..)| *channel == Channel::Email)
        .map(|(_, status, reason)| (status, reason))
        .expect("an e-mail")
}

#[tokio::test]
async fn a_message_carries_its_try_outward_and_its_text_is_kept() {
    let world = World::new().await;
    let report = world.publish("appointment.cancelled", cancellation()).await;
    world.drain().await;
    let email = world.email.calls().remove(0);
    let record = world.record(report.notifications[0].id).await;
    assert_eq!((email.id.message, email.id.attempt), (record.messages[0].message.id, 1));
    assert_eq!((email.to.address.expose(), email.from.name.as_str()), ("camille@example.com", "salon"));
    assert!(
        email.unsubscribe_url.starts_with("https://carillon.example/u/")
            && email.html.contains(&email.unsubscribe_url)
    );
    assert!(
        record.messages.iter().all(|whole| whole.message.status == Status::Sent && whole.content.is_some())
    );
    assert_eq!((world.sms.calls().len(), world.email.calls().len()), (1, 1));
}

#[tokio::test]
async fn a_failing_email_is_tried_by_class_and_never_repeats_the_sms() {
    let world = World::new().await;
    world.email.fail_with(unavailable());
    let report = world.publish("appointment.cancelled", cancellation()).await;
    world.drain().await;
    for _ in 0..10 {
        world.later(TimeDelta::minutes(15)).await;
    }
    assert_eq!(email_state(&world, &report).await, (Status::Failed, Some(Reason::TriesExhausted)));
    assert_eq!(world.email.calls().len(), Class::Critical.tries() as usize);
    assert_eq!(world.sms.calls().len(), 1);
    let attempts = &world.record(report.notifications[0].id).await.messages[0].attempts;
    assert_eq!(attempts.len(), 5);
}

#[tokio::test]
async fn a_provider_that_says_when_is_not_asked_before() {
    let world = World::new().await;
    let retry_at = carillon_testkit::build::now() + TimeDelta::minutes(3);
    world.email.next([Err(SendError::Throttled { retry_at: Some(retry_at), detail: "429".to_owned() })]);
    let report = world.publish("appointment.cancelled", cancellation()).await;
    world.drain().await;
    assert_eq!(email_state(&world, &report).await, (Status::Scheduled, Some(Reason::Throttled)));
    world.later(TimeDelta::seconds(179)).await;
    assert_eq!(world.email.calls().len(), 1);
    world.later(TimeDelta::seconds(2)).await;
    assert_eq!(email_state(&world, &report).await, (Status::Sent, None));
}

#[tokio::test]
async fn a_greylisted_recipient_gets_the_mail_once_the_server_takes_it() {
    let world = World::new().await;
    world.email.fail_with(SendError::Deferred("RCPT TO: 450 4.2.0".to_owned()));
    let report = world.publish("appointment.cancelled", cancellation()).await;
    world.drain().await;
    for _ in 0..5 {
        world.later(TimeDelta::minutes(1)).await;
    }
    assert_eq!(email_state(&world, &report).await, (Status::Scheduled, Some(Reason::Deferred)));
    world.email.recover();
    for _ in 0..6 {
        world.later(TimeDelta::minutes(1)).await;
    }
    assert_eq!(email_state(&world, &report).await, (Status::Sent, None));
    assert!(world.email.calls().len() <= 5, "the waits grow: {}", world.email.calls().len());
    let messages = world.record(report.notifications[0].id).await.messages;
    let email = messages.iter().find(|whole| whole.message.channel == Channel::Email).expect("an e-mail");
    assert_eq!(email.message.tries, 1);
}

#[tokio::test]
async fn a_recipient_refused_until_the_message_is_of_no_use_is_a_dead_letter_that_says_so() {
    let world = World::new().await;
    world.email.fail_with(SendError::Deferred("RCPT TO: 450 4.2.0".to_owned()));
    let report = world.publish("appointment.cancelled", cancellation()).await;
    world.drain().await;
    for _ in 0..9 {
        world.later(TimeDelta::minutes(30)).await;
    }
    assert_eq!(email_state(&world, &report).await, (Status::Scheduled, Some(Reason::Deferred)));
    world.later(TimeDelta::minutes(29)).await;
    assert_eq!(email_state(&world, &report).await, (Status::Failed, Some(Reason::Deferred)));
    let attempts = &world.record(report.notifications[0].id).await.messages[0].attempts;
    let last = attempts.last().and_then(|attempt| attempt.detail.clone()).unwrap_or_default();
    assert_eq!(last, "deferred: RCPT TO: 450 4.2.0");
}

#[tokio::test]
async fn a_bad_address_is_refused_once_and_never_called_again() {
    let world = World::new().await;
    let refusal = SendError::Rejected { code: "400".to_owned(), detail: "to".to_owned(), bad_address: true };
    world.email.next([Err(refusal)]);
    let first = world.publish("appointment.cancelled", cancellation()).await;
    world.drain().await;
    assert_eq!(email_state(&world, &first).await, (Status::Failed, Some(Reason::Rejected)));
    let second = world.publish("appointment.cancelled", cancellation_of("a-2")).await;
    world.drain().await;
    assert_eq!(email_state(&world, &second).await, (Status::Suppressed, Some(Reason::AddressSuppressed)));
    assert_eq!(world.email.calls().len(), 1);
}

#[tokio::test]
async fn wrong_credentials_fail_nobodys_message() {
    let world = World::new().await;
    world.email.fail_with(SendError::Credential("401".to_owned()));
    let report = world.publish("appointment.cancelled", cancellation()).await;
    world.drain().await;
    for _ in 0..10 {
        world.later(TimeDelta::minutes(2)).await;
    }
    assert_eq!(email_state(&world, &report).await, (Status::Scheduled, Some(Reason::Credential)));
    world.email.recover();
    world.later(TimeDelta::minutes(2)).await;
    assert_eq!(email_state(&world, &report).await, (Status::Sent, None));
}

#[tokio::test]
async fn another_provider_is_asked_only_where_the_first_certainly_sent_nothing() {
    let rejected = SendError::Rejected { code: "400".to_owned(), detail: String::new(), bad_address: false };
    let table = [
        (unavailable(), 1),
        (SendError::Credential("401".to_owned()), 1),
        (SendError::Throttled { retry_at: None, detail: "429".to_owned() }, 1),
        (SendError::Deferred("450".to_owned()), 1),
        (SendError::InDoubt("timed out".to_owned()), 0),
        (rejected, 0),
    ];
    for (error, asked) in table {
        let world = World::new().await;
        world.email.fail_with(error.clone());
        world.publish("appointment.cancelled", cancellation()).await;
        world.drain_by(vec![world.email.clone(), world.backup.clone()]).await;
        assert_eq!((world.email.calls().len(), world.backup.calls().len()), (1, asked), "{error:?}");
    }
}

fn unsupported() -> SendError {
    SendError::Unsupported("no SMTPUTF8".to_owned())
}

#[tokio::test]
async fn an_address_that_no_provider_carries_gets_no_email_and_says_why_and_the_others_leave() {
    let world = World::new().await;
    world.email.fail_with(unsupported());
    world.backup.fail_with(unsupported());
    let report = world.publish("appointment.cancelled", cancellation()).await;
    world.drain_by(vec![world.email.clone(), world.backup.clone()]).await;
    assert_eq!(email_state(&world, &report).await, (Status::Suppressed, Some(Reason::InvalidAddress)));
    assert_eq!(world.sms.calls().len(), 1);
    let messages = world.record(report.notifications[0].id).await.messages;
    let email = messages.iter().find(|whole| whole.message.channel == Channel::Email).expect("an e-mail");
    let detail = email.attempts[0].detail.clone().unwrap_or_default();
    assert!(detail.contains("cannot take this address: no SMTPUTF8"), "{detail}");
    let next = world.publish("appointment.cancelled", cancellation_of("a-2")).await;
    world.email.recover();
    world.drain().await;
    assert_eq!(email_state(&world, &next).await, (Status::Sent, None), "the address itself is good");
}

#[tokio::test]
async fn an_address_that_one_provider_cannot_carry_goes_to_another_or_waits_for_it() {
    for first_cannot in [true, false] {
        let world = World::new().await;
        let (cannot, can) =
            if first_cannot { (&world.email, &world.backup) } else { (&world.backup, &world.email) };
        cannot.fail_with(unsupported());
        can.next([Err(unavailable())]);
        let report = world.publish("appointment.cancelled", cancellation()).await;
        let chain = || world.drain_by(vec![world.email.clone(), world.backup.clone()]);
        chain().await;
        assert_eq!(email_state(&world, &report).await, (Status::Scheduled, Some(Reason::Retrying)));
        world.clock.advance(TimeDelta::minutes(5));
        chain().await;
        assert_eq!(email_state(&world, &report).await, (Status::Sent, None), "{first_cannot}");
        assert_eq!(can.calls().len(), 2);
    }
}

#[tokio::test]
async fn what_is_in_doubt_waits_before_it_is_sent_again() {
    let world = World::new().await;
    world.email.next([Err(SendError::InDoubt("timed out".to_owned()))]);
    let report = world.publish("appointment.cancelled", cancellation()).await;
    world.drain().await;
    assert_eq!(email_state(&world, &report).await, (Status::InDoubt, Some(Reason::OutcomeUnknown)));
    world.later(TimeDelta::seconds(29)).await;
    assert_eq!(world.email.calls().len(), 1);
    world.later(TimeDelta::seconds(2)).await;
    assert_eq!(email_state(&world, &report).await, (Status::Sent, None));
}

#[tokio::test]
async fn what_became_untrue_or_unwanted_meanwhile_does_not_leave() {
    let world = World::new().await;
    let report = world.publish("appointment.booked", appointment(72, "confirmed")).await;
    let confirmation = report
        .notifications
        .iter()
        .find(|one| one.kind.as_str() == "client.appointment_confirmed")
        .expect("one");
    let notification = world.record(confirmation.id).await.notification;
    let token = UnsubscribeLink::of(&notification).url(&*world.ports.vault, "");
    let unsubscribe = Unsubscribe::new(&world.ports);
    let token = token.trim_start_matches("/u/");
    unsubscribe.show(token).await.expect("shown");
    unsubscribe.act(token, None).await.expect("done");
    world.drain().await;
    let states = world.states(&report, "client.appointment_confirmed").await;
    assert!(states.contains(&(Channel::Email, Status::Suppressed, Some(Reason::Unsubscribed))), "{states:?}");
    assert!(states.contains(&(Channel::InApp, Status::Sent, None)), "{states:?}");

    world.publish("appointment.rescheduled", appointment(96, "confirmed")).await;
    world.later(TimeDelta::hours(49)).await;
    let old = world.states(&report, "client.reminder_24h").await;
    assert!(old.contains(&(Channel::Email, Status::Cancelled, Some(Reason::Superseded))), "{old:?}");
}

#[tokio::test]
async fn a_reminder_after_its_appointment_is_expired() {
    let world = World::new().await;
    let report = world.publish("appointment.booked", appointment(72, "confirmed")).await;
    world.later(TimeDelta::hours(73)).await;
    let late = world.states(&report, "client.reminder_24h").await;
    assert!(late.contains(&(Channel::Email, Status::Expired, Some(Reason::TooLate))), "{late:?}");
}

#[tokio::test]
async fn an_erased_person_hears_nothing_more() {
    let world = World::new().await;
    let report = world.publish("appointment.cancelled", cancellation()).await;
    let camille = "camille".parse().expect("an id");
    carillon_application::recipients::Recipients::new(&world.ports)
        .erase(&platform(), &camille)
        .await
        .expect("erased");
    world.drain().await;
    assert_eq!((world.email.calls().len(), world.sms.calls().len()), (0, 0));
    assert_eq!(email_state(&world, &report).await, (Status::Cancelled, Some(Reason::Erased)));
}

#[tokio::test]
async fn what_was_accepted_before_a_crash_is_found_by_the_sweeper() {
    let before = World::new().await;
    let report = before
        .publish(
            "payment.received",
            json!({
                "client": {"id": "camille", "name": "Camille Laurent", "email": "camille@example.com"},
                "payment": {"id": "p-1", "amount": 4500, "currency": "EUR"}
            }),
        )
        .await;
    before.clock.advance(TimeDelta::seconds(1));
    // A new process has the same database and an empty queue.
    let queue = || std::sync::Arc::new(carillon_adapter_memory::MemoryQueue::new(before.clock.clone()));
    let queues = carillon_application::Queues { email: queue(), sms: queue(), in_app: queue() };
    let ports = carillon_application::Ports { queues, ..before.ports.clone() };
    let after = World { ports, ..before };
    assert_eq!(KeepMoving::new(&after.ports).sweep(true).await, Ok(2));
    after.drain().await;
    assert_eq!(email_state(&after, &report).await, (Status::Sent, None));
}

mockall::mock! {
    Provider {}

    #[async_trait::async_trait]
    impl carillon_ports::EmailSender for Provider {
        fn provider(&self) -> &'static str;
        async fn send(
            &self,
            email: &carillon_ports::email::OutgoingEmail,
        ) -> Result<carillon_ports::provider::Taken, SendError>;
    }
}

#[tokio::test]
async fn nobody_is_called_for_a_message_that_must_not_leave() {
    let world = World::new().await;
    let mut provider = MockProvider::new();
    provider.expect_provider().return_const("mocked");
    provider.expect_send().never();
    world.publish("appointment.cancelled", cancellation()).await;
    let ids = ["camille".parse().expect("an id")];
    let camille = world.ports.directory.find_people(&ids).await.expect("a look").remove(0);
    let salon = "salon".parse().expect("an id");
    let now = carillon_testkit::build::now();
    world
        .ports
        .store
        .suppress(&camille, Channel::Email, Some(&salon), Cause::Rejected, now)
        .await
        .expect("noted");
    world.drain_by(vec![std::sync::Arc::new(provider)]).await;
}
