//! Every zone, at any time: the file's own description of the zone leads back to the instants.

use carillon_ports::calendar::Invitation;
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use proptest::prelude::*;

use crate::invitation::{file, invitation, within};

/// When an offset came into force, and the offset.
type Observance = (DateTime<Utc>, TimeDelta);

fn local(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%S").expect("a local time")
}

fn shift(text: &str) -> TimeDelta {
    let (sign, digits) = text.split_at(1);
    let digits: i64 = digits.parse().expect("digits");
    let minutes = digits / 100 * 60 + digits % 100;
    TimeDelta::minutes(if sign == "-" { -minutes } else { minutes })
}

/// What a program without a database of zones reads, in the order of time.
fn observances(file: &str) -> Vec<Observance> {
    let mut all = Vec::new();
    let (mut onset, mut before) = (NaiveDateTime::default(), TimeDelta::zero());
    for line in within(file, "VTIMEZONE") {
        match line.split_once(':').expect("a property") {
            ("DTSTART", text) => onset = local(text),
            ("TZOFFSETFROM", text) => before = shift(text),
            ("TZOFFSETTO", text) => all.push(((onset - before).and_utc(), shift(text))),
            _ => {}
        }
    }
    assert!(all.is_sorted(), "{file}");
    all
}

/// The instant of a property: of two with the same local time, the first (RFC 5545 §3.3.5).
fn instant(file: &str, name: &str) -> Option<DateTime<Utc>> {
    let event = within(file, "VEVENT");
    let line = event.iter().find(|line| line.starts_with(name))?;
    let (_, text) = line.split_once(':').expect("a value");
    if let Some(text) = text.strip_suffix('Z') {
        return Some(local(text).and_utc());
    }
    let zones = observances(file);
    let told = zones.iter().enumerate().filter_map(|(index, (_, offset))| {
        let instant = (local(text) - *offset).and_utc();
        let is_over = zones.get(index + 1).is_some_and(|(next, _)| *next <= instant);
        (zones[index].0 <= instant && !is_over).then_some(instant)
    });
    told.min()
}

fn check(invitation: &Invitation) {
    let file = file(invitation);
    assert_eq!(instant(&file, "DTSTART"), Some(invitation.starts_at), "{file}");
    assert_eq!(instant(&file, "DTEND"), invitation.ends_at, "{file}");
    let named = |name: &str| within(&file, "VTIMEZONE").iter().filter(|line| *line == name).count();
    if named("END:VTIMEZONE") == 1 {
        assert!(named("BEGIN:STANDARD") > 0, "Exchange wants one: {file}");
    }
}

#[test]
fn every_minute_around_a_change_is_found_again() {
    let changes = [
        (Tz::Europe__Paris, "2026-03-29T01:00:00Z"),
        (Tz::Europe__Paris, "2026-10-25T01:00:00Z"),
        (Tz::Europe__Dublin, "2026-10-25T01:00:00Z"),
        (Tz::Australia__Lord_Howe, "2026-04-04T15:00:00Z"),
        (Tz::Africa__Casablanca, "2026-02-15T02:00:00Z"),
        (Tz::Africa__Casablanca, "2026-03-22T02:00:00Z"),
        // A day was left out, and no clocks have changed with the seasons since.
        (Tz::Pacific__Apia, "2011-12-30T10:00:00Z"),
        (Tz::Asia__Almaty, "2024-02-29T19:00:00Z"),
    ];
    for (zone, change) in changes {
        for minutes in -130..130 {
            let mut invitation = invitation(zone, change);
            invitation.starts_at += TimeDelta::minutes(minutes);
            invitation.ends_at = Some(invitation.starts_at + TimeDelta::minutes(45));
            check(&invitation);
        }
    }
}

proptest! {
    #[test]
    fn any_event_in_any_zone_is_found_again(
        zone in proptest::sample::select(TZ_VARIANTS.to_vec()),
        starts_at in 946_684_800..4_102_444_800_i64,
        lasts in 1..2_000_000_i64,
    ) {
        let starts_at = DateTime::from_timestamp(starts_at, 0).expect("an instant");
        let ends_at = Some(starts_at + TimeDelta::seconds(lasts));
        check(&Invitation { starts_at, ends_at, ..invitation(zone, "2026-07-10T12:30:00Z") });
    }
}
