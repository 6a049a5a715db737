//! What the service tells by itself: whom to call, how the day went, what comes tomorrow; and the calendar files that come with e-mails.

use carillon_application::alarm::RaiseAlarm;
use carillon_application::recipients::Recipients;
use carillon_application::{ManageAppointments, SendReports, TellWhomToCall};
use carillon_domain::alarm::Alarm;
use carillon_domain::business::Reports;
use carillon_domain::{Actor, Channel, Person, Reach, Settings, Status};
use carillon_ports::content::Content;
use carillon_testkit::build::{self, now};
use chrono::{DateTime, TimeDelta};
use serde_json::json;

use crate::world::{World, appointment, platform};

#[tokio::test]
async fn after_an_outage_the_owner_gets_one_list_of_whom_to_call() {
    let world = World::new().await;
    for (id, client, name) in [("a-1", "camille", "Camille Laurent"), ("a-2", "zoe", "Zoé Martin")] {
        let mut data = appointment(48, "confirmed");
        data["appointment"]["id"] = json!(id);
        data["client"] = json!({"id": client, "name": name, "email": format!("{client}@example.com"), "phone": "+33612345678"});
        world.publish("appointment.booked", data).await;
    }
    world.drain().await;
    world.later(TimeDelta::hours(43)).await;
    let tell = TellWhomToCall::new(&world.ports);
    assert_eq!(tell.run().await, Ok(0), "a list waits for more");
    world.clock.advance(TimeDelta::minutes(2));
    assert_eq!(tell.run().await, Ok(2));
    assert_eq!(tell.run().await, Ok(0), "once");
    world.drain().await;
    let calls = world.email.calls();
    let lists: Vec<_> = calls
        .iter()
        .filter(|email| email.text.contains("Zoé Martin") && email.text.contains("Camille Laurent"))
        .collect();
    assert_eq!(lists.len(), 1);
    assert_eq!(lists[0].to.address.expose(), "helene@example.com");
    assert!(lists[0].text.contains("33"), "with numbers to call: {}", lists[0].text);
}

#[tokio::test]
async fn nobody_is_to_be_called_about_what_was_called_off() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(48, "confirmed")).await;
    world.drain().await;
    world.later(TimeDelta::hours(43)).await;
    ManageAppointments::new(&world.ports)
        .cancel(&platform(), &build::id("a-1"), None)
        .await
        .expect("cancelled");
    let before = world.email.calls().len();
    world.clock.advance(TimeDelta::minutes(2));
    assert_eq!(TellWhomToCall::new(&world.ports).run().await, Ok(1), "it is noted");
    world.drain().await;
    assert_eq!(world.email.calls().len(), before);
}

#[tokio::test]
async fn an_erased_client_is_gone_from_the_lists_that_others_got() {
    let world = World::new().await;
    world.publish("appointment.booked", appointment(48, "confirmed")).await;
    world.drain().await;
    world.later(TimeDelta::hours(43)).await;
    world.clock.advance(TimeDelta::minutes(2));
    TellWhomToCall::new(&world.ports).run().await.expect("told");
    world.drain().await;
    let list = carillon_ports::history::Filter {
        kind: Some(build::id("owner.clients_to_call")),
        ..Default::default()
    };
    let page = carillon_ports::history::Page { after: None, limit: 10 };
    let found = world.ports.history.list_notifications(&list, &Reach::Platform, page).await.expect("a list");
    let told = || async {
        world
            .record(found[0].notification.id)
            .await
            .messages
            .into_iter()
            .filter_map(|one| one.content)
            .count()
    };
    assert!(told().await > 0);
    world.ports.directory.erase_person(&build::id("camille"), now()).await.expect("erased");
    assert_eq!(told().await, 0);
}

#[tokio::test]
async fn owners_hear_how_the_day_went_and_staff_what_comes_tomorrow() {
    let world = World::new().await;
    let reports =
        Reports { daily_at: Some("08:00".to_owned()), weekly_at: None, agenda_at: Some("18:00".to_owned()) };
    world.publish("appointment.booked", appointment(30, "confirmed")).await;
    let settings = Settings { reports, ..Settings::default() };
    world.put_settings(settings).await;
    world
        .publish(
            "payment.received",
            json!({
                "client": {"id": "camille"}, "payment": {"id": "p-1", "amount": 4500, "currency": "EUR"}
            }),
        )
        .await;
    world.drain().await;
    let send = SendReports::new(&world.ports);
    // It is nine in the morning in Paris: yesterday's report is due, and nothing happened.
    assert_eq!(send.run().await, Ok(0), "nobody reads a report of nothing");
    world.later(TimeDelta::hours(9)).await;
    assert_eq!(send.run().await, Ok(1), "the agenda of tomorrow");
    world.later(TimeDelta::minutes(1)).await;
    let agenda = world.email.calls().pop().expect("an agenda");
    assert_eq!(agenda.to.address.expose(), "ines@example.com");
    assert!(agenda.text.contains("Camille Laurent") && agenda.text.contains("15:00"), "{}", agenda.text);
    world.later(TimeDelta::hours(14)).await;
    assert_eq!(send.run().await, Ok(1), "the day after");
    assert_eq!(send.run().await, Ok(0), "once a day");
    world.later(TimeDelta::minutes(1)).await;
    let report = world
        .email
        .calls()
        .into_iter()
        .rev()
        .filter(|email| email.to.address.expose() == "helene@example.com");
    let report = report.into_iter().next().expect("a report");
    assert!(report.text.contains("45,00"), "what was paid: {}", report.text);
}

fn repaired(missing: u64) -> Alarm {
    Alarm::RemindersRepaired { missing, surplus: 0, moved: 0 }
}

#[tokio::test]
async fn an_alarm_reaches_every_admin_once_an_hour_however_often_it_is_raised() {
    let world = World::new().await;
    let admin = Person { actor: Actor::PlatformAdmin, business: None, ..build::client("ada") };
    Recipients::new(&world.ports).put(&platform(), admin).await.expect("stored");
    let alarm = RaiseAlarm::new(&world.ports);
    for _ in 0..3 {
        alarm.raise(&repaired(3)).await.expect("raised");
    }
    world.drain().await;
    assert_eq!((world.email.calls().len(), world.sms.calls().len()), (1, 0));
    let text = &world.email.calls()[0].text;
    assert!(text.contains("3 en moins"), "in the language of the platform: {text}");
    world.clock.advance(TimeDelta::hours(1));
    alarm.raise(&repaired(2)).await.expect("raised");
    world.drain().await;
    assert_eq!(world.email.calls().len(), 2);
}

/// The value of a property of a calendar file.
fn property(file: &[u8], name: &str) -> String {
    let text = String::from_utf8(file.to_vec()).expect("UTF-8").replace("\r\n ", "");
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.rsplit_once(':').map(|(_, value)| value.to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn booking_moving_and_cancelling_are_one_entry_in_the_clients_calendar() {
    let world = World::new().await;
    let mut entries = Vec::new();
    for (event, hours, status) in [
        ("appointment.booked", 48, "confirmed"),
        ("appointment.rescheduled", 50, "confirmed"),
        ("appointment.rescheduled", 52, "confirmed"),
        ("appointment.cancelled", 52, "cancelled"),
    ] {
        let mut data = appointment(hours, status);
        if event == "appointment.cancelled" {
            data["cancelled_by"] = json!("business");
        }
        world.clock.advance(TimeDelta::minutes(1));
        world.publish(event, data).await;
        world.drain().await;
        let calls = world.email.calls();
        let with_file: Vec<_> = calls.iter().filter(|email| !email.attachments.is_empty()).collect();
        let last = with_file.last().expect("an e-mail with a calendar file");
        assert_eq!(last.to.address.expose(), "camille@example.com");
        let file = &last.attachments[0].bytes;
        let starts: DateTime<chrono::Utc> = now() + TimeDelta::hours(hours);
        let local = starts.with_timezone(&chrono_tz::Europe::Paris).format("%Y%m%dT%H%M%S").to_string();
        assert_eq!(property(file, "DTSTART;"), local);
        entries.push((property(file, "METHOD"), property(file, "SEQUENCE"), property(file, "UID")));
    }
    let said: Vec<(&str, &str)> =
        entries.iter().map(|(method, sequence, _)| (method.as_str(), sequence.as_str())).collect();
    assert_eq!(said, [("REQUEST", "0"), ("REQUEST", "1"), ("REQUEST", "2"), ("CANCEL", "3")]);
    assert!(entries.iter().all(|(_, _, uid)| *uid == entries[0].2 && uid.contains('@')), "{entries:?}");
}

#[tokio::test]
async fn a_practitioner_hears_of_a_cancellation_whoever_cancels() {
    for (cancelled_by, title, body) in [
        ("client", "Rendez-vous annulé par Camille Laurent", "ce créneau est de nouveau libre"),
        ("business", "Rendez-vous annulé", "l’établissement a annulé ce rendez-vous"),
    ] {
        let world = World::new().await;
        world.publish("appointment.booked", appointment(5, "confirmed")).await;
        world.drain().await;
        let mut data = appointment(5, "cancelled");
        data["cancelled_by"] = json!(cancelled_by);
        data["practitioner"]["phone"] = json!("+33698765432");
        let report = world.publish("appointment.cancelled", data).await;
        world.drain().await;
        let states = world.states(&report, "staff.appointment_cancelled").await;
        assert_eq!(states, [(Channel::InApp, Status::Sent, None), (Channel::Sms, Status::Sent, None)]);
        let ines = "ines".parse().expect("an id");
        let items = world.ports.inbox.list_inbox(&ines, None, 1).await.expect("items");
        let Content::InApp { title: written, body: text, .. } = &items[0].content else { panic!("an item") };
        assert!(written == title && text.contains(body), "{written}: {text}");
        let text =
            world.sms.calls().into_iter().find(|sms| sms.to.expose() == "+33698765432").expect("a text");
        assert_eq!(
            text.text.contains("est annulé par l'établissement"),
            cancelled_by == "business",
            "{}",
            text.text
        );
        let owner = world.states(&report, "owner.appointment_cancelled").await;
        assert_eq!(
            owner.is_empty(),
            cancelled_by == "business",
            "an owner need not hear of what the business did"
        );
    }
}
