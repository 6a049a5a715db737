//! Wall-clock time: what the clocks of a place show, and which instant that is.

use chrono::{DateTime, LocalResult, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The instant at which the clocks of a zone show a time.
///
/// When they are set back, a time comes twice: the first one is meant. When they are set forward, a time does not come at all: it is
/// read by the offset that held before, so that 02:30 of a night that jumps from 02:00 to 03:00 is 03:30 (RFC 5545 §3.3.5).
pub fn instant(shown: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&shown) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time.to_utc(),
        LocalResult::None => by_the_offset_before(shown, zone),
    }
}

/// What the clocks of a zone show at an instant.
pub fn shown(instant: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    instant.with_timezone(&zone).naive_local()
}

/// No gap is longer than a day: Samoa left one out when it moved over the date line in 2011.
fn by_the_offset_before(shown: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    let earlier = shown - TimeDelta::days(1) - TimeDelta::hours(1);
    let offset_before = zone.offset_from_utc_datetime(&earlier);
    (shown - chrono::Offset::fix(&offset_before)).and_utc()
}

/// Hours of a day in which nobody is to be disturbed: from the first time to the second, over midnight when the first is later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// When it begins.
    pub from: NaiveTime,
    /// When it is over: the first time at which it is fine again.
    pub to: NaiveTime,
}

impl Quiet {
    /// The first time from `due` on at which it is fine: `due` itself, or the end of the quiet it falls into.
    pub fn not_before(&self, due: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        let local = shown(due, zone);
        let (date, time) = (local.date(), local.time());
        let over_midnight = self.from > self.to;
        let ends = match (over_midnight, time >= self.from, time < self.to) {
            (false, true, true) | (true, false, true) => Some(date),
            (true, true, _) => date.succ_opt(),
            (false, _, _) | (true, false, false) => None,
        };
        ends.map_or(due, |date| instant(date.and_time(self.to), zone).max(due))
    }

    /// The latest time up to `due` at which it is fine: `due` itself, or the begin of the quiet it falls into.
    pub fn not_after(&self, due: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
        let local = shown(due, zone);
        let (date, time) = (local.date(), local.time());
        let over_midnight = self.from > self.to;
        let begun = match (over_midnight, time >= self.from, time < self.to) {
            (false, true, true) | (true, true, _) => Some(date),
            (true, false, true) => date.pred_opt(),
            (false, _, _) | (true, false, false) => None,
        };
        begun.map_or(due, |date| instant(date.and_time(self.from), zone).min(due))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn zone(name: &str) -> Tz {
        name.parse().unwrap()
    }

    #[test]
    fn clock_changes_have_defined_results_in_both_directions() {
        // zone, what the clocks show, the instant
        let table = [
            // Paris, spring: 02:00 → 03:00; autumn: 03:00 → 02:00.
            ("Europe/Paris", "2027-03-28T01:59:59", "2027-03-28T00:59:59Z"),
            ("Europe/Paris", "2027-03-28T02:30:00", "2027-03-28T01:30:00Z"),
            ("Europe/Paris", "2027-03-28T03:00:00", "2027-03-28T01:00:00Z"),
            ("Europe/Paris", "2027-10-31T02:30:00", "2027-10-31T00:30:00Z"),
            ("Europe/Paris", "2027-10-31T03:00:00", "2027-10-31T02:00:00Z"),
            ("America/New_York", "2027-03-14T02:15:00", "2027-03-14T07:15:00Z"),
            ("America/New_York", "2027-11-07T01:30:00", "2027-11-07T05:30:00Z"),
            ("America/New_York", "2027-11-07T02:00:00", "2027-11-07T07:00:00Z"),
            // Lord Howe moves by half an hour: 02:00 → 02:30 in October, 02:00 → 01:30 in April.
            ("Australia/Lord_Howe", "2027-10-03T02:15:00", "2027-10-02T15:45:00Z"),
            ("Australia/Lord_Howe", "2027-10-03T02:30:00", "2027-10-02T15:30:00Z"),
            ("Australia/Lord_Howe", "2027-04-04T01:45:00", "2027-04-03T14:45:00Z"),
            ("Australia/Lord_Howe", "2027-04-04T02:00:00", "2027-04-03T15:30:00Z"),
            ("Asia/Kathmandu", "2027-03-28T02:30:00", "2027-03-27T20:45:00Z"),
            // Casablanca is one hour behind its usual time in Ramadan.
            ("Africa/Casablanca", "2027-02-06T12:00:00", "2027-02-06T11:00:00Z"),
            ("Africa/Casablanca", "2027-02-10T12:00:00", "2027-02-10T12:00:00Z"),
            // A whole day that Samoa never had.
            ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T22:00:00Z"),
        ];
        for (name, local, expected) in table {
            assert_eq!(instant(local.parse().unwrap(), zone(name)), at(expected), "{name} {local}");
        }
    }

    #[test]
    fn what_may_not_come_before_is_moved_to_the_end_of_the_quiet() {
        let night = Quiet { from: "21:00:00".parse().unwrap(), to: "08:00:00".parse().unwrap() };
        let lunch = Quiet { from: "12:00:00".parse().unwrap(), to: "14:00:00".parse().unwrap() };
        let table = [
            (night, "2026-12-03T20:30:00Z", "2026-12-04T07:00:00Z"),
            (night, "2026-12-03T20:00:00Z", "2026-12-04T07:00:00Z"),
            (night, "2026-12-03T06:30:00Z", "2026-12-03T07:00:00Z"),
            (night, "2026-12-03T07:00:00Z", "2026-12-03T07:00:00Z"),
            (lunch, "2026-12-03T12:30:00Z", "2026-12-03T13:00:00Z"),
            (lunch, "2026-12-03T10:59:59Z", "2026-12-03T10:59:59Z"),
        ];
        for (quiet, due, expected) in table {
            assert_eq!(quiet.not_before(at(due), zone("Europe/Paris")), at(expected), "{due}");
        }
    }

    #[test]
    fn what_falls_into_the_quiet_is_moved_to_its_begin() {
        let night = Quiet { from: "21:00:00".parse().unwrap(), to: "08:00:00".parse().unwrap() };
        let lunch = Quiet { from: "12:00:00".parse().unwrap(), to: "14:00:00".parse().unwrap() };
        let table = [
            (night, "2026-12-03T06:30:00Z", "2026-12-02T20:00:00Z"),
            (night, "2026-12-03T20:30:00Z", "2026-12-03T20:00:00Z"),
            (night, "2026-12-03T07:00:00Z", "2026-12-03T07:00:00Z"),
            (night, "2026-12-03T20:00:00Z", "2026-12-03T20:00:00Z"),
            (lunch, "2026-12-03T12:30:00Z", "2026-12-03T11:00:00Z"),
            (lunch, "2026-12-03T13:00:00Z", "2026-12-03T13:00:00Z"),
        ];
        for (quiet, due, expected) in table {
            assert_eq!(quiet.not_after(at(due), zone("Europe/Paris")), at(expected), "{due}");
        }
    }
}
