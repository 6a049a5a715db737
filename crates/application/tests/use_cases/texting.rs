//! Text messages that people send back.

use carillon_application::recipients::{Decision, Recipients};
use carillon_application::{AnswerTexts, ManageAppointments, PassOnTexts};
use carillon_domain::appointment::AppointmentStatus;
use carillon_domain::{Actor, Channel, Person, PhoneNumber, Reach, Role};
use carillon_ports::operations::AuditFilter;
use carillon_ports::receipts::{InboundSms, OptOut};
use carillon_ports::texting::TextName;
use carillon_testkit::build;
use chrono::TimeDelta;
use serde_json::json;

use crate::world::{World, appointment, cancellation_of, platform};

const NUMBER: &str = "+33612345678";

fn name(sid: &str) -> TextName {
    TextName { provider: "test".to_owned(), provider_id: sid.to_owned() }
}

impl World {
    /// Keeps a text of the client's number.
    async fn keep(&self, sid: &str, text: &str, opt_out: Option<OptOut>) {
        let sms = InboundSms {
            provider: "test",
            provider_id: sid.to_owned(),
            from: NUMBER.to_owned(),
            sender: PhoneNumber::parse(NUMBER).ok(),
            text: text.to_owned(),
            opt_out,
            at: self.ports.clock.now(),
        };
        self.ports.receipts.keep_inbound(vec![sms]).await.expect("kept");
    }

    /// A text comes in; answers what its sender is told.
    async fn text(&self, sid: &str, text: &str) -> String {
        self.text_as(sid, text, None).await
    }

    async fn text_as(&self, sid: &str, text: &str, opt_out: Option<OptOut>) -> String {
        self.keep(sid, text, opt_out).await;
        let answer = AnswerTexts::new(&self.ports).answer(&name(sid)).await.expect("settled");
        PassOnTexts::new(&self.ports).run().await.expect("passed on");
        answer.unwrap_or_default()
    }

    /// The client is told of an appointment by SMS, that many hours ahead.
    async fn told_of(&self, id: &str, hours: i64, status: &str) {
        let before = self.sms.calls().len();
        self.tell_of(id, hours, status, "salon").await;
        assert_eq!(self.sms.calls().len(), before + 1, "told by SMS");
    }

    async fn tell_of(&self, id: &str, hours: i64, status: &str, business: &str) {
        let mut data = appointment(hours, status);
        data["appointment"]["id"] = json!(id);
        if business != "salon" {
            for part in ["practitioner", "owner"] {
                data.as_object_mut().expect("a map").remove(part);
            }
        }
        let event = "appointment.rescheduled";
        self.try_publish(&platform(), event, Some(business), data).await.expect("accepted");
        self.drain().await;
    }

    async fn status_of(&self, id: &str) -> AppointmentStatus {
        let shown = ManageAppointments::new(&self.ports).show(&platform(), &build::id(id), None).await;
        shown.expect("an appointment").booked.booking.appointment.status
    }

    async fn audited(&self, action: &str) -> usize {
        let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
        self.ports.operations.list_audit(&filter, &Reach::Platform, None, 100).await.expect("a trail").len()
    }

    async fn with_support(&self) {
        let support = Person {
            actor: Actor::BusinessUser,
            role: Some(Role::Support),
            email: carillon_domain::EmailAddress::parse("support@example.com").ok(),
            phone: None,
            ..build::client("support")
        };
        self.ports.directory.put_person(&support, self.ports.clock.now()).await.expect("a colleague");
    }

    /// E-mails to somebody that hold some words.
    async fn emails(&self, to: &str, words: &str) -> usize {
        self.drain().await;
        let calls = self.email.calls();
        calls.iter().filter(|one| one.to.address.expose() == to && one.text.contains(words)).count()
    }
}

#[tokio::test]
async fn oui_confirms_a_requested_appointment_once_however_often_it_comes() {
    let world = World::new().await;
    world.told_of("a-1", 5, "requested").await;
    let answer = world.text("SM1", "Oui, merci !").await;
    assert_eq!(answer, "salon : merci, votre rendez-vous du mar. 01/12 à 14:00 est confirmé.");
    assert_eq!(world.status_of("a-1").await, AppointmentStatus::Confirmed);
    assert_eq!(world.audited("appointment.confirmed_by_text").await, 1);
    assert_eq!(world.text("SM1", "Oui, merci !").await, answer, "the same text gets the same answer");
    assert_eq!(world.audited("appointment.confirmed_by_text").await, 1);
    assert_eq!(world.emails("camille@example.com", "C’est noté, nous vous attendons").await, 1);
    let again = world.text("SM2", "ok").await;
    assert!(again.contains("était déjà confirmé"), "{again}");
    assert_eq!(world.audited("appointment.confirmed_again_by_text").await, 1);
    assert_eq!(world.emails("camille@example.com", "C’est noté, nous vous attendons").await, 1);
}

#[tokio::test]
async fn many_who_settle_the_same_text_at_once_do_it_once_and_say_the_same() {
    let world = World::new().await;
    world.told_of("a-1", 5, "requested").await;
    world.keep("SM1", "oui", None).await;
    let calls = (0..6).map(|_| {
        let answer = AnswerTexts::new(&world.ports);
        tokio::spawn(async move { answer.answer(&name("SM1")).await.expect("settled") })
    });
    let mut answers = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        answers.push(call.await.expect("no panic").expect("an answer"));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(world.audited("appointment.confirmed_by_text").await, 1);
}

#[tokio::test]
async fn reactions_emoji_and_empty_texts_are_kept_and_nothing_is_done_or_told() {
    let world = World::new().await;
    world.with_support().await;
    world.told_of("a-1", 5, "requested").await;
    let reactions = [
        "Liked “Votre rendez-vous du mar. 1 déc.”",
        "A aimé « … répondez OUI ou NON … »",
        "👍",
        "😀 🎉",
        "",
        "\u{fffc}",
        "Loved “Répondez OUI”",
        "Emphasized “STOP pour ne plus en recevoir”",
        "A réagi avec ❤️ à « Répondez NON »",
        "A réagi avec ❤️ à",
        "a attribué la mention « Adore » à « Répondez OUI »",
        "👍🏽",
        "Le gustó “Répondez OUI”",
        "Gefällt „Répondez NON“",
    ];
    for (number, text) in reactions.into_iter().enumerate() {
        let sid = format!("SM{number}");
        assert_eq!(world.text(&sid, text).await, "", "{text:?} gets no paid answer");
        let kept = world.ports.texts.find_text(&name(&sid)).await.expect("a store").expect("kept");
        assert_eq!(kept.text, text);
        assert!(kept.settled.expect("settled").answer.is_none());
    }
    assert_eq!(world.status_of("a-1").await, AppointmentStatus::Requested);
    world.drain().await;
    let to_support =
        world.email.calls().iter().filter(|one| one.to.address.expose() == "support@example.com").count();
    assert_eq!(to_support, 0, "no question to support");
    assert!(world.text("SM99", "oui").await.contains("confirmé"), "a word still counts");
}

#[tokio::test]
async fn non_asks_the_business_to_cancel_and_cancels_nothing() {
    let world = World::new().await;
    world.told_of("a-1", 5, "confirmed").await;
    let answer = world.text("SM1", "Non, je ne pourrai pas venir").await;
    assert!(answer.contains("demande d'annulation") && answer.contains("14:00"), "{answer}");
    assert_eq!(world.status_of("a-1").await, AppointmentStatus::Confirmed);
    assert_eq!(
        world.emails("ines@example.com", "je ne pourrai pas venir").await,
        1,
        "without support staff it is the practitioner who reads it"
    );
    world.with_support().await;
    world.clock.advance(TimeDelta::minutes(2));
    world.text("SM2", "annuler").await;
    assert_eq!(world.emails("support@example.com", "Camille").await, 1);
    assert_eq!(world.emails("ines@example.com", "annuler").await, 0);
}

#[tokio::test]
async fn of_several_appointments_the_client_is_asked_which_and_picks_one_by_number() {
    let world = World::new().await;
    world.told_of("a-1", 8, "requested").await;
    world.told_of("a-2", 5, "requested").await;
    let asked = world.text("SM1", "OUI").await;
    assert_eq!(
        asked,
        "salon : quel rendez-vous ? Répondez OUI 1 pour le mar. 01/12 à 14:00 ou OUI 2 pour le mar. 01/12 à 17:00."
    );
    assert_eq!(world.status_of("a-1").await, AppointmentStatus::Requested);
    // One more comes between question and answer: the numbers mean what they meant.
    world.told_of("a-0", 3, "requested").await;
    let answer = world.text("SM2", "oui 2").await;
    assert!(answer.contains("17:00 est confirmé"), "{answer}");
    let answer = world.text("SM3", "1").await;
    assert!(answer.contains("14:00 est confirmé"), "{answer}");
    let stands = [world.status_of("a-1").await, world.status_of("a-2").await, world.status_of("a-0").await];
    let expected = [AppointmentStatus::Confirmed, AppointmentStatus::Confirmed, AppointmentStatus::Requested];
    assert_eq!(stands, expected);
}

#[tokio::test]
async fn a_yes_to_a_time_that_was_changed_meanwhile_is_asked_again() {
    let world = World::new().await;
    world.told_of("a-1", 5, "requested").await;
    // By e-mail alone: it is more than a day ahead.
    world.tell_of("a-1", 50, "requested", "salon").await;
    let asked = world.text("SM1", "oui").await;
    assert_eq!(asked, "salon : quel rendez-vous ? Répondez OUI 1 pour le jeu. 03/12 à 11:00.");
    assert_eq!(world.status_of("a-1").await, AppointmentStatus::Requested);
    let answer = world.text("SM2", "oui").await;
    assert!(answer.contains("03/12 à 11:00 est confirmé"), "{answer}");
}

/// Why a cancellation does not leave by SMS for a business; `None` when it does.
async fn kept_back(world: &World, business: &str) -> Option<carillon_domain::Reason> {
    let mut data = cancellation_of(&format!("c-{}", world.ports.ids.event(world.ports.clock.now()).0));
    if business != "salon" {
        for part in ["practitioner", "owner"] {
            data.as_object_mut().expect("a map").remove(part);
        }
    }
    let report = world
        .try_publish(&platform(), "appointment.cancelled", Some(business), data)
        .await
        .expect("accepted");
    let of_clients = report.notifications.iter().filter(|one| one.kind.as_str().starts_with("client."));
    let messages = of_clients.flat_map(|one| &one.messages);
    messages.filter(|one| one.channel == Channel::Sms).find_map(|one| one.reason)
}

#[tokio::test]
async fn stop_holds_for_the_business_that_wrote_last_until_start() {
    let world = World::new().await;
    world.tell_of("b-1", 6, "confirmed", "other").await;
    world.told_of("a-1", 5, "confirmed").await;
    let consent = |granted| Decision {
        business: Some(build::id("salon")),
        channel: Channel::Sms,
        granted,
        source: "booking_form".to_owned(),
        ip: None,
        wording: None,
    };
    let recipients = Recipients::new(&world.ports);
    recipients.decide(&platform(), &build::id("camille"), consent(true)).await.expect("agreed");
    let answer = world.text("SM1", "Arrêt").await;
    assert_eq!(
        answer,
        "salon : c'est noté, vous ne recevrez plus de SMS. Pour en recevoir à nouveau : START."
    );
    assert_eq!(world.text("SM2", "STOP").await, "", "one answer");
    assert_eq!(kept_back(&world, "salon").await, Some(carillon_domain::Reason::AddressSuppressed));
    assert_eq!(kept_back(&world, "other").await, None);
    let last = async || {
        let decisions = world.ports.directory.list_consents(&build::id("camille")).await.expect("decisions");
        decisions.last().map(|one| (one.consent.granted, one.consent.source.clone())).expect("one")
    };
    assert_eq!(last().await, (false, "sms_stop".to_owned()));
    assert!(world.text("SM3", "start").await.contains("à nouveau"));
    assert_eq!(last().await, (true, "sms_start".to_owned()));
    assert_eq!(kept_back(&world, "salon").await, None);
    assert_eq!((world.audited("sms.stopped").await, world.audited("sms.started").await), (2, 1));
}

#[tokio::test]
async fn stop_of_a_number_that_no_business_wrote_to_holds_for_all() {
    let world = World::new().await;
    let known = build::client("camille");
    world.ports.directory.put_person(&known, world.ports.clock.now()).await.expect("a person");
    let answer = world.text("SM1", "STOP").await;
    assert_eq!(answer, "C'est noté, vous ne recevrez plus de SMS. Pour en recevoir à nouveau : START.");
    for business in ["salon", "other"] {
        assert_eq!(kept_back(&world, business).await, Some(carillon_domain::Reason::AddressSuppressed));
    }
    world.text("SM2", "START").await;
    assert_eq!(kept_back(&world, "salon").await, None);
}

#[tokio::test]
async fn after_ninety_days_nobody_knows_any_more_whom_a_text_answers() {
    let world = World::new().await;
    world.told_of("a-1", 5, "confirmed").await;
    world.clock.advance(TimeDelta::days(91));
    assert!(!world.text("SM1", "STOP").await.contains("salon"));
}

#[tokio::test]
async fn what_the_provider_has_answered_is_not_answered_again() {
    let world = World::new().await;
    world.told_of("a-1", 5, "requested").await;
    assert_eq!(world.text_as("SM1", "AIDE", Some(OptOut::Help)).await, "");
    assert_eq!(world.text_as("SM2", "STOP", Some(OptOut::Stop)).await, "");
    assert_eq!(kept_back(&world, "other").await, Some(carillon_domain::Reason::AddressSuppressed));
    // Twilio takes a YES for a START; it is one to our question too.
    assert_eq!(world.text_as("SM3", "YES", Some(OptOut::Start)).await, "");
    assert_eq!(world.status_of("a-1").await, AppointmentStatus::Confirmed);
    assert_eq!(kept_back(&world, "other").await, None);
}

#[tokio::test]
async fn aide_says_who_writes_and_what_is_unclear_is_asked_back() {
    let world = World::new().await;
    world.told_of("a-1", 5, "confirmed").await;
    assert_eq!(
        world.text("SM1", "Aide").await,
        "salon : ce numéro envoie des SMS sur vos rendez-vous. Pour ne plus en recevoir : STOP."
    );
    let asked = world.text("SM2", "oui non").await;
    assert!(asked.contains("pas compris") && asked.contains("OUI pour confirmer"), "{asked}");
    assert_eq!(world.status_of("a-1").await, AppointmentStatus::Confirmed);
    let asked = world.text("SM3", "Oui mais je serai en retard").await;
    assert!(asked.contains("pas compris"), "{asked}");
    assert_eq!(world.emails("ines@example.com", "je serai en retard").await, 1, "staff read it too");
    assert_eq!(world.emails("ines@example.com", "oui non").await, 0);
}

#[tokio::test]
async fn anything_else_is_for_staff_at_most_once_a_minute() {
    let world = World::new().await;
    world.told_of("a-1", 5, "confirmed").await;
    assert_eq!(world.text("SM1", "Puis-je venir avec ma fille ?").await, "");
    assert_eq!(world.emails("ines@example.com", "avec ma fille").await, 1);
    world.clock.advance(TimeDelta::seconds(10));
    world.text("SM2", "Elle a six ans").await;
    world.text("SM3", "Et un chien").await;
    assert_eq!(world.emails("ines@example.com", "six ans").await, 0, "not yet");
    world.clock.advance(TimeDelta::seconds(50));
    let pass_on = PassOnTexts::new(&world.ports);
    assert_eq!(pass_on.run().await, Ok(2), "together");
    assert_eq!(pass_on.run().await, Ok(0), "once");
    assert_eq!(world.emails("ines@example.com", "six ans").await, 1);
    assert_eq!(world.emails("ines@example.com", "chien").await, 1);
    world.with_support().await;
    world.clock.advance(TimeDelta::minutes(2));
    world.text("SM4", "Quel est le prix ?").await;
    assert_eq!(world.emails("support@example.com", "Quel est le prix").await, 1);
}

#[tokio::test]
async fn what_was_kept_by_somebody_who_died_is_settled_by_others() {
    let world = World::new().await;
    world.told_of("a-1", 5, "requested").await;
    world.keep("SM1", "oui", None).await;
    let answer = AnswerTexts::new(&world.ports);
    assert_eq!(answer.catch_up().await, Ok(0), "whoever kept it may be at it");
    world.clock.advance(TimeDelta::seconds(11));
    assert_eq!(answer.catch_up().await, Ok(1));
    assert_eq!(answer.catch_up().await, Ok(0));
    assert_eq!(world.status_of("a-1").await, AppointmentStatus::Confirmed);
    assert!(world.text("SM1", "oui").await.contains("est confirmé"), "should it come again after all");
}

#[tokio::test]
async fn two_machines_that_answer_each_other_come_to_an_end() {
    let world = World::new().await;
    world.told_of("a-1", 5, "confirmed").await;
    let mut answered = 0;
    for number in 0..12 {
        let answer = world.text(&format!("SM{number}"), "Oui mais plus tard").await;
        answered += usize::from(!answer.is_empty());
    }
    assert_eq!(answered, 5);
    world.clock.advance(TimeDelta::minutes(11));
    assert!(!world.text("SM99", "oui").await.is_empty());
}

#[tokio::test]
async fn a_client_who_was_erased_meanwhile_is_a_stranger() {
    let world = World::new().await;
    world.told_of("a-1", 5, "requested").await;
    Recipients::new(&world.ports).erase(&platform(), &build::id("camille")).await.expect("erased");
    assert_eq!(world.text("SM1", "oui").await, "");
    assert_eq!(world.status_of("a-1").await, AppointmentStatus::Requested);
}
