//! What the platform tells its own administrators about a business: it leaves as the platform's, whatever the business chose.

use std::sync::Arc;

use carillon_application::notify::To;
use carillon_application::{Notify, NotifyRecipient, Policy};
use carillon_domain::business::DigestRule;
use carillon_domain::{Actor, Business, Channel, Person, Platform, Status};
use serde_json::json;

use crate::world::{World, appointment, platform};

/// A salon that wants nothing, has no money and speaks under a name of its own.
async fn reluctant_salon(world: &World) {
    let now = world.ports.clock.now();
    let admin =
        Person { actor: Actor::PlatformAdmin, business: None, ..carillon_testkit::build::client("admin") };
    world.ports.directory.put_person(&admin, now).await.expect("stored");
    world.publish("appointment.booked", appointment(200, "confirmed")).await;
    world.drain().await;
    let id = "salon".parse().expect("an id");
    let mut salon: Business = world.ports.directory.find_business(&id).await.expect("a look").expect("one");
    "Atelier Lumière".clone_into(&mut salon.name);
    salon.settings.channels.off = vec![Channel::Email, Channel::Sms, Channel::InApp];
    salon.settings.sms.monthly_budget = Some("0".parse().expect("a price"));
    salon.settings.sms.countries = vec!["BE".parse().expect("a country")];
    salon.settings.caps.person_per_hour = Some(1);
    salon.settings.caps.business_per_hour = Some(1);
    salon.settings.sender.name = Some("Hélène".to_owned());
    salon.settings.sender.reply_to = Some("helene@example.com".to_owned());
    let daily = DigestRule { every: carillon_domain::business::Every::Day, at: None };
    salon.settings.digests.insert("platform.quota_exceeded".parse().expect("a kind"), daily);
    world.ports.directory.put_business(&salon, now).await.expect("stored");
}

#[tokio::test]
async fn nothing_that_a_business_chose_holds_for_what_the_platform_tells_about_it() {
    let world = World::new().await;
    reluctant_salon(&world).await;
    let (emails, texts) = (world.email.calls().len(), world.sms.calls().len());
    let fraud = json!({"fraud": {"summary": "14 payments by one card"}});
    let quota = json!({"quota": {"name": "SMS", "limit": 500, "used": 512}});
    let failed = json!({"subscription": {"plan": "Pro"}});
    for (name, data) in
        [("fraud.detected", fraud), ("quota.exceeded", quota), ("subscription.payment_failed", failed)]
    {
        let report = world.publish(name, data).await;
        world.drain().await;
        for one in &report.notifications {
            for whole in world.record(one.id).await.messages {
                assert_eq!(whole.message.status, Status::Sent, "{name} by {}", whole.message.channel);
            }
        }
    }
    let mails = world.email.calls().split_off(emails);
    assert_eq!((mails.len(), world.sms.calls().len() - texts), (3, 1));
    for email in mails {
        assert_eq!((email.from.name.as_str(), email.reply_to.as_ref()), ("Carillon", None));
        assert!(email.text.contains("Atelier Lumière"), "the business is named: {}", email.text);
    }
    let spent = world.ports.costs.list_spent("2026-12").await.expect("a list");
    assert!(spent.iter().all(|one| one.spent == 0), "{spent:?}");
}

#[tokio::test]
async fn what_the_platform_asks_for_by_hand_about_a_business_is_its_own() {
    let world = World::new().await;
    reluctant_salon(&world).await;
    let notify = Notify {
        kind: "platform.fraud_detected".parse().expect("a kind"),
        business: Some("salon".parse().expect("an id")),
        to: To::Known("admin".parse().expect("an id")),
        data: serde_json::from_value(json!({"fraud": {"summary": "x"}})).expect("data"),
        channels: None,
        send_at: None,
        repeatable: None,
    };
    let report = NotifyRecipient::new(&world.ports).run(&platform(), notify).await.expect("accepted");
    let record = world.record(report.id).await;
    assert_eq!(record.notification.business, None);
    world.drain().await;
    for whole in world.record(report.id).await.messages {
        assert_eq!(whole.message.status, Status::Sent, "{}", whole.message.channel);
    }
}

#[tokio::test]
async fn a_platform_speaks_to_its_admins_in_its_own_name_language_and_zone() {
    let mut world = World::new().await;
    let own = Platform {
        name: "Bookwell".to_owned(),
        locale: "en-GB".parse().expect("a language"),
        timezone: chrono_tz::Asia::Tokyo,
    };
    let usual = (*world.ports.policy).clone();
    world.ports.policy = Arc::new(Policy { platform: own, ..usual });
    let admin = Person {
        actor: Actor::PlatformAdmin,
        business: None,
        locale: None,
        timezone: None,
        ..carillon_testkit::build::client("admin")
    };
    world.ports.directory.put_person(&admin, world.ports.clock.now()).await.expect("stored");
    let fraud = json!({"fraud": {"summary": "x", "detected_at": "2026-12-01T08:00:00Z"}});
    world.try_publish(&platform(), "fraud.detected", None, fraud).await.expect("accepted");
    world.drain().await;
    let email = world.email.calls().pop().expect("an e-mail");
    assert_eq!((email.from.name.as_str(), email.subject.as_str()), ("Bookwell", "Suspected fraud"));
    assert!(
        email.text.contains("17:00"),
        "by the clock of Tokyo, as British people write it: {}",
        email.text
    );
}
