//! How the times of an event are written.

use carillon_ports::calendar::Invitation;
use chrono::{DateTime, SubsecRound, TimeZone, Utc};
use chrono_tz::Tz;
use icalendar::CalendarDateTime;

/// The names of the one zone that needs no description.
const UTC: [Tz; 8] = [
    Tz::UTC,
    Tz::UCT,
    Tz::Universal,
    Tz::Zulu,
    Tz::Etc__UTC,
    Tz::Etc__UCT,
    Tz::Etc__Universal,
    Tz::Etc__Zulu,
];

/// Beginning and end, both local or both in UTC.
pub(crate) struct Times {
    /// On a full second.
    pub(crate) starts_at: DateTime<Utc>,
    /// On a full second after the beginning.
    pub(crate) ends_at: Option<DateTime<Utc>>,
    /// Whose local time is written; `None` writes UTC.
    pub(crate) zone: Option<Tz>,
}

impl Times {
    pub(crate) fn of(invitation: &Invitation) -> Self {
        let starts_at = invitation.starts_at.trunc_subsecs(0);
        let ends_at = invitation.ends_at.map(|at| at.trunc_subsecs(0)).filter(|at| *at > starts_at);
        let zone = Some(invitation.timezone).filter(|zone| {
            !UTC.contains(zone)
                && is_told_by_the_clock(*zone, starts_at)
                && ends_at.is_none_or(|at| is_told_by_the_clock(*zone, at))
        });
        Self { starts_at, ends_at, zone }
    }

    /// One of them, as a property has it.
    pub(crate) fn written(&self, at: DateTime<Utc>) -> CalendarDateTime {
        match self.zone {
            Some(zone) => CalendarDateTime::WithTimezone {
                date_time: at.with_timezone(&zone).naive_local(),
                tzid: zone.name().to_owned(),
            },
            None => CalendarDateTime::Utc(at),
        }
    }
}

/// When clocks go back, an hour comes twice, and its local time means the first (RFC 5545 §3.3.5): the second needs UTC.
fn is_told_by_the_clock(zone: Tz, at: DateTime<Utc>) -> bool {
    zone.from_local_datetime(&at.with_timezone(&zone).naive_local()).earliest().is_some_and(|told| told == at)
}
