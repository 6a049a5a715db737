//! Where, when and by whom a text is read: what its dates and times depend on besides themselves.

use std::sync::Arc;

use carillon_domain::Channel;
use carillon_ports::catalogue::{Moment, RenderRequest};
use chrono::{DateTime, Months, NaiveDate, Offset, TimeDelta, Utc};
use chrono_tz::Tz;
use minijinja::value::Object;

use crate::formats::Formats;

/// A date within so many months from today needs no year.
const NEAR: Months = Months::new(11);

/// How far from an hour a time may be that is called "in an hour".
const AROUND_AN_HOUR: TimeDelta = TimeDelta::minutes(5);

/// The language and clocks that a text is made for.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    /// The formatters of the language and its region.
    pub(crate) formats: Arc<Formats>,
    /// The zone of the place, that times are shown in.
    place: Tz,
    /// The zone of the reader.
    reader: Tz,
    now: DateTime<Utc>,
    /// Whether each letter counts.
    is_brief: bool,
}

impl Object for Scene {}

impl Scene {
    /// The scene of one text.
    pub(crate) fn of(formats: Arc<Formats>, request: &RenderRequest<'_>) -> Self {
        Self {
            formats,
            place: request.timezone,
            reader: request.reader_timezone,
            now: request.now,
            is_brief: request.channel == Channel::Sms,
        }
    }

    /// The scene of a moment in a text message.
    pub(crate) fn of_moment(formats: Arc<Formats>, moment: &Moment<'_>) -> Self {
        Self {
            formats,
            place: moment.timezone,
            reader: moment.reader_timezone,
            now: moment.now,
            is_brief: true,
        }
    }

    /// The scene of a text in one zone, for measuring.
    #[cfg(test)]
    pub(crate) fn in_utc(formats: Arc<Formats>) -> Self {
        Self { formats, place: Tz::UTC, reader: Tz::UTC, now: DateTime::UNIX_EPOCH, is_brief: false }
    }

    /// Reads a time as data has it (RFC 3339), or as [`placed`] writes it.
    pub(crate) fn read(&self, text: &str) -> Option<DateTime<Tz>> {
        let (time, zone) = match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
            Some((time, zone)) => (time, zone.parse().ok()?),
            None => (text, self.place),
        };
        Some(DateTime::parse_from_rfc3339(time).ok()?.with_timezone(&zone))
    }

    /// "Thursday, December 3", with the year where the date is not near.
    pub(crate) fn day(&self, time: &DateTime<Tz>) -> Option<String> {
        if self.is_near(time) { self.formats.day(time) } else { self.formats.date(time) }
    }

    /// "Thu, Dec 3", with the year where the date is not near.
    pub(crate) fn short_date(&self, time: &DateTime<Tz>) -> Option<String> {
        if self.is_near(time) { self.formats.short_date(time) } else { self.formats.short_date_of_year(time) }
    }

    /// "2:30 PM", with the place named where the reader's clock shows another time: "2:30 PM (Paris time)".
    pub(crate) fn time(&self, time: &DateTime<Tz>) -> Option<String> {
        let shown = self.formats.time(time)?;
        if time.with_timezone(&self.reader).offset().fix() == time.offset().fix() {
            return Some(shown);
        }
        let place = self.formats.place(time.timezone(), self.is_brief);
        Some(format!("{shown} ({place})"))
    }

    /// Whether it is today where it takes place.
    pub(crate) fn is_today(&self, time: &DateTime<Tz>) -> bool {
        time.date_naive() == self.today(time)
    }

    /// Whether it is an hour from now, give or take a few minutes.
    pub(crate) fn is_in_an_hour(&self, time: &DateTime<Tz>) -> bool {
        (time.to_utc() - self.now - TimeDelta::hours(1)).abs() <= AROUND_AN_HOUR
    }

    /// Whether a date is today or within the next eleven months.
    fn is_near(&self, time: &DateTime<Tz>) -> bool {
        let today = self.today(time);
        let date = time.date_naive();
        today <= date && today.checked_add_months(NEAR).is_some_and(|end| date < end)
    }

    fn today(&self, time: &DateTime<Tz>) -> NaiveDate {
        self.now.with_timezone(&time.timezone()).date_naive()
    }
}

/// A time that keeps the zone of its place (RFC 9557): "2026-12-03T14:30:00+01:00[Europe/Paris]". `None` for what is no time.
pub(crate) fn placed(text: &str, zone: Tz) -> Option<String> {
    DateTime::parse_from_rfc3339(text).ok()?;
    Some(format!("{text}[{}]", zone.name()))
}
