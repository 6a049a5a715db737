//! Dead letters, queues, figures, audit trail.

use carillon_application::Refusal;
use carillon_application::operations::{AuditFilter, DeadLetterFilter, Operate, Queue};
use carillon_application::statistics::{Asked, ChannelFigures, CountOutcomes};
use carillon_domain::access::Credential;
use carillon_domain::message::AfterTry;
use carillon_domain::{Channel, Class, MessageId, Permission, Principal, Reach, Reason, Status};
use carillon_ports::provider::SendError;
use carillon_ports::store::Outcome;
use chrono::TimeDelta;

use crate::world::{World, business, cancellation, cancellation_of, platform};

fn rejected() -> SendError {
    SendError::Rejected { code: "550".to_owned(), detail: "refused".to_owned(), bad_address: false }
}

/// A cancellation whose e-mail the provider refused for good.
async fn with_a_dead_letter() -> (World, MessageId) {
    let world = World::new().await;
    world.email.fail_with(rejected());
    world.publish("appointment.cancelled", cancellation()).await;
    world.drain().await;
    world.email.recover();
    let letters = Operate::new(&world.ports)
        .dead_letters(&platform(), &DeadLetterFilter::default(), None, 50)
        .await
        .expect("a list");
    assert_eq!((letters.len(), letters[0].reason), (1, Some(Reason::Rejected)));
    let message = letters[0].message;
    (world, message)
}

async fn actions(world: &World, who: &Principal) -> Vec<(String, String)> {
    let lines = Operate::new(&world.ports).audit(who, &AuditFilter::default(), None, 100).await;
    lines.expect("a list").into_iter().map(|line| (line.entry.action, line.entry.target)).collect()
}

#[tokio::test]
async fn a_dead_letter_is_tried_again_and_leaves() {
    let (world, message) = with_a_dead_letter().await;
    let operate = Operate::new(&world.ports);
    let stranger = operate.retry(&business("other"), message).await;
    assert_eq!(stranger, Err(Refusal::NotFound { what: "dead letter" }));
    assert_eq!(operate.retry(&business("salon"), message).await, Ok(Status::Queued));
    let again = operate.retry(&platform(), message).await;
    assert_eq!(again, Err(Refusal::TooLate(vec![(message, Status::Queued)])));
    world.drain().await;
    let calls = world.email.calls();
    assert_eq!(calls.iter().filter(|email| email.id.message == message).count(), 2);
    let expected = ("dead_letter.retried".to_owned(), message.to_string());
    assert!(actions(&world, &business("salon")).await.contains(&expected));
}

#[tokio::test]
async fn a_dead_letter_is_put_away_and_never_leaves() {
    let (world, message) = with_a_dead_letter().await;
    let operate = Operate::new(&world.ports);
    assert_eq!(operate.discard(&platform(), message).await, Ok(Status::Cancelled));
    let left = operate.dead_letters(&platform(), &DeadLetterFilter::default(), None, 50).await;
    assert_eq!(left, Ok(vec![]));
    let again = operate.discard(&platform(), message).await;
    assert_eq!(again, Err(Refusal::TooLate(vec![(message, Status::Cancelled)])));
    world.later(TimeDelta::hours(1)).await;
    assert_eq!(world.email.calls().iter().filter(|email| email.id.message == message).count(), 1);
    let expected = ("dead_letter.discarded".to_owned(), message.to_string());
    assert!(actions(&world, &business("salon")).await.contains(&expected), "the business hears of it too");
}

#[tokio::test]
async fn every_queue_says_what_there_is_to_do() {
    let (world, _) = with_a_dead_letter().await;
    world.publish("appointment.cancelled", cancellation_of("a-2")).await;
    world.clock.advance(TimeDelta::milliseconds(1_500));
    let find = |queues: Vec<Queue>, channel| {
        assert_eq!(queues.len(), Channel::ALL.len() * Class::ALL.len());
        let found = queues
            .into_iter()
            .find(|one| one.backlog.channel == channel && one.backlog.class == Class::Critical);
        found.expect("a line")
    };
    let operate = Operate::new(&world.ports);
    let email = find(operate.queues(&platform()).await.expect("queues"), Channel::Email);
    assert_eq!((email.backlog.failed, email.backlog.queued, email.ready), (1, 1, Some(1)));
    assert_eq!(email.oldest, Some(TimeDelta::milliseconds(1_500)));
    let own = find(operate.queues(&business("salon")).await.expect("queues"), Channel::Email);
    assert_eq!((own.backlog.failed, own.ready), (1, None), "ids on the queue are nobody's in particular");
    let other = find(operate.queues(&business("other")).await.expect("queues"), Channel::Email);
    assert_eq!((other.backlog.failed, other.oldest), (0, None));
}

/// So many e-mails by a provider, so many of which are reported as this.
pub(crate) async fn reported(world: &World, provider: &'static str, reports: &[(Status, usize)]) {
    let total: usize = reports.iter().map(|(_, count)| count).sum();
    let mut statuses =
        reports.iter().flat_map(|(status, count)| std::iter::repeat_n(*status, *count)).collect::<Vec<_>>();
    for number in 0..total {
        let name = format!("{provider}-{}-{number}", statuses.len());
        let report = world.publish("appointment.cancelled", cancellation_of(&name)).await;
        let ids: Vec<_> = report.notifications[0]
            .messages
            .iter()
            .filter(|message| message.channel == Channel::Email)
            .map(|message| message.id)
            .collect();
        let now = world.ports.clock.now();
        let claimed =
            world.ports.store.claim(&ids, TimeDelta::seconds(30), now).await.expect("a claim").remove(0);
        let status = statuses.pop().expect("a status");
        let outcome = Outcome {
            message: claimed.message.id,
            attempt: claimed.message.attempt,
            recipient: claimed.notification.recipient.clone(),
            after: AfterTry { status, reason: None, due_at: None, tries: 1 },
            provider: Some(provider),
            provider_id: None,
            detail: None,
            content: None,
            cost: None,
            decided: None,
            settles: None,
            folds_at: None,
            started_at: now,
            finished_at: now + TimeDelta::seconds(1),
        };
        world.ports.store.record(vec![outcome]).await.expect("recorded");
    }
}

async fn email(world: &World, who: &Principal, asked: Asked) -> ChannelFigures {
    let figures = CountOutcomes::new(&world.ports).run(who, asked).await.expect("figures");
    figures.channels.into_iter().find(|one| one.channel == Channel::Email).expect("e-mail")
}

fn from_now(world: &World) -> Asked {
    Asked { until: Some(world.ports.clock.now() + TimeDelta::seconds(1)), ..Asked::default() }
}

#[tokio::test]
async fn delivery_is_measured_on_providers_that_report_and_held_against_the_promise() {
    let world = World::new().await;
    let nothing = email(&world, &platform(), Asked::default()).await;
    assert_eq!((nothing.delivery.rate, nothing.delivery.kept, nothing.latency), (None, None, None));
    assert_eq!(nothing.delivery.promise, Some(0.98));
    reported(&world, "silent", &[(Status::Sent, 3)]).await;
    let silent = email(&world, &platform(), from_now(&world)).await;
    assert_eq!((silent.delivery.rate, silent.delivery.accepted), (None, 0), "no receipts, no rate");
    reported(&world, "telling", &[(Status::Delivered, 49), (Status::Sent, 1)]).await;
    let early = email(&world, &platform(), from_now(&world)).await;
    assert_eq!((early.delivery.accepted, early.delivery.pending), (50, 1));
    assert_eq!(
        (early.delivery.rate, early.delivery.kept),
        (Some(1.0), Some(true)),
        "its receipt may still come"
    );
    world.clock.advance(TimeDelta::minutes(61));
    let kept = email(&world, &platform(), from_now(&world)).await;
    assert_eq!(kept.delivery.pending, 0);
    assert_eq!((kept.messages, kept.delivery.accepted, kept.delivery.delivered), (53, 50, 49));
    assert_eq!((kept.delivery.rate, kept.delivery.kept), (Some(0.98), Some(true)));
    reported(&world, "telling", &[(Status::Undelivered, 1)]).await;
    let broken = email(&world, &platform(), from_now(&world)).await;
    assert_eq!((broken.delivery.undelivered, broken.delivery.kept), (1, Some(false)));
    assert_eq!(broken.by_class, [(Class::Critical, 54)]);
}

#[tokio::test]
async fn latency_is_measured_from_due_to_accepted() {
    let world = World::new().await;
    reported(&world, "telling", &[(Status::Sent, 3)]).await;
    let latency = email(&world, &platform(), from_now(&world)).await.latency.expect("measured");
    assert_eq!((latency.count, latency.p50, latency.p99, latency.in_time), (3, 1_000, 1_000, 1.0));
}

#[tokio::test]
async fn a_business_counts_its_own_and_nobody_counts_forever() {
    let world = World::new().await;
    reported(&world, "telling", &[(Status::Sent, 1)]).await;
    let salon = Some("salon".parse().expect("an id"));
    assert_eq!(email(&world, &business("salon"), from_now(&world)).await.messages, 1);
    assert_eq!(email(&world, &business("other"), from_now(&world)).await.messages, 0);
    let named = Asked { business: salon, ..from_now(&world) };
    assert_eq!(email(&world, &platform(), named.clone()).await.messages, 1);
    let outcomes = CountOutcomes::new(&world.ports);
    let refused = outcomes.run(&business("other"), named).await.err();
    assert_eq!(refused, Some(Refusal::NotFound { what: "business" }));
    let now = world.ports.clock.now();
    for (since, until) in [(now, now), (now, now - TimeDelta::seconds(1)), (now - TimeDelta::days(93), now)] {
        let asked = Asked { business: None, since: Some(since), until: Some(until) };
        let refused = outcomes.run(&platform(), asked).await.err();
        assert!(matches!(refused, Some(Refusal::Input { code: "invalid_query", .. })), "{refused:?}");
    }
    let longest = Asked { business: None, since: Some(now - TimeDelta::days(92)), until: Some(now) };
    assert!(outcomes.run(&platform(), longest).await.is_ok());
}

#[tokio::test]
async fn each_needs_its_permission() {
    let (world, message) = with_a_dead_letter().await;
    let who = |permissions: Vec<Permission>| Principal {
        credential: Credential::ApiKey { id: "weak".to_owned(), permissions },
        reach: Reach::Platform,
    };
    let operate = Operate::new(&world.ports);
    let readers = who(vec![Permission::OperationsRead]);
    assert_eq!(operate.retry(&readers, message).await, Err(Refusal::Forbidden(Permission::OperationsWrite)));
    assert_eq!(
        operate.discard(&readers, message).await,
        Err(Refusal::Forbidden(Permission::OperationsWrite))
    );
    let nobody = who(vec![]);
    let letters = operate.dead_letters(&nobody, &DeadLetterFilter::default(), None, 1).await;
    assert_eq!(letters, Err(Refusal::Forbidden(Permission::OperationsRead)));
    assert_eq!(operate.queues(&nobody).await.err(), Some(Refusal::Forbidden(Permission::OperationsRead)));
    let audit = operate.audit(&nobody, &AuditFilter::default(), None, 1).await;
    assert_eq!(audit.err(), Some(Refusal::Forbidden(Permission::AuditRead)));
    let figures = CountOutcomes::new(&world.ports).run(&nobody, Asked::default()).await;
    assert_eq!(figures.err(), Some(Refusal::Forbidden(Permission::StatsRead)));
    let refused = ("access.refused".to_owned(), "operations:write".to_owned());
    assert!(actions(&world, &platform()).await.contains(&refused));
}
