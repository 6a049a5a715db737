//! Whose clock a text tells, and how dates and times are written in a region.

use carillon_adapter_templates::Templates;
use carillon_domain::Channel;
use carillon_ports::content::Content;
use chrono_tz::Tz;

use crate::directories::{Folder, MINIMAL};
use crate::stage::{EMBEDDED, Stage, json, kind};

const SUMMER: &str = "2027-07-15T17:00:00Z";

/// A catalogue with a kind that says one text in the inbox and by SMS.
fn catalogue_of(text: &str) -> Templates {
    let folder = Folder::new();
    folder.kind("test.formats", &format!("{MINIMAL}\n[channels.sms]\n"));
    for language in ["en", "fr"] {
        let path = |file: &str| format!("test.formats/{language}/{file}");
        folder.file(&path("inbox.toml"), &format!("title = 'x'\nbody = '''{text}'''"));
        folder.file(&path("sms"), text);
    }
    Templates::with_directories(&[folder.path()]).unwrap_or_else(|errors| panic!("\n{errors}"))
}

fn told(templates: &Templates, stage: &Stage, channel: Channel) -> String {
    match stage.render_with(templates, channel).unwrap() {
        Content::InApp { body, .. } => body.replace('\u{a0}', " "),
        Content::Sms { text } => text,
        Content::Email { .. } => panic!("no e-mail was asked for"),
    }
}

fn stage(locale: &str, place: Tz, reader: Tz, at: &str) -> Stage {
    let mut stage = Stage::new("client.appointment_confirmed", locale);
    stage.kind = kind("test.formats");
    (stage.timezone, stage.reader_timezone) = (place, Some(reader));
    stage.data = json(&format!(r#"{{"at":"{at}"}}"#));
    stage
}

#[test]
fn the_place_is_named_where_the_readers_clock_differs_at_that_moment() {
    use chrono_tz::{America::New_York, Asia::Tokyo, Europe};
    let templates = catalogue_of("{{ at|time }}");
    // language, place, reader, instant; in the inbox, by SMS
    let table = [
        ("fr", Europe::Paris, New_York, SUMMER, "19:00 (heure de Paris)", "19:00 (Paris)"),
        ("en", Europe::Paris, New_York, SUMMER, "7:00 PM (Paris time)", "7:00 PM (Paris)"),
        ("en-GB", Europe::Paris, Europe::London, SUMMER, "19:00 (Paris time)", "19:00 (Paris)"),
        ("fr", Europe::London, Europe::Paris, SUMMER, "18:00 (heure de Londres)", "18:00 (Londres)"),
        ("fr", Tokyo, Europe::Paris, SUMMER, "02:00 (heure de Tokyo)", "02:00 (Tokyo)"),
        ("fr", Europe::Paris, Europe::Brussels, SUMMER, "19:00", "19:00"),
        ("fr", Europe::Paris, Europe::Paris, SUMMER, "19:00", "19:00"),
        // Clocks go back in Europe on 31 October 2027, in New York on 7 November; Tunis and Paris agree in winter alone.
        ("fr", Europe::Paris, chrono_tz::Africa::Tunis, "2027-11-02T17:00:00Z", "18:00", "18:00"),
        ("fr", Europe::Paris, chrono_tz::Africa::Tunis, SUMMER, "19:00 (heure de Paris)", "19:00 (Paris)"),
    ];
    for (locale, place, reader, at, inbox, sms) in table {
        let stage = stage(locale, place, reader, at);
        let found = (told(&templates, &stage, Channel::InApp), told(&templates, &stage, Channel::Sms));
        assert_eq!(found, (inbox.to_owned(), sms.to_owned()), "{locale} {place} {reader} {at}");
    }
}

#[test]
fn a_date_carries_its_year_unless_it_lies_within_the_next_eleven_months() {
    let templates = catalogue_of("{{ at|day }} / {{ at|short_date }}");
    // instant, French, English; now is 9 o'clock on 1 December 2026 in Paris
    let table = [
        ("2026-12-01T00:30:00+01:00", "mardi 1er décembre / mar. 01/12", "Tuesday, December 1 / Tue, Dec 1"),
        ("2027-10-31T09:00:00+01:00", "dimanche 31 octobre / dim. 31/10", "Sunday, October 31 / Sun, Oct 31"),
        (
            "2027-11-01T09:00:00+01:00",
            "lundi 1er novembre 2027 / lun. 01/11/2027",
            "Monday, November 1, 2027 / Mon, Nov 1, 2027",
        ),
        (
            "2026-11-30T09:00:00+01:00",
            "lundi 30 novembre 2026 / lun. 30/11/2026",
            "Monday, November 30, 2026 / Mon, Nov 30, 2026",
        ),
        (
            "2025-06-01T09:00:00+02:00",
            "dimanche 1er juin 2025 / dim. 01/06/2025",
            "Sunday, June 1, 2025 / Sun, Jun 1, 2025",
        ),
    ];
    let paris = chrono_tz::Europe::Paris;
    for (at, french, english) in table {
        for channel in [Channel::InApp, Channel::Sms] {
            assert!(told(&templates, &stage("en", paris, paris, at), channel) == english, "{at} {english}");
        }
        assert_eq!(told(&templates, &stage("fr", paris, paris, at), Channel::InApp), french, "{at}");
    }
}

#[test]
fn dates_and_times_are_written_as_in_the_readers_region() {
    let templates = catalogue_of("{{ at|day }}, {{ at|time }}");
    for (locale, expected) in [
        ("en", "Thursday, July 1, 2:30 PM"),
        ("en-US", "Thursday, July 1, 2:30 PM"),
        ("en-GB", "Thursday 1 July, 14:30"),
        ("fr", "jeudi 1er juillet, 14:30"),
        ("fr-FR", "jeudi 1er juillet, 14:30"),
        ("fr-CA", "jeudi 1er juillet, 14 h 30"),
        ("fr-CH", "jeudi 1er juillet, 14:30"),
        ("fr-BE", "jeudi 1er juillet, 14:30"),
        ("ja", "Thursday, July 1, 2:30 PM"),
    ] {
        let paris = chrono_tz::Europe::Paris;
        let stage = stage(locale, paris, paris, "2027-07-01T14:30:00+02:00");
        assert_eq!(told(&templates, &stage, Channel::InApp), expected, "{locale}");
    }
}

#[test]
fn a_text_of_the_business_is_written_as_in_the_readers_region_too() {
    let mut stage = Stage::new("client.appointment_confirmed", "en");
    stage.recipient.locale = "en-GB".parse().ok();
    let (_, text) = stage.own_body("{{ appointment.starts_at|day }} at {{ appointment.starts_at|time }}");
    assert_eq!(text, "Thursday 3 December at 14:30");
}

#[test]
fn the_appointment_s_own_zone_goes_before_that_of_the_text() {
    let mut stage = Stage::new("staff.agenda", "en");
    let visit = r#"{"starts_at":"2026-12-03T09:00:00Z","timezone":"Asia/Tokyo","service":"Cut","client":{"part":"client.1"}}"#;
    let plain = r#"{"starts_at":"2026-12-03T09:00:00Z","service":"Dye","client":{"part":"client.2"}}"#;
    stage.data =
        json(&format!(r#"{{"agenda":{{"day":"2026-12-03T00:00:00+01:00","visits":[{visit},{plain}]}}}}"#));
    let (_, _, text) = stage.email();
    assert!(text.contains("6:00\u{a0}PM (Tokyo time)") && text.contains("10:00\u{a0}AM"), "{text}");
}

#[test]
fn the_reminder_an_hour_before_says_today_where_it_is() {
    // language, now; what the SMS says of an appointment at 14:30 on 3 December in Paris
    for (locale, now, expected) in [
        ("fr", "2026-12-03T12:30:00Z", "nous vous attendons dans une heure, à 14:30"),
        ("en", "2026-12-03T12:30:00Z", "see you in an hour, at 2:30 PM"),
        ("fr", "2026-12-03T12:26:00Z", "nous vous attendons dans une heure, à 14:30"),
        ("fr", "2026-12-03T12:20:00Z", "nous vous attendons aujourd'hui à 14:30"),
        ("en", "2026-12-03T12:50:00Z", "see you today at 2:30 PM"),
        ("fr", "2026-12-02T22:30:00Z", "nous vous attendons le jeu. 03/12 à 14:30"),
        ("fr", "2026-12-02T23:30:00Z", "nous vous attendons aujourd'hui à 14:30"),
        ("en", "2026-12-02T12:30:00Z", "see you on Thu, Dec 3 at 2:30 PM"),
    ] {
        let mut stage = Stage::new("client.reminder_1h", locale);
        stage.now = now.parse().unwrap();
        let text = told(&EMBEDDED, &stage, Channel::Sms);
        assert!(text.contains(expected), "{locale} {now}: {text}");
    }
}
