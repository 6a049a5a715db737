//! As much of a zone as the event needs: its `VTIMEZONE` (RFC 5545 §3.6.5).
//!
//! Written are the offset at the beginning of the event with the change that brought it, each change until the end, and the next one
//! after: where clocks change, one `STANDARD` and one `DAYLIGHT` as a rule. More would harm: of several of a kind, Exchange reads the
//! latest alone, and takes it for the rule of every year ([MS-OXCICAL] §2.1.3.1.1.19.2). The changes nearest to the event are right
//! for its year even then.

use std::iter::successors;

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeZone, Utc};
use chrono_tz::{OffsetName, Tz};
use icalendar::Property;

use crate::changes::{Change, first_after, last_until, offset};
use crate::line::component;

/// An offset, and when it began to be in force.
struct Observance {
    /// By the clocks as they stood before.
    onset: NaiveDateTime,
    before: FixedOffset,
    after: FixedOffset,
    name: String,
}

/// The description of a zone that is right for an event.
pub(crate) fn vtimezone(zone: Tz, starts_at: DateTime<Utc>, ends_at: Option<DateTime<Utc>>) -> String {
    let observances = observances(zone, starts_at, ends_at.unwrap_or(starts_at));
    let standard = observances.iter().map(|observance| observance.after.local_minus_utc()).min();
    let within = observances.iter().map(|observance| {
        // Whatever is ahead counts as daylight time. The database of zones has Ireland's winter and Morocco's Ramadan as daylight
        // times with a negative shift, which is beyond many programs.
        let is_standard = Some(observance.after.local_minus_utc()) == standard;
        component(if is_standard { "STANDARD" } else { "DAYLIGHT" }, &observance.properties(), "")
    });
    component("VTIMEZONE", &[Property::new("TZID", zone.name())], &within.collect::<String>())
}

fn observances(zone: Tz, starts_at: DateTime<Utc>, ends_at: DateTime<Utc>) -> Vec<Observance> {
    let first = last_until(zone, starts_at)
        .map_or_else(|| Observance::always(zone, starts_at), |change| Observance::since(zone, &change));
    let later = successors(first_after(zone, starts_at), |change| {
        if change.at < ends_at { first_after(zone, change.at) } else { None }
    });
    [first].into_iter().chain(later.map(|change| Observance::since(zone, &change))).collect()
}

impl Observance {
    fn since(zone: Tz, change: &Change) -> Self {
        Self {
            onset: change.at.naive_utc() + change.before,
            before: change.before,
            after: change.after,
            name: name(zone, change.at),
        }
    }

    /// No change brought it lately: it is given out as older than any event.
    fn always(zone: Tz, at: DateTime<Utc>) -> Self {
        let offset = offset(zone, at);
        Self { onset: DateTime::UNIX_EPOCH.naive_utc(), before: offset, after: offset, name: name(zone, at) }
    }

    fn properties(&self) -> [Property; 4] {
        [
            Property::new("DTSTART", self.onset.format("%Y%m%dT%H%M%S").to_string()),
            Property::new("TZOFFSETFROM", digits(self.before)),
            Property::new("TZOFFSETTO", digits(self.after)),
            Property::new("TZNAME", self.name.as_str()),
        ]
    }
}

/// What the offset is called there, such as CEST; where it has no name, `+hh` or `+hhmm`, as the database of zones has it.
fn name(zone: Tz, at: DateTime<Utc>) -> String {
    let named = zone.offset_from_utc_datetime(&at.naive_utc());
    let digits = digits(offset(zone, at));
    named.abbreviation().unwrap_or_else(|| digits.strip_suffix("00").unwrap_or(&digits)).to_owned()
}

/// `+hhmm`, with seconds if there are any (RFC 5545 §3.3.14).
fn digits(offset: FixedOffset) -> String {
    offset.to_string().replace(':', "")
}
