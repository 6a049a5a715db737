use std::collections::BTreeMap;

use super::*;
use crate::appointment::Appointment;
use crate::business::{LateBooking, Reminders};
use crate::channel::{Class, Purpose};
use crate::person::Actor;

const PARIS: Tz = chrono_tz::Europe::Paris;

/// Hours after 15:00 UTC, 16:00 in Paris.
fn at(hour: i64) -> DateTime<Utc> {
    "2026-12-01T15:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::hours(hour)
}

fn kind(name: &str, audience: Audience, hours: i64) -> Kind {
    Kind {
        name: name.parse().unwrap(),
        description: String::new(),
        actor: Actor::EndClient,
        audience,
        class: Class::Scheduled,
        purpose: Purpose::Service,
        triggers: vec![],
        reminder: Some(TimeDelta::hours(hours)),
        channels: vec![],
    }
}

/// Booked at hour nought by `c`, received by `s`.
fn booking(starts_in: i64, status: AppointmentStatus) -> Booking {
    let appointment = Appointment {
        id: "a".parse().unwrap(),
        business: "b".parse().unwrap(),
        status,
        starts_at: at(starts_in),
        ends_at: None,
        timezone: None,
        service: "Coupe".to_owned(),
        location: None,
        clients: vec!["c".parse().unwrap()],
        practitioner: "s".parse().ok(),
        url: None,
    };
    Booking {
        appointment,
        revision: 1,
        timing: 1,
        timed_at: at(0),
        changed_at: at(0),
        local_start: at(0).naive_utc(),
    }
}

fn rule(before: &str) -> ReminderRule {
    ReminderRule {
        before: before.to_owned(),
        channels: vec![Channel::Sms],
        kind: None,
        note: BTreeMap::new(),
    }
}

fn rules(rules: &[&str]) -> Settings {
    let rules = rules.iter().map(|before| rule(before)).collect();
    Settings { reminders: Reminders { enabled: true, rules }, ..Settings::default() }
}

/// Text, hour and reason of what somebody gets.
fn gets(reader: &str, booking: &Booking, settings: &Settings) -> Vec<(String, i64, Option<Reason>)> {
    let kinds = [
        kind("day", Audience::Clients, 24),
        kind("hour", Audience::Clients, 1),
        kind("staff", Audience::Practitioner, 1),
    ];
    let kinds: Vec<&Kind> = kinds.iter().collect();
    plan(booking, settings, &kinds, &reader.parse().unwrap(), PARIS)
        .iter()
        .map(|one| (one.kind.name.to_string(), (one.due_at - at(0)).num_hours(), one.left_out))
        .collect()
}

fn text(name: &str, hour: i64) -> (String, i64, Option<Reason>) {
    (name.to_owned(), hour, None)
}

fn not(name: &str, hour: i64, why: Reason) -> (String, i64, Option<Reason>) {
    (name.to_owned(), hour, Some(why))
}

#[test]
fn a_confirmed_appointment_has_the_default_pair_and_the_staffs_own() {
    let booking = booking(48, AppointmentStatus::Confirmed);
    assert_eq!(gets("c", &booking, &Settings::default()), [text("day", 24), text("hour", 47)]);
    assert_eq!(gets("s", &booking, &Settings::default()), [text("staff", 47)]);
    assert_eq!(gets("somebody", &booking, &Settings::default()), []);
}

#[test]
fn nobody_is_reminded_of_what_is_not_agreed() {
    use AppointmentStatus::{Cancelled, Completed, NoShow, Requested};
    for status in [Requested, Cancelled, Completed, NoShow] {
        assert_eq!(gets("c", &booking(48, status), &Settings::default()), []);
    }
    let off =
        Settings { reminders: Reminders { enabled: false, ..Reminders::default() }, ..Settings::default() };
    assert_eq!(gets("c", &booking(48, AppointmentStatus::Confirmed), &off), []);
    assert_eq!(gets("s", &booking(48, AppointmentStatus::Confirmed), &off), [text("staff", 47)]);
}

#[test]
fn a_rule_uses_the_nearest_text_or_the_one_it_names() {
    let mut settings = rules(&["3d", "1 day before at 18:00", "2h"]);
    let booking = booking(96, AppointmentStatus::Confirmed);
    assert_eq!(gets("c", &booking, &settings), [text("day", 24), text("day", 74), text("hour", 94)]);
    settings.reminders.rules[0].kind = "hour".parse().ok();
    assert_eq!(gets("c", &booking, &settings)[0], text("hour", 24));
}

#[test]
fn what_comes_too_close_to_the_booking_is_folded_skipped_or_sent_as_the_business_chose() {
    use LatePolicy::{Fold, Send, Skip};
    let booking = booking(3, AppointmentStatus::Confirmed);
    let with = |policy, spacing: &str| {
        let late_booking = LateBooking { policy, spacing: spacing.to_owned() };
        gets("c", &booking, &Settings { late_booking, ..rules(&["3d", "24h", "1h"]) })
    };
    let folded = |hour| not("day", hour, Reason::Folded);
    assert_eq!(with(Fold, "1h"), [folded(-69), folded(-21), text("hour", 2)]);
    assert_eq!(with(Fold, "3h"), [folded(-69), folded(-21), not("hour", 2, Reason::Folded)]);
    assert_eq!(
        with(Skip, "1h"),
        [not("day", -69, Reason::LateBooking), not("day", -21, Reason::LateBooking), text("hour", 2)]
    );
    // Only the last of those that are late, and never closer to the confirmation than the spacing.
    assert_eq!(with(Send, "1h"), [folded(-69), not("day", -21, Reason::Folded), text("hour", 2)]);
}

#[test]
fn a_rule_whose_time_lies_behind_the_start_or_just_before_it_is_left_out_with_its_reason() {
    use LatePolicy::{Fold, Send, Skip};
    // The visit is at 07:30 in Paris, two days ahead.
    let mut booking = booking(0, AppointmentStatus::Confirmed);
    booking.appointment.starts_at = "2026-12-03T06:30:00Z".parse().unwrap();
    let table = [
        ("the same day at 08:00", Some(Reason::TooLate)),
        ("the same day at 07:30", Some(Reason::TooLate)),
        ("the same day at 07:26", Some(Reason::TooLate)),
        ("the same day at 07:25", None),
        ("3m", Some(Reason::TooLate)),
        ("5m", None),
    ];
    for policy in [Fold, Skip, Send] {
        for (rule, expected) in table {
            let late_booking = LateBooking { policy, ..LateBooking::default() };
            let found = gets("c", &booking, &Settings { late_booking, ..rules(&[rule]) });
            assert_eq!(found.iter().map(|one| one.2).collect::<Vec<_>>(), [expected], "{rule} {policy:?}");
        }
    }
    // Of those that are late, the last one is sent; a rule that cannot apply is not among them.
    let late_booking = LateBooking { policy: Send, spacing: "1h".to_owned() };
    booking.timed_at = "2026-12-02T12:30:00Z".parse().unwrap();
    let found = gets("c", &booking, &Settings { late_booking, ..rules(&["24h", "the same day at 08:00"]) });
    assert_eq!(found.iter().map(|one| one.2).collect::<Vec<_>>(), [None, Some(Reason::TooLate)]);
}

#[test]
fn a_late_reminder_is_sent_only_while_it_is_of_use() {
    let with = |starts_in, spacing: &str| {
        let late_booking = LateBooking { policy: LatePolicy::Send, spacing: spacing.to_owned() };
        let settings = Settings { late_booking, ..rules(&["24h"]) };
        gets("c", &booking(starts_in, AppointmentStatus::Confirmed), &settings)
    };
    assert_eq!(with(20, "1h"), [text("day", 1)]);
    assert_eq!(with(6, "1h"), [not("day", -18, Reason::Folded)], "useful until six hours before");
}

#[test]
fn quiet_hours_bring_a_reminder_forward() {
    let settings = Settings {
        quiet_hours: Some(QuietHours { from: "21:00".to_owned(), to: "08:00".to_owned() }),
        ..rules(&["1h"])
    };
    // 08:30 in Paris, two days ahead: the hour before is quiet, and so it comes the evening before at nine.
    let mut early = booking(0, AppointmentStatus::Confirmed);
    early.appointment.starts_at = "2026-12-03T07:30:00Z".parse().unwrap();
    let kinds = [kind("hour", Audience::Clients, 1)];
    let kinds: Vec<&Kind> = kinds.iter().collect();
    let planned = plan(&early, &settings, &kinds, &"c".parse().unwrap(), PARIS);
    assert_eq!(planned[0].due_at, "2026-12-02T20:00:00Z".parse::<DateTime<Utc>>().unwrap());
    assert_eq!(planned[0].useful_until, "2026-12-03T07:15:00Z".parse::<DateTime<Utc>>().unwrap());
}

#[test]
fn a_time_of_day_is_that_of_the_place_and_quiet_hours_are_the_readers() {
    use chrono_tz::{America::New_York, Asia::Tokyo};
    let kinds = [kind("day", Audience::Clients, 24)];
    let kinds: Vec<&Kind> = kinds.iter().collect();
    let quiet = QuietHours { from: "21:00".to_owned(), to: "08:00".to_owned() };
    let at_six = rules(&["1 day before at 18:00"]);
    let settings = Settings { quiet_hours: Some(quiet), ..at_six.clone() };
    // the appointment's zone, the reader's; when it is due, and when it is with quiet hours
    let table = [
        (None, PARIS, "2026-12-03T17:00:00Z", "2026-12-03T17:00:00Z"),
        (None, New_York, "2026-12-03T17:00:00Z", "2026-12-03T17:00:00Z"),
        (None, Tokyo, "2026-12-03T17:00:00Z", "2026-12-03T12:00:00Z"),
        (Some(New_York), New_York, "2026-12-03T23:00:00Z", "2026-12-03T23:00:00Z"),
        (Some(New_York), PARIS, "2026-12-03T23:00:00Z", "2026-12-03T20:00:00Z"),
    ];
    for (place, reader, open, quiet) in table {
        let mut booking = booking(72, AppointmentStatus::Confirmed);
        booking.appointment.timezone = place;
        let due = |settings| plan(&booking, settings, &kinds, &"c".parse().unwrap(), reader)[0].due_at;
        let expected = |time: &str| time.parse::<DateTime<Utc>>().unwrap();
        assert_eq!((due(&at_six), due(&settings)), (expected(open), expected(quiet)), "{place:?} {reader}");
    }
}

#[test]
fn what_was_booked_before_and_only_changed_hands_keeps_its_reminders() {
    let mut reassigned = booking(48, AppointmentStatus::Confirmed);
    reassigned.revision = 5;
    reassigned.changed_at = at(40);
    assert_eq!(gets("c", &reassigned, &Settings::default()), [text("day", 24), text("hour", 47)]);
}
