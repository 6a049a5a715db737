//! Tests of the matrix and of what decisions mean.

use std::collections::BTreeMap;

use crate::business::{Business, Settings};
use crate::category::Category;
use crate::channel::{Channel, Class, Purpose};
use crate::consent::{Holding, Topic};
use crate::kind::{Audience, ChannelRule, Condition, Kind};
use crate::person::{Actor, Person};
use crate::preference::{Cell, Origin, View};

fn rule(channel: Channel) -> ChannelRule {
    ChannelRule { channel, when: None, opt_in: false, calendar: None }
}

fn kind(name: &str, class: Class, channels: Vec<ChannelRule>) -> Kind {
    Kind {
        name: name.parse().unwrap(),
        description: String::new(),
        actor: Actor::EndClient,
        audience: Audience::Clients,
        class,
        purpose: Purpose::Service,
        triggers: vec![],
        reminder: name.contains("reminder").then(|| chrono::TimeDelta::hours(1)),
        channels,
    }
}

fn catalogue() -> Vec<Kind> {
    let late = ChannelRule { when: Some(Condition("soon".to_owned())), ..rule(Channel::Sms) };
    vec![
        kind(
            "client.appointment_cancelled",
            Class::Critical,
            vec![rule(Channel::Email), late, rule(Channel::InApp)],
        ),
        kind(
            "client.appointment_confirmed",
            Class::Immediate,
            vec![rule(Channel::Email), rule(Channel::InApp)],
        ),
        kind(
            "client.reminder_1h",
            Class::Scheduled,
            vec![rule(Channel::Sms), ChannelRule { opt_in: true, ..rule(Channel::Email) }],
        ),
        kind("client.payment_confirmed", Class::Immediate, vec![rule(Channel::Email)]),
        Kind {
            audience: Audience::Owners,
            ..kind("owner.payment_received", Class::Immediate, vec![rule(Channel::Sms)])
        },
    ]
}

fn person() -> Person {
    Person {
        id: "camille".parse().unwrap(),
        actor: Actor::EndClient,
        role: None,
        business: None,
        name: "Camille".to_owned(),
        email: crate::EmailAddress::parse("c@example.com").ok(),
        phone: crate::PhoneNumber::parse("+33612345678").ok(),
        locale: None,
        timezone: None,
        choices: crate::choices::Choices::default(),
    }
}

fn salon(settings: Settings) -> Business {
    Business { id: "salon".parse().unwrap(), name: "Salon".to_owned(), settings }
}

fn holds(topic: Topic, channel: Channel, allowed: bool) -> Holding {
    Holding { business: "salon".parse().ok(), topic, channel, allowed }
}

fn cell(settings: Settings, holding: &[Holding], category: Category, channel: Channel) -> Option<Cell> {
    let (kinds, person, business) = (catalogue(), person(), salon(settings));
    let kinds: Vec<&Kind> = kinds.iter().collect();
    let view = View { person: &person, business: Some(&business), kinds: &kinds, holding };
    view.matrix().cell(category, channel)
}

#[test]
fn a_cell_says_what_holds_and_who_says_so() {
    let off = |channel| {
        let mut settings = Settings::default();
        settings.channels.off.push(channel);
        settings
    };
    let mut payments_off = Settings::default();
    payments_off.channels.kinds = BTreeMap::from([("client.payment_confirmed".parse().unwrap(), vec![])]);
    let mut no_reminders = Settings::default();
    no_reminders.reminders.enabled = false;
    let no = |category, channel| vec![holds(Topic::Category(category), channel, false)];
    let (email, sms, reminders, payments) =
        (Channel::Email, Channel::Sms, Category::Reminders, Category::Payments);
    let is = |channel, allowed, changeable, origin| Some(Cell { channel, allowed, changeable, origin });
    let table = [
        (Settings::default(), vec![], reminders, sms, is(sms, true, true, Origin::Default)),
        (Settings::default(), vec![], reminders, email, is(email, true, true, Origin::Default)),
        (off(sms), vec![], reminders, sms, is(sms, false, false, Origin::Business)),
        (no_reminders, vec![], reminders, sms, is(sms, false, false, Origin::Business)),
        (payments_off, vec![], payments, email, is(email, false, false, Origin::Business)),
        (Settings::default(), no(payments, email), payments, email, is(email, false, true, Origin::Person)),
        (off(email), no(payments, email), payments, email, is(email, false, true, Origin::Person)),
        // No kind that a client hears of has this channel.
        (Settings::default(), vec![], payments, sms, None),
        (Settings::default(), vec![], Category::Platform, email, None),
    ];
    for (row, (settings, holding, category, channel, expected)) in table.into_iter().enumerate() {
        assert_eq!(cell(settings, &holding, category, channel), expected, "row {row}");
    }
}

#[test]
fn the_last_way_to_hear_of_something_critical_stays() {
    let appointments = Topic::Category(Category::Appointments);
    let no_email = vec![holds(appointments.clone(), Channel::Email, false)];
    let changeable = |holding: &[Holding], channel| {
        cell(Settings::default(), holding, Category::Appointments, channel).unwrap().changeable
    };
    assert!(changeable(&[], Channel::Email) && changeable(&[], Channel::InApp));
    // A text message comes only at short notice: it is no way to rely on, and can always be turned off.
    assert!(!changeable(&no_email, Channel::InApp) && changeable(&no_email, Channel::Sms));
    let (kinds, person, business) = (catalogue(), person(), salon(Settings::default()));
    let kinds: Vec<&Kind> = kinds.iter().collect();
    let view = View { person: &person, business: Some(&business), kinds: &kinds, holding: &no_email };
    let silent =
        view.with(&Topic::Kind("client.appointment_cancelled".parse().unwrap()), Channel::InApp, false);
    assert_eq!(
        view.silenced(&silent).map(ToString::to_string).as_deref(),
        Some("client.appointment_cancelled")
    );
    assert_eq!(view.silenced(&view.with(&appointments, Channel::Sms, false)), None);
    let nothing_before = View { holding: &silent, ..view };
    assert_eq!(nothing_before.silenced(&silent), None, "what nobody took away is not given back by force");
}

#[test]
fn marketing_is_off_until_the_person_agrees() {
    let (kinds, person, business) = (vec![], person(), salon(Settings::default()));
    let yes = [holds(Topic::Marketing, Channel::Email, true)];
    let marketing = |holding| {
        View { person: &person, business: Some(&business), kinds: &kinds, holding }.matrix().marketing
    };
    let off = Cell { channel: Channel::Email, allowed: false, changeable: true, origin: Origin::Default };
    assert_eq!(marketing(&[])[0], off);
    assert_eq!(marketing(&yes)[0], Cell { allowed: true, origin: Origin::Person, ..off });
    assert_eq!(marketing(&yes)[1], Cell { channel: Channel::Sms, ..off });
}
