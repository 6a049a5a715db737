use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta, Timelike, Weekday};
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn country(code: &str) -> Country {
    code.parse().unwrap()
}

#[test]
fn easter_is_where_the_calendars_have_it() {
    for date in [
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2028-04-16",
        "2029-04-01",
        "2030-04-21",
        // The earliest and the latest that there can be, and two that simpler rules get wrong.
        "1818-03-22",
        "2038-04-25",
        "1954-04-18",
        "1981-04-19",
        "1583-04-10",
    ] {
        assert_eq!(easter(day(date).year()), Some(day(date)));
    }
    assert_eq!((easter(1582), easter(i32::MAX)), (None, None));
}

#[test]
fn the_holidays_of_a_year_are_those_of_the_law() {
    let holidays = |code: &str, region| -> Vec<String> {
        day("2026-01-01")
            .iter_days()
            .take(365)
            .filter(|day| is_holiday(country(code), region, *day))
            .map(|day| day.format("%m-%d").to_string())
            .collect()
    };
    let french =
        ["01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25"];
    assert_eq!(holidays("FR", None), french);
    let mut alsatian: Vec<&str> = [french.as_slice(), &["04-03", "12-26"]].concat();
    alsatian.sort_unstable();
    assert_eq!(holidays("FR", Some(Region::AlsaceMoselle)), alsatian);
    assert!(holidays("RE", None).contains(&"12-20".to_owned()) && holidays("RE", None).len() == 12);
    assert_eq!(holidays("BE", None), ["01-01", "12-25"]);
    assert!(holidays("US", None).is_empty());
}

#[test]
fn marketing_waits_for_the_next_hour_in_which_it_may_come() {
    // country, department, zone, when it is due, when it may leave
    let table = [
        // Thursday: before, at and after the hours.
        ("FR", "", "Europe/Paris", "2026-12-03T05:00:00Z", "2026-12-03T07:00:00Z"),
        ("FR", "", "Europe/Paris", "2026-12-03T07:00:00Z", "2026-12-03T07:00:00Z"),
        ("FR", "", "Europe/Paris", "2026-12-03T18:59:59Z", "2026-12-03T18:59:59Z"),
        ("FR", "", "Europe/Paris", "2026-12-03T19:00:00Z", "2026-12-04T07:00:00Z"),
        // Saturday evening, Sunday.
        ("FR", "", "Europe/Paris", "2026-12-05T18:00:00Z", "2026-12-05T18:00:00Z"),
        ("FR", "", "Europe/Paris", "2026-12-05T19:00:00Z", "2026-12-07T07:00:00Z"),
        ("FR", "", "Europe/Paris", "2026-12-06T12:00:00Z", "2026-12-07T07:00:00Z"),
        // Easter: Saturday evening to Tuesday. In Strasbourg from Thursday evening to Saturday too.
        ("FR", "", "Europe/Paris", "2026-04-04T18:00:00Z", "2026-04-07T06:00:00Z"),
        ("FR", "75", "Europe/Paris", "2026-04-02T18:00:00Z", "2026-04-03T06:00:00Z"),
        ("FR", "67", "Europe/Paris", "2026-04-02T18:00:00Z", "2026-04-04T06:00:00Z"),
        // Christmas on a Friday, the day after a Saturday.
        ("FR", "", "Europe/Paris", "2026-12-25T10:00:00Z", "2026-12-26T07:00:00Z"),
        ("FR", "57000", "Europe/Paris", "2026-12-25T10:00:00Z", "2026-12-28T07:00:00Z"),
        // Ascension on a Thursday; 8 May on a Friday; Whit Monday.
        ("FR", "", "Europe/Paris", "2026-05-14T09:00:00Z", "2026-05-15T06:00:00Z"),
        ("FR", "", "Europe/Paris", "2026-05-08T09:00:00Z", "2026-05-09T06:00:00Z"),
        ("FR", "", "Europe/Paris", "2026-05-23T18:00:00Z", "2026-05-26T06:00:00Z"),
        // The clocks change in the night to Easter Sunday 2027, and on a Sunday in October.
        ("FR", "", "Europe/Paris", "2027-03-27T20:00:00Z", "2027-03-30T06:00:00Z"),
        ("FR", "", "Europe/Paris", "2027-10-30T18:00:00Z", "2027-11-02T07:00:00Z"),
        ("FR", "", "Europe/Paris", "2026-10-24T18:00:00Z", "2026-10-26T07:00:00Z"),
        // A French phone whose owner is in Montréal; La Réunion on its own holiday, a Sunday.
        ("FR", "", "America/Montreal", "2026-12-03T07:00:00Z", "2026-12-03T13:00:00Z"),
        ("RE", "", "Indian/Reunion", "2027-12-20T08:00:00Z", "2027-12-21T04:00:00Z"),
        ("BE", "", "Europe/Brussels", "2026-05-14T09:00:00Z", "2026-05-14T09:00:00Z"),
        ("DE", "", "Europe/Berlin", "2026-12-06T12:00:00Z", "2026-12-07T07:00:00Z"),
        ("ES", "", "Europe/Madrid", "2026-12-04T19:00:00Z", "2026-12-07T08:00:00Z"),
        ("IT", "", "Europe/Rome", "2026-12-05T07:00:00Z", "2026-12-05T09:00:00Z"),
        ("US", "", "America/New_York", "2026-12-07T01:59:00Z", "2026-12-07T01:59:00Z"),
        ("US", "", "America/New_York", "2026-12-07T02:00:00Z", "2026-12-07T13:00:00Z"),
        // Sunday, the day on which the clocks go forward.
        ("US", "", "America/New_York", "2027-03-14T06:30:00Z", "2027-03-14T12:00:00Z"),
        ("CA", "", "America/Toronto", "2026-12-05T13:30:00Z", "2026-12-05T15:00:00Z"),
        ("JP", "", "Asia/Tokyo", "2026-12-05T12:00:00Z", "2026-12-06T23:00:00Z"),
        // A Friday that Samoa never had.
        ("WS", "", "Pacific/Apia", "2011-12-30T09:00:00Z", "2011-12-30T18:00:00Z"),
    ];
    for (code, department, zone, due, expected) in table {
        let found = next_allowed(country(code), department.parse().ok(), zone.parse().unwrap(), at(due));
        assert_eq!(found, at(expected), "{code} {department} {due}");
    }
}

#[test]
fn a_region_is_told_by_department_or_postal_code() {
    for text in ["57", "67", "68", "67000", "57050"] {
        assert_eq!(text.parse(), Ok(Region::AlsaceMoselle));
    }
    for text in ["", "6", "75", "75001", "670", "67é", "67 000", "2A", "677777"] {
        assert_eq!(text.parse::<Region>(), Err(RegionError), "{text:?}");
    }
}

fn zones() -> impl Strategy<Value = Tz> {
    prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec())
}

proptest! {
    #[test]
    fn the_answer_is_allowed_never_early_and_the_time_itself_if_that_is_allowed(
        code in prop::sample::select(vec!["FR", "RE", "BE", "ES", "IT", "US", "CA", "JP"]),
        is_alsatian in any::<bool>(),
        zone in zones(),
        seconds in 0..4_102_444_800_i64,
    ) {
        let country = country(code);
        let region = is_alsatian.then_some(Region::AlsaceMoselle);
        let due = DateTime::from_timestamp(seconds, 0).unwrap();
        let answer = next_allowed(country, region, zone, due);
        let shown = civil::shown(answer, zone);
        prop_assert!(answer >= due);
        prop_assert!(is_allowed(country, region, shown));
        prop_assert_eq!(answer == due, is_allowed(country, region, civil::shown(due, zone)));
        prop_assert_eq!(next_allowed(country, region, zone, answer), answer);
        prop_assert!(answer - due < TimeDelta::days(6), "{} {}", due, answer);
        if code == "FR" {
            prop_assert!(shown.weekday() != Weekday::Sun && (8..20).contains(&shown.hour()));
        }
    }

    #[test]
    fn no_earlier_quarter_of_an_hour_would_have_been_allowed(
        zone in prop::sample::select(vec![chrono_tz::Europe::Paris, chrono_tz::America::New_York]),
        quarters in 0..200_000_i64,
    ) {
        let due = at("2024-01-01T00:00:00Z") + TimeDelta::minutes(15 * quarters);
        let answer = next_allowed(country("FR"), None, zone, due);
        let mut earlier = due;
        while earlier < answer {
            prop_assert!(!is_allowed(country("FR"), None, civil::shown(earlier, zone)), "{} {}", due, earlier);
            earlier += TimeDelta::minutes(15);
        }
    }

    #[test]
    fn easter_is_a_sunday_from_22_march_to_25_april(year in 1583..200_000_i32) {
        let easter = easter(year).unwrap();
        prop_assert_eq!(easter.weekday(), Weekday::Sun);
        let (first, last) = (NaiveDate::from_ymd_opt(year, 3, 22), NaiveDate::from_ymd_opt(year, 4, 25));
        prop_assert!(Some(easter) >= first && Some(easter) <= last);
    }
}

#[test]
fn the_end_of_the_calendar_is_never() {
    let end = NaiveDate::MAX.pred_opt().unwrap().and_time(NaiveTime::MIN).and_utc();
    let answer = next_allowed(country("FR"), None, chrono_tz::UTC, end + TimeDelta::hours(20));
    assert!(answer >= end);
}
