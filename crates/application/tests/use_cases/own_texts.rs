//! Texts that a business writes itself.

use std::sync::Arc;

use carillon_application::templates::TextName;
use carillon_application::{DeliverMessages, ManageTexts};
use carillon_domain::{Channel, OwnText, Purpose, Reason, Status};
use carillon_testkit::build;
use chrono::TimeDelta;

use crate::world::{World, appointment, platform};

fn name(kind: &str, channel: Channel) -> TextName {
    TextName {
        business: build::id("salon"),
        kind: build::id(kind),
        channel,
        locale: "fr".parse().expect("a language"),
    }
}

fn email(subject: &str) -> OwnText {
    OwnText::Email { subject: subject.to_owned(), body: "À bientôt.".to_owned() }
}

#[tokio::test]
async fn an_own_text_holds_from_the_answer_on_also_where_the_built_in_one_was_just_used() {
    let world = World::new().await;
    let deliver = DeliverMessages::new(&world.ports, Arc::new(world.senders(vec![world.email.clone()])));
    let texts = ManageTexts::new(&world.ports);
    let confirmed = name("client.appointment_confirmed", Channel::Email);
    let mut subjects = Vec::new();
    for (step, id) in ["a-1", "a-2", "a-3", "a-4"].into_iter().enumerate() {
        match step {
            1 => drop(texts.put(&platform(), &confirmed, email("Premier")).await.expect("saved")),
            2 => drop(texts.put(&platform(), &confirmed, email("Second")).await.expect("saved")),
            3 => texts.delete(&platform(), &confirmed).await.expect("deleted"),
            _ => {}
        }
        let mut data = appointment(30, "confirmed");
        data["appointment"]["id"] = id.into();
        world.publish("appointment.booked", data).await;
        world.drain_with(&deliver).await;
        let to_client = |to: &str| to == "camille@example.com";
        let sent = world.email.calls().into_iter().rfind(|one| to_client(one.to.address.expose()));
        subjects.push(sent.expect("an e-mail").subject);
    }
    assert!(subjects[0].contains("est confirmé"), "{subjects:?}");
    assert_eq!(subjects[1..3], ["Premier", "Second"], "no time has passed");
    assert_eq!(subjects[3], subjects[0]);
}

#[tokio::test]
async fn a_test_reaches_whom_it_is_sent_to_whoever_the_kind_is_for_and_whenever_its_sample_was() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(30, "confirmed")).await;
    world.drain().await;
    // Long after the times of the samples.
    world.clock.advance(TimeDelta::days(400));
    let texts = ManageTexts::new(&world.ports);
    let kinds: Vec<_> = world.ports.catalogue.kinds().into_iter().cloned().collect();
    let mut tried = 0;
    for kind in kinds.iter().filter(|kind| kind.name.as_str().starts_with("client.")) {
        for reader in ["helene", "ines", "camille"] {
            let is_offer = kind.purpose == Purpose::Marketing && reader == "camille";
            let name = name(kind.name.as_str(), Channel::Email);
            let report = texts.send_test(&platform(), &name, build::id(reader)).await.expect("sent");
            world.later(TimeDelta::minutes(1)).await;
            let record = world.record(report.id).await;
            let states: Vec<_> =
                record.messages.iter().map(|one| (one.message.status, one.message.reason)).collect();
            let expected =
                if is_offer { (Status::Suppressed, Some(Reason::NoConsent)) } else { (Status::Sent, None) };
            assert_eq!(states, [expected], "{} to {reader}", kind.name);
            tried += 1;
        }
    }
    assert!(tried >= 30, "{tried}");
}
