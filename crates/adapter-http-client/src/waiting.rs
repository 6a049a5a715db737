//! When a provider wants to be asked again.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::answer::Answer;

/// Nobody is put off for longer than this by a header: a wrong clock or a strange number there must not bury a message.
const LONGEST: TimeDelta = TimeDelta::hours(1);
/// Smaller numbers cannot be a time of this century, so they are seconds to wait.
const FIRST_PLAUSIBLE_TIME: i64 = 1_000_000_000;

/// When to come back, from `X-RateLimit-Reset` (SendGrid: unix seconds) and `Retry-After` (RFC 9110: seconds or an HTTP date in any of
/// its three forms). The
/// later of the two if both are there, never in the past, never more than an hour ahead.
pub fn retry_at(answer: &Answer, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let reset = answer.header("x-ratelimit-reset").and_then(|text| at_or_after(text, now));
    let after =
        answer.header("retry-after").and_then(|text| at_or_after(text, now).or_else(|| http_date(text)));
    reset.max(after).map(|at| at.clamp(now, now + LONGEST))
}

fn at_or_after(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let seconds: i64 = text.trim().parse().ok()?;
    if seconds < FIRST_PLAUSIBLE_TIME {
        now.checked_add_signed(TimeDelta::try_seconds(seconds)?)
    } else {
        DateTime::from_timestamp(seconds, 0)
    }
}

/// The forms of a date in RFC 9110 §5.6.7, without the weekday: IMF-fixdate, RFC 850, and that of C's `asctime`.
const DATES: [&str; 3] = ["%d %b %Y %H:%M:%S GMT", "%d-%b-%y %H:%M:%S GMT", "%b %e %H:%M:%S %Y"];

fn http_date(text: &str) -> Option<DateTime<Utc>> {
    // The name of the weekday says nothing new, and some servers get it wrong.
    let (_, date) = text.trim().split_once(' ')?;
    DATES.iter().find_map(|form| Some(NaiveDateTime::parse_from_str(date.trim(), form).ok()?.and_utc()))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    fn answer(headers: &[(&'static str, &'static str)]) -> Answer {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect::<HeaderMap>();
        Answer { status: 429, headers, body: Vec::new() }
    }

    #[test]
    fn a_provider_is_asked_again_when_it_says_but_never_later_than_in_an_hour() {
        let now = DateTime::from_timestamp(1_796_112_000, 0).unwrap();
        let table = [
            (answer(&[]), None),
            (answer(&[("x-ratelimit-reset", "1796112060")]), Some(60)),
            (answer(&[("x-ratelimit-reset", "1796111000")]), Some(0)),
            (answer(&[("x-ratelimit-reset", "30")]), Some(30)),
            (answer(&[("x-ratelimit-reset", "4102444800")]), Some(3600)),
            (answer(&[("x-ratelimit-reset", "soon")]), None),
            (answer(&[("retry-after", "120")]), Some(120)),
            (answer(&[("retry-after", "-5")]), Some(0)),
            (answer(&[("retry-after", "99999999999999999")]), None),
            (answer(&[("retry-after", "Tue, 01 Dec 2026 08:02:00 GMT")]), Some(120)),
            (answer(&[("retry-after", "Tuesday, 01-Dec-26 08:02:00 GMT")]), Some(120)),
            (answer(&[("retry-after", "Tue Dec  1 08:02:00 2026")]), Some(120)),
            (answer(&[("retry-after", "Tue Dec 01 08:02:00 2026")]), Some(120)),
            (answer(&[("retry-after", "Mon, 01 Dec 2026 08:02:00 GMT")]), Some(120)),
            (answer(&[("retry-after", "Sunday, 06-Nov-94 08:49:37 GMT")]), Some(0)),
            (answer(&[("retry-after", "Sun Nov  6 08:49:37 1994")]), Some(0)),
            (answer(&[("retry-after", "Tue, 01 Dec 2026 25:02:00 GMT")]), None),
            (answer(&[("retry-after", "tomorrow at noon")]), None),
            (answer(&[("retry-after", " 60 ")]), Some(60)),
            (answer(&[("retry-after", "2"), ("x-ratelimit-reset", "1796112060")]), Some(60)),
        ];
        for (answer, expected) in table {
            let wait = retry_at(&answer, now).map(|at| (at - now).num_seconds());
            assert_eq!(wait, expected, "{:?}", answer.headers);
        }
    }
}
