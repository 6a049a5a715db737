//! When the clocks of a zone change. chrono-tz tells the offset of an instant only: between two that differ, there is a change.

use chrono::{DateTime, FixedOffset, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// How far a change is looked for, in days. Where clocks change with the seasons, they have within a year.
const YEAR: i64 = 366;

/// A change of the clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    /// The first instant after it.
    pub(crate) at: DateTime<Utc>,
    /// The offset until then.
    pub(crate) before: FixedOffset,
    /// The offset from then on.
    pub(crate) after: FixedOffset,
}

/// The offset at an instant.
pub(crate) fn offset(zone: Tz, at: DateTime<Utc>) -> FixedOffset {
    zone.offset_from_utc_datetime(&at.naive_utc()).fix()
}

/// The newest change that has happened, if it was within a year. The instant is on a full second.
pub(crate) fn last_until(zone: Tz, at: DateTime<Utc>) -> Option<Change> {
    (0..YEAR).find_map(|days| within_a_day(zone, at - TimeDelta::days(days + 1)))
}

/// The next change, if it is within a year. The instant is on a full second.
pub(crate) fn first_after(zone: Tz, at: DateTime<Utc>) -> Option<Change> {
    (0..YEAR).find_map(|days| within_a_day(zone, at + TimeDelta::days(days)))
}

/// A change in the 24 hours after this instant, their end included. Nowhere have clocks changed twice in a day.
fn within_a_day(zone: Tz, from: DateTime<Utc>) -> Option<Change> {
    let (mut earlier, mut later) = (from, from + TimeDelta::days(1));
    let (before, after) = (offset(zone, earlier), offset(zone, later));
    if before == after {
        return None;
    }
    // At `earlier` they have not changed yet, at `later` they have.
    while later - earlier > TimeDelta::seconds(1) {
        let middle = earlier + TimeDelta::seconds((later - earlier).num_seconds() / 2);
        if offset(zone, middle) == before {
            earlier = middle;
        } else {
            later = middle;
        }
    }
    Some(Change { at: later, before, after })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_change_is_found_to_the_second_and_has_happened_at_its_own_instant() {
        let (paris, change) = (Tz::Europe__Paris, at("2026-03-29T01:00:00Z"));
        let last = |text| last_until(paris, at(text)).unwrap().at;
        let next = |text| first_after(paris, at(text)).unwrap().at;
        assert_eq!(last("2026-03-29T01:00:00Z"), change);
        assert_eq!(last("2026-10-25T00:59:59Z"), change);
        assert_eq!(next("2026-03-29T00:59:59Z"), change);
        assert_eq!(next("2025-10-26T01:00:00Z"), change);
        let found = first_after(paris, at("2026-01-01T00:00:00Z")).unwrap();
        assert_eq!((found.before.to_string(), found.after.to_string()), ("+01:00".into(), "+02:00".into()));
    }

    #[test]
    fn where_clocks_stand_there_is_none() {
        let now = at("2026-07-01T00:00:00Z");
        for zone in [Tz::Asia__Kathmandu, Tz::UTC, Tz::America__Phoenix, Tz::Etc__GMTPlus5] {
            assert_eq!((last_until(zone, now), first_after(zone, now)), (None, None), "{zone}");
        }
    }
}
