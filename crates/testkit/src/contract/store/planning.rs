//! Appointments and the reminders planned for them.

use carillon_domain::ids::{AppointmentId, BusinessId, PersonId};
use carillon_domain::replan::Move;
use carillon_domain::{Appointment, Channel, Message, Reach, Reason, Settings, Status};
use carillon_ports::StoreError;
use carillon_ports::appointments::{Ahead, Booked, Replanning, Told};
use carillon_ports::store::Acceptance;
use chrono::TimeDelta;

use super::Stores;
use crate::build::{Accepting, appointment, booking, business, id, now};

const PAGE: u32 = 100;

fn ahead() -> Ahead {
    Ahead { business: None, from: now(), to: None, unplanned: false }
}

/// The booking with one reminder of it, due tomorrow.
fn booked(stores: &Stores, name: &str) -> Acceptance {
    Accepting::event(&*stores.ids)
        .message(Channel::Email, now() + TimeDelta::hours(20))
        .fenced_by(booking(appointment(name), 1))
        .done()
}

async fn find(stores: &Stores, name: &str) -> Booked {
    let (business, name): (BusinessId, AppointmentId) = (id("salon"), id(name));
    let found = stores.appointments.find_appointment(&business, &name).await.expect("a look");
    found.expect("an appointment")
}

/// A change of plans that one more reminder comes of.
fn replanning(stores: &Stores, name: &str, revision: i64) -> Replanning {
    let made = booked(stores, name);
    Replanning {
        known: None,
        event: made.event,
        business: None,
        bookings: vec![(id(name), revision)],
        notifications: made.notifications,
        messages: made.messages,
        vanish: vec![],
        moved: vec![],
    }
}

/// Every field survives, and so do the local time and the zone.
pub async fn an_appointment_is_read_back_as_agreed(stores: Stores) {
    let whole = Appointment {
        ends_at: Some(now() + TimeDelta::hours(25)),
        timezone: Some(chrono_tz::Europe::Paris),
        location: Some("12 rue des Lilas".to_owned()),
        practitioner: Some(id("ines")),
        clients: vec![id("camille"), id("zoe")],
        url: Some("https://salon.example/a/1".to_owned()),
        ..appointment("a-1")
    };
    let booking = booking(whole, 1);
    stores.accept(Accepting::event(&*stores.ids).fenced_by(booking.clone()).done()).await;
    assert_eq!(find(&stores, "a-1").await.booking, booking);
    let named = stores.appointments.list_named(&id("a-1"), &Reach::Business(id("other"))).await;
    assert!(named.expect("a list").is_empty(), "nobody sees what belongs to another");
}

/// An event that announces this revision of `a-1` to `camille`; suppressed where a reason is given.
fn announced(stores: &Stores, revision: i64, withheld: Option<Reason>) -> Acceptance {
    Accepting::event(&*stores.ids)
        .message(Channel::Email, now())
        .fenced_by(booking(appointment("a-1"), revision))
        .with(|acceptance| {
            for fence in acceptance.notifications.iter_mut().filter_map(|one| one.fence.as_mut()) {
                fence.rule = None;
            }
            if let Some(reason) = withheld {
                acceptance.messages =
                    acceptance.messages.iter().map(|one| one.clone().suppressed(reason)).collect();
            }
        })
        .done()
}

/// Each recipient comes with the newest revision that an event told them of; reminders, and what was not sent, do not count.
pub async fn the_newest_announced_revision_of_each_recipient_is_known(stores: Stores) {
    let telling = announced(&stores, 1, None);
    let first = telling.event.id;
    stores.accept(telling).await;
    stores.accept(announced(&stores, 2, Some(Reason::Silent))).await;
    let reminder = Accepting::event(&*stores.ids)
        .message(Channel::Sms, now())
        .fenced_by(booking(appointment("a-1"), 3))
        .done();
    stores.accept(reminder).await;
    let told = stores.appointments.list_told(&id("salon"), &id("a-1")).await.expect("a list");
    let one = |told: &std::collections::HashMap<PersonId, Told>| {
        assert_eq!(told.len(), 1, "{told:?}");
        told.get(&id::<PersonId>("camille")).cloned().expect("camille was told")
    };
    assert_eq!((one(&told).revision, one(&told).event), (1, first));

    stores.accept(announced(&stores, 4, Some(Reason::Unchanged))).await;
    let told = stores.appointments.list_told(&id("salon"), &id("a-1")).await.expect("a list");
    assert_eq!((one(&told).revision, one(&told).event), (4, first), "told by the first, and it still holds");
    let other = stores.appointments.list_told(&id("other"), &id("a-1")).await.expect("a list");
    assert!(other.is_empty(), "of another business");
}

/// Two changes worked out from the same revision: one is committed, the other hears of it and writes nothing.
pub async fn a_change_that_was_overtaken_writes_nothing(stores: Stores) {
    stores.accept(booked(&stores, "a-1")).await;
    for stale in [1, 3] {
        let change = Accepting::event(&*stores.ids)
            .message(Channel::Sms, now())
            .fenced_by(booking(appointment("a-1"), stale))
            .done();
        let of_it = change.notifications[0].id;
        assert_eq!(stores.store.append(change).await, Err(StoreError::Overtaken), "revision {stale}");
        let found = stores.history.find_notification(of_it, &Reach::Platform).await.expect("a look");
        assert!(found.is_none());
    }
}

/// An older timing's reminders are not among them.
pub async fn reminders_come_with_their_appointment(stores: Stores) {
    stores.accept(booked(&stores, "a-1")).await;
    let reminders = find(&stores, "a-1").await.reminders;
    let [only] = reminders.as_slice() else { panic!("{reminders:?}") };
    assert_eq!(
        (only.key.rule.as_str(), only.key.channel, only.status),
        ("24h", Channel::Email, Status::Scheduled)
    );
    let moved = Accepting::event(&*stores.ids).fenced_by(booking(appointment("a-1"), 2)).done();
    stores.accept(moved).await;
    assert_eq!(find(&stores, "a-1").await.reminders, []);
    let still = stores.appointments.list_reminders(&[only.message]).await.expect("a list");
    assert_eq!((still[0].status, still[0].reason), (Status::Cancelled, Some(Reason::Superseded)));
}

/// By start, page by page; and those without reminders can be found by themselves.
pub async fn what_lies_ahead_is_found_by_start(stores: Stores) {
    for (index, name) in ["a-3", "a-1", "a-2", "a-4"].iter().enumerate() {
        let starts_at = now() + TimeDelta::hours(30 - i64::try_from(index).unwrap_or_default());
        let booking = booking(Appointment { starts_at, ..appointment(name) }, 1);
        stores.accept(Accepting::event(&*stores.ids).fenced_by(booking).done()).await;
    }
    stores.accept(booked(&stores, "a-0")).await;
    let names = |page: &[Booked]| -> Vec<String> {
        page.iter().map(|one| one.booking.appointment.id.to_string()).collect()
    };
    let first = stores.appointments.list_ahead(&ahead(), None, 3).await.expect("a page");
    assert_eq!(names(&first), ["a-0", "a-4", "a-2"]);
    let last = &first[2].booking.appointment;
    let cursor = (last.starts_at, last.business.clone(), last.id.clone());
    let second = stores.appointments.list_ahead(&ahead(), Some(&cursor), 3).await.expect("a page");
    assert_eq!(names(&second), ["a-1", "a-3"]);
    let unplanned = Ahead { unplanned: true, to: Some(now() + TimeDelta::hours(28)), ..ahead() };
    let found = stores.appointments.list_ahead(&unplanned, None, PAGE).await.expect("a page");
    assert_eq!(names(&found), ["a-4", "a-2"]);
}

/// Settings, what vanishes, what moves and what appears are one commit.
pub async fn a_change_of_plans_is_committed_whole(stores: Stores) {
    stores.accept(booked(&stores, "a-1")).await;
    stores.accept(booked(&stores, "a-2")).await;
    let (gone, moved) =
        (find(&stores, "a-1").await.reminders.remove(0), find(&stores, "a-2").await.reminders.remove(0));
    let mut change = replanning(&stores, "a-3", 1);
    change.bookings = vec![(id("a-1"), 1), (id("a-2"), 1)];
    change.vanish = vec![gone.message];
    let due_at = now() + TimeDelta::hours(10);
    let useful_until = due_at + TimeDelta::hours(1);
    change.moved =
        vec![Move { message: moved.message, key: moved.key, from: moved.due_at, due_at, useful_until }];
    let settings = Settings { timezone: chrono_tz::UTC, ..Settings::default() };
    change.business = Some(carillon_domain::Business { settings, ..business("salon") });
    assert_eq!(stores.appointments.replan(change.clone()).await, Ok(true));
    let now_gone = find(&stores, "a-1").await.reminders.remove(0);
    assert_eq!((now_gone.status, now_gone.reason), (Status::Cancelled, Some(Reason::RuleChanged)));
    let now_moved = find(&stores, "a-2").await.reminders.remove(0);
    assert_eq!((now_moved.due_at, now_moved.useful_until), (due_at, Some(useful_until)));
    let known = stores.directory.find_business(&id("salon")).await.expect("a look").expect("a business");
    assert_eq!(known.settings.timezone, chrono_tz::UTC);
}

/// Settings that were changed meanwhile are never overwritten by what was worked out from older ones.
pub async fn a_change_of_plans_from_settings_that_have_changed_writes_nothing(stores: Stores) {
    stores.accept(booked(&stores, "a-1")).await;
    let known = stores.directory.find_business(&id("salon")).await.expect("a look").expect("a business");
    let zoned = |timezone| Settings { timezone, ..Settings::default() };
    let mut change = replanning(&stores, "a-1", 1);
    (change.bookings, change.notifications, change.messages) = (Vec::new(), Vec::new(), Vec::new());
    change.business = Some(carillon_domain::Business { settings: zoned(chrono_tz::UTC), ..known.clone() });
    change.known = Some(known.clone());
    assert_eq!(stores.appointments.replan(change.clone()).await, Ok(true));
    change.business =
        Some(carillon_domain::Business { settings: zoned(chrono_tz::Europe::London), ..known.clone() });
    assert_eq!(stores.appointments.replan(change).await, Ok(false));
    let found = stores.directory.find_business(&id("salon")).await.expect("a look").expect("a business");
    assert_eq!(found.settings.timezone, chrono_tz::UTC);
}

/// One appointment that was changed meanwhile holds all of it back.
pub async fn a_change_of_plans_that_was_overtaken_writes_nothing(stores: Stores) {
    stores.accept(booked(&stores, "a-1")).await;
    stores.accept(booked(&stores, "a-2")).await;
    let mut change = replanning(&stores, "a-1", 2);
    change.bookings.push((id("a-2"), 1));
    change.vanish = vec![find(&stores, "a-2").await.reminders[0].message];
    assert_eq!(stores.appointments.replan(change).await, Ok(false));
    assert_eq!(find(&stores, "a-2").await.reminders[0].status, Status::Scheduled);
}

/// Several planners find the same one missing.
pub async fn a_reminder_is_planned_once_however_many_plan_it(stores: Stores) {
    let bare = Accepting::event(&*stores.ids).fenced_by(booking(appointment("a-1"), 1)).done();
    stores.accept(bare).await;
    let plans = (0..8).map(|_| {
        let (stores, change) = (stores.clone(), replanning(&stores, "a-1", 1));
        tokio::spawn(async move { stores.appointments.replan(change).await })
    });
    let mut planned = 0;
    for plan in plans.collect::<Vec<_>>() {
        planned += usize::from(plan.await.expect("no panic").expect("an answer"));
    }
    assert_eq!((planned, find(&stores, "a-1").await.reminders.len()), (1, 1));
}

/// What came too late is told once, with the appointment as long as it holds.
pub async fn what_came_too_late_is_told_once(stores: Stores) {
    let mut made = booked(&stores, "a-1");
    made.messages = made
        .messages
        .into_iter()
        .map(|message| Message { status: Status::Expired, reason: Some(Reason::TooLate), ..message })
        .collect();
    stores.accept(made).await;
    let before = now() + TimeDelta::minutes(1);
    let missed = stores.appointments.list_missed(before, PAGE).await.expect("a list");
    assert_eq!((missed.len(), missed[0].person.as_str()), (1, "camille"));
    assert!(missed[0].booking.is_some());
    let tells = |stores: &Stores| {
        Accepting::event(&*stores.ids).with(|acceptance| acceptance.tells_of = vec![missed[0].message]).done()
    };
    stores.accept(tells(&stores)).await;
    assert_eq!(stores.appointments.list_missed(before, PAGE).await.expect("a list"), []);
    assert_eq!(stores.store.append(tells(&stores)).await, Err(StoreError::Overtaken));
}

/// What a report counts.
pub async fn what_happened_in_a_span_is_counted(stores: Stores) {
    use carillon_domain::AppointmentStatus::{Cancelled, Confirmed};
    for (name, status, hours) in [("a-1", Confirmed, 2), ("a-2", Cancelled, 3), ("a-3", Confirmed, 30)] {
        let starts_at = now() + TimeDelta::hours(hours);
        let booking = booking(
            Appointment { status, starts_at, practitioner: Some(id("ines")), ..appointment(name) },
            1,
        );
        stores.accept(Accepting::event(&*stores.ids).fenced_by(booking).done()).await;
    }
    let (salon, day) = (id::<BusinessId>("salon"), now() + TimeDelta::hours(24));
    let activity = stores.appointments.count_activity(&salon, now(), day).await.expect("a count");
    let counts: Vec<(&str, u64)> =
        activity.by_status.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(
        (counts.as_slice(), activity.new_clients),
        ([("cancelled", 1), ("confirmed", 1)].as_slice(), 1)
    );
    let visits = stores.appointments.list_visits(&salon, &id("ines"), now(), day).await.expect("a list");
    assert_eq!(visits.len(), 1, "what was called off is no visit");
    let events =
        stores.appointments.list_events(&salon, "payment.received", now(), day).await.expect("a list");
    assert_eq!(events.len(), 3);
    assert_eq!(events[0].data.text_at("note"), Some("a private word"));
}

/// A value outlives the process.
pub async fn a_mark_is_kept_until_it_is_replaced(stores: Stores) {
    assert_eq!(stores.appointments.find_mark("zones").await, Ok(None));
    for value in ["2026a", "2026b"] {
        stores.appointments.put_mark("zones", value).await.expect("kept");
        assert_eq!(stores.appointments.find_mark("zones").await, Ok(Some(value.to_owned())));
    }
}
