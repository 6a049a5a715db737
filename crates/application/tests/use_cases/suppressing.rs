//! An address that is suppressed, lifted, and written to again.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use carillon_application::recipients::Recipients;
use carillon_application::suppressions::SuppressionList;
use carillon_domain::{Cause, Channel, EmailAddress, Reason, Status};
use carillon_ports::provider::SendError;
use serde_json::Value;

use crate::world::{World, cancellation, cancellation_of, platform};

/// A provider's list that answers as told, and remembers what was taken off it.
struct List {
    answer: Result<(), SendError>,
    lifted: Mutex<Vec<(String, Cause)>>,
}

#[async_trait]
impl SuppressionList for List {
    fn provider(&self) -> &'static str {
        "listing"
    }

    async fn lift(&self, address: &EmailAddress, cause: Cause) -> Result<(), SendError> {
        self.lifted.lock().expect("no panic while held").push((address.expose().to_owned(), cause));
        self.answer.clone()
    }
}

/// A rejection of the client's address, which is then lifted.
async fn lift(
    world: &World,
    answer: Result<(), SendError>,
) -> (Arc<List>, carillon_application::suppressions::Lifted) {
    let list = Arc::new(List { answer, lifted: Mutex::default() });
    let refusal = SendError::Rejected { code: "550".to_owned(), detail: String::new(), bad_address: true };
    world.email.next([Err(refusal)]);
    world.publish("appointment.cancelled", cancellation()).await;
    world.drain().await;
    assert_eq!(
        email(world, cancellation_of("a-2")).await,
        (Status::Suppressed, Some(Reason::AddressSuppressed))
    );
    let recipients =
        Recipients::new(&world.ports).with_lists(Arc::from([list.clone() as Arc<dyn SuppressionList>]));
    let lifted =
        recipients.lift(&platform(), &"camille".parse().expect("an id"), None).await.expect("lifted");
    (list, lifted)
}

/// Where the client's e-mail about a cancellation ends.
async fn email(world: &World, data: Value) -> (Status, Option<Reason>) {
    let report = world.publish("appointment.cancelled", data).await;
    world.drain().await;
    let kind = report.notifications[0].kind.to_string();
    let states = world.states(&report, &kind).await;
    let email = states.into_iter().find(|(channel, ..)| *channel == Channel::Email).expect("an e-mail");
    (email.1, email.2)
}

#[tokio::test]
async fn a_lifted_address_is_written_to_again_and_the_providers_list_is_told() {
    let world = World::new().await;
    let (list, lifted) = lift(&world, Ok(())).await;
    assert_eq!(lifted.lifted.len(), 1);
    assert_eq!(
        *list.lifted.lock().expect("no panic while held"),
        [("camille@example.com".to_owned(), Cause::Rejected)]
    );
    assert_eq!(lifted.providers[0].problem, None);
    assert_eq!(email(&world, cancellation_of("a-3")).await, (Status::Sent, None));
}

#[tokio::test]
async fn a_provider_that_cannot_be_told_undoes_nothing_and_is_named() {
    let world = World::new().await;
    let (_, lifted) = lift(&world, Err(SendError::Credential("status 403".to_owned()))).await;
    let told = &lifted.providers[0];
    assert_eq!(told.provider, "listing");
    assert!(told.problem.as_ref().is_some_and(|problem| problem.contains("status 403")), "{told:?}");
    assert_eq!(email(&world, cancellation_of("a-3")).await, (Status::Sent, None));
}
