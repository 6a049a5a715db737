//! The files, letter by letter.

use carillon_adapter_calendar::ICalendar;
use carillon_ports::CalendarWriter;
use carillon_ports::calendar::{Invitation, Method};
use chrono_tz::Tz;

use crate::invitation::{at, file, invitation, lines, mailbox, within};

/// The times of the event and all that is said of its zone.
fn time(invitation: &Invitation) -> Vec<String> {
    let file = file(invitation);
    let event = within(&file, "VEVENT");
    let times = event.into_iter().filter(|line| line.starts_with("DTSTART") || line.starts_with("DTEND"));
    within(&file, "VTIMEZONE").into_iter().chain(times).collect()
}

#[test]
fn a_booking_is_exactly_this_file() {
    let attachment = ICalendar.write(&invitation(Tz::Europe__Paris, "2026-07-10T12:30:00Z"));
    assert_eq!(attachment.file_name, "invite.ics");
    assert_eq!(attachment.media_type, "text/calendar; charset=utf-8; method=REQUEST");
    let expected = "\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Carillon//Carillon//EN\r
CALSCALE:GREGORIAN\r
METHOD:REQUEST\r
BEGIN:VTIMEZONE\r
TZID:Europe/Paris\r
BEGIN:DAYLIGHT\r
DTSTART:20260329T020000\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
TZNAME:CEST\r
END:DAYLIGHT\r
BEGIN:STANDARD\r
DTSTART:20261025T030000\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
TZNAME:CET\r
END:STANDARD\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
DTEND;TZID=Europe/Paris:20260710T151500\r
DTSTAMP:20260601T080000Z\r
DTSTART;TZID=Europe/Paris:20260710T143000\r
LOCATION:12 rue des Lilas\\, 69003 Lyon\r
ORGANIZER;CN=Salon des Lilas:mailto:bonjour@carillon.example\r
SEQUENCE:0\r
STATUS:CONFIRMED\r
SUMMARY:Coupe et brushing\r
TRANSP:OPAQUE\r
UID:018f2b6e-4821@carillon.example\r
URL:https://carillon.example/a/4821\r
ATTENDEE;CN=Camille Martin;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALS\r
 E:mailto:camille@example.com\r
END:VEVENT\r
END:VCALENDAR\r
";
    assert_eq!(String::from_utf8(attachment.bytes).expect("UTF-8"), expected);
}

#[test]
fn a_cancellation_differs_in_method_sequence_status_and_busy_time_alone() {
    let booked = invitation(Tz::Europe__Paris, "2026-07-10T12:30:00Z");
    let cancelled = Invitation { method: Method::Cancel, sequence: 3, ..booked.clone() };
    let attachment = ICalendar.write(&cancelled);
    assert_eq!(attachment.file_name, "invite.ics");
    assert_eq!(attachment.media_type, "text/calendar; charset=utf-8; method=CANCEL");
    let (before, after) = (lines(&file(&booked)), lines(&file(&cancelled)));
    let differ: Vec<&String> =
        before.iter().zip(&after).filter(|(one, other)| one != other).map(|(_, other)| other).collect();
    assert_eq!(before.len(), after.len());
    assert_eq!(differ, ["METHOD:CANCEL", "SEQUENCE:3", "STATUS:CANCELLED", "TRANSP:TRANSPARENT"]);
}

#[test]
fn winter_in_paris_has_the_change_before_and_the_change_after() {
    let expected = [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Paris",
        "BEGIN:STANDARD",
        "DTSTART:20251026T030000",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "TZNAME:CET",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:20260329T020000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "TZNAME:CEST",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
        "DTEND;TZID=Europe/Paris:20260115T101500",
        "DTSTART;TZID=Europe/Paris:20260115T093000",
    ];
    assert_eq!(time(&invitation(Tz::Europe__Paris, "2026-01-15T08:30:00Z")), expected);
}

#[test]
fn west_of_greenwich_offsets_are_negative() {
    let expected = [
        "BEGIN:VTIMEZONE",
        "TZID:America/New_York",
        "BEGIN:DAYLIGHT",
        "DTSTART:20260308T020000",
        "TZOFFSETFROM:-0500",
        "TZOFFSETTO:-0400",
        "TZNAME:EDT",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20261101T020000",
        "TZOFFSETFROM:-0400",
        "TZOFFSETTO:-0500",
        "TZNAME:EST",
        "END:STANDARD",
        "END:VTIMEZONE",
        "DTEND;TZID=America/New_York:20260704T094500",
        "DTSTART;TZID=America/New_York:20260704T090000",
    ];
    assert_eq!(time(&invitation(Tz::America__New_York, "2026-07-04T13:00:00Z")), expected);
}

#[test]
fn clocks_may_change_by_half_an_hour() {
    let expected = [
        "BEGIN:VTIMEZONE",
        "TZID:Australia/Lord_Howe",
        "BEGIN:DAYLIGHT",
        "DTSTART:20251005T020000",
        "TZOFFSETFROM:+1030",
        "TZOFFSETTO:+1100",
        "TZNAME:+11",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:20260405T020000",
        "TZOFFSETFROM:+1100",
        "TZOFFSETTO:+1030",
        "TZNAME:+1030",
        "END:STANDARD",
        "END:VTIMEZONE",
        "DTEND;TZID=Australia/Lord_Howe:20260115T104500",
        "DTSTART;TZID=Australia/Lord_Howe:20260115T100000",
    ];
    assert_eq!(time(&invitation(Tz::Australia__Lord_Howe, "2026-01-14T23:00:00Z")), expected);
}

#[test]
fn where_clocks_never_change_one_standard_time_holds() {
    let expected = [
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Kathmandu",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0545",
        "TZOFFSETTO:+0545",
        "TZNAME:+0545",
        "END:STANDARD",
        "END:VTIMEZONE",
        "DTEND;TZID=Asia/Kathmandu:20260710T184500",
        "DTSTART;TZID=Asia/Kathmandu:20260710T180000",
    ];
    assert_eq!(time(&invitation(Tz::Asia__Kathmandu, "2026-07-10T12:15:00Z")), expected);
}

#[test]
fn clocks_that_go_back_for_ramadan_are_standard_time_during_it() {
    let expected = [
        "BEGIN:VTIMEZONE",
        "TZID:Africa/Casablanca",
        "BEGIN:STANDARD",
        "DTSTART:20260215T030000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0000",
        "TZNAME:+00",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:20260322T020000",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0100",
        "TZNAME:+01",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
        "DTEND;TZID=Africa/Casablanca:20260301T104500",
        "DTSTART;TZID=Africa/Casablanca:20260301T100000",
    ];
    assert_eq!(time(&invitation(Tz::Africa__Casablanca, "2026-03-01T10:00:00Z")), expected);
    let spring = time(&invitation(Tz::Africa__Casablanca, "2026-05-01T09:00:00Z"));
    assert_eq!(spring[2..4], ["BEGIN:DAYLIGHT", "DTSTART:20260322T020000"]);
    assert_eq!(spring[spring.len() - 1], "DTSTART;TZID=Africa/Casablanca:20260501T100000");
}

#[test]
fn utc_needs_no_zone() {
    for zone in [Tz::UTC, Tz::Etc__UTC, Tz::Zulu] {
        let expected = ["DTEND:20260710T131500Z", "DTSTART:20260710T123000Z"];
        assert_eq!(time(&invitation(zone, "2026-07-10T12:30:00Z")), expected);
    }
}

#[test]
fn the_second_of_two_like_hours_is_told_in_utc() {
    // 02:10 in Paris, before the clocks go back, and 02:10 after.
    let first = time(&invitation(Tz::Europe__Paris, "2026-10-25T00:10:00Z"));
    assert_eq!(first[first.len() - 1], "DTSTART;TZID=Europe/Paris:20261025T021000");
    let second = time(&invitation(Tz::Europe__Paris, "2026-10-25T01:10:00Z"));
    assert_eq!(second, ["DTEND:20261025T015500Z", "DTSTART:20261025T011000Z"]);
    // So is an event that ends in it.
    let across = time(&invitation(Tz::Europe__Paris, "2026-10-25T00:45:00Z"));
    assert_eq!(across, ["DTEND:20261025T013000Z", "DTSTART:20261025T004500Z"]);
}

#[test]
fn an_event_that_nobody_said_the_end_of_lasts_an_hour() {
    let booked = invitation(Tz::Europe__Paris, "2026-07-10T12:30:00Z");
    for ends_at in [None, Some(booked.starts_at), Some(at("2026-07-10T12:30:00.9Z"))] {
        let event = within(&file(&Invitation { ends_at, ..booked.clone() }), "VEVENT");
        assert!(event.contains(&"DURATION:PT1H".to_owned()), "{event:?}");
        assert!(!event.iter().any(|line| line.starts_with("DTEND")), "{event:?}");
    }
}

#[test]
fn what_is_not_said_is_left_out() {
    let mut bare = invitation(Tz::UTC, "2026-07-10T12:30:00Z");
    bare.description = Some(" \r\n".to_owned());
    bare.location = None;
    bare.url = Some("\u{e9}".to_owned());
    bare.organizer.name = String::new();
    bare.attendee.name = "\u{202e}".to_owned();
    let expected = [
        "BEGIN:VEVENT",
        "DTEND:20260710T131500Z",
        "DTSTAMP:20260601T080000Z",
        "DTSTART:20260710T123000Z",
        "ORGANIZER:mailto:bonjour@carillon.example",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "SUMMARY:Coupe et brushing",
        "TRANSP:OPAQUE",
        "UID:018f2b6e-4821@carillon.example",
        "ATTENDEE;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:camille@example.com",
        "END:VEVENT",
    ];
    assert_eq!(within(&file(&bare), "VEVENT"), expected);
}

#[test]
fn hostile_texts_stay_texts() {
    let attack = "x\r\nATTENDEE:mailto:other@example.com\r\nEND:VEVENT\r\n\u{2028}BEGIN:VALARM\0";
    let mut hostile = invitation(Tz::Europe__Paris, "2026-07-10T12:30:00Z");
    let usual = lines(&file(&hostile)).len();
    attack.clone_into(&mut hostile.uid);
    attack.clone_into(&mut hostile.summary);
    hostile.description = Some(attack.to_owned());
    hostile.location = Some(attack.to_owned());
    hostile.url = Some(format!("https://carillon.example/{attack}"));
    hostile.organizer.name = format!("\"{attack}\";RSVP=TRUE:mailto:other@example.com");
    hostile.attendee = mailbox("Dr. \"Pat\\\", Martin\u{202e}", "o'br%ien?x#y@example.com");
    let written = lines(&file(&hostile));
    assert_eq!(written.len(), usual + 1, "one line more, for the description: {written:?}");
    let expected = [
        "DESCRIPTION:x\\nATTENDEE:mailto:other@example.com\\nEND:VEVENT\\n\\nBEGIN:VALARM",
        "LOCATION:x\\nATTENDEE:mailto:other@example.com\\nEND:VEVENT\\n\\nBEGIN:VALARM",
        "SUMMARY:x  ATTENDEE:mailto:other@example.com  END:VEVENT   BEGIN:VALARM",
        "UID:x  ATTENDEE:mailto:other@example.com  END:VEVENT   BEGIN:VALARM",
        "URL:https://carillon.example/xATTENDEE:mailto:other@example.comEND:VEVENTBEGIN:VALARM",
        "ORGANIZER;CN=\"'x  ATTENDEE:mailto:other@example.com  END:VEVENT   BEGIN:VALARM ';RSVP=TRUE:mailto:other@example.com\":mailto:bonjour@carillon.example",
        "ATTENDEE;CN=\"Dr. 'Pat'', Martin\";PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE:mailto:o'br%25ien%3Fx%23y@example.com",
    ];
    for line in expected {
        assert!(written.iter().any(|written| written == line), "{line}\n{written:#?}");
    }
}
