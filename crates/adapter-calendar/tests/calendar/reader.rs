//! The files as the Python package `icalendar` reads them, which nobody here wrote.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use carillon_ports::calendar::{Invitation, Method};
use chrono::{SecondsFormat, TimeDelta};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::invitation::{at, file, invitation};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/calendar/reader.py");

/// The Python that has the package; `./scripts/prepare` installs it.
fn python() -> Option<PathBuf> {
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)?;
    let python = cache.join("carillon/icalendar/bin/python");
    // The package's own command is there once it is installed whole.
    python.with_file_name("icalendar").is_file().then_some(python)
}

/// What the package makes of the files, in their order. `None` where it is not installed.
fn read(invitations: &[Invitation]) -> Option<Vec<Value>> {
    let Some(python) = python() else {
        println!("left out: the Python package icalendar is not installed");
        return None;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(python);
    command.arg(SCRIPT);
    for (index, invitation) in invitations.iter().enumerate() {
        let path = folder.path().join(format!("{index}.ics"));
        std::fs::write(&path, file(invitation)).expect("written");
        command.arg(path);
    }
    let output = command.output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

fn method(method: Method) -> (&'static str, &'static str) {
    match method {
        Method::Request => ("REQUEST", "CONFIRMED"),
        Method::Cancel => ("CANCEL", "CANCELLED"),
    }
}

/// What must be read of an invitation.
fn meant(invitation: &Invitation) -> Value {
    let (method, status) = method(invitation.method);
    let instant = |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let zone = (invitation.timezone != Tz::UTC).then(|| invitation.timezone.name());
    json!({
        "method": method,
        "zones": zone.into_iter().collect::<Vec<_>>(),
        "uid": invitation.uid,
        "sequence": invitation.sequence,
        "status": status,
        "stamp": instant(invitation.stamp),
        "starts_at": instant(invitation.starts_at),
        "ends_at": invitation.ends_at.map(instant),
        "summary": invitation.summary,
        "description": invitation.description,
        "organizer": [format!("mailto:{}", invitation.organizer.address.expose()), invitation.organizer.name],
        "attendee": [
            format!("mailto:{}", invitation.attendee.address.expose()), invitation.attendee.name, "ACCEPTED"
        ],
        "errors": [],
    })
}

/// Booked, moved to another day, moved across a change of the clocks, cancelled.
fn life(zone: Tz) -> [Invitation; 4] {
    let booked = invitation(zone, "2026-03-20T09:00:00Z");
    let moved = |sequence, stamp: &str, starts_at: &str| Invitation {
        sequence,
        stamp: at(stamp),
        starts_at: at(starts_at),
        ends_at: Some(at(starts_at) + TimeDelta::minutes(45)),
        ..booked.clone()
    };
    let once = moved(1, "2026-06-02T08:00:00Z", "2026-03-24T16:30:00Z");
    let twice = moved(2, "2026-06-03T08:00:00Z", "2026-04-07T09:00:00Z");
    let cancelled = Invitation {
        method: Method::Cancel,
        sequence: 3,
        stamp: at("2026-06-04T08:00:00Z"),
        ..twice.clone()
    };
    [booked, once, twice, cancelled]
}

#[test]
fn book_move_move_cancel_is_one_event_of_rising_sequence_at_the_instants_that_were_meant() {
    let zones = [
        Tz::Europe__Paris,
        Tz::America__New_York,
        Tz::Australia__Lord_Howe,
        Tz::Asia__Kathmandu,
        Tz::Africa__Casablanca,
        Tz::UTC,
    ];
    let lives: Vec<Invitation> = zones.into_iter().flat_map(life).collect();
    let Some(read) = read(&lives) else { return };
    assert_eq!(read.len(), lives.len());
    for (invitation, understood) in lives.iter().zip(&read) {
        assert_eq!(*understood, meant(invitation), "{}", invitation.timezone);
    }
    for life in read.chunks(4) {
        assert!(life.iter().all(|state| state["uid"] == life[0]["uid"]));
        assert!(life.is_sorted_by_key(|state| state["sequence"].as_u64()));
        let methods: Vec<&Value> = life.iter().map(|state| &state["method"]).collect();
        assert_eq!(methods, ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]);
    }
}

#[test]
fn awkward_texts_and_names_are_read_as_they_were_written() {
    let mut awkward = invitation(Tz::Europe__Paris, "2026-07-10T12:30:00Z");
    awkward.summary = "Coupe, brushing; 45 € \\ \"à bientôt\" 💇‍♀️".to_owned();
    awkward.description =
        Some("Première ligne\n\nTroisième, avec \\n; et : ".to_owned() + &"é".repeat(300) + "fin");
    awkward.organizer.name = "Müller; Söhne, & Co: Łukasz".to_owned();
    awkward.attendee.name = "李小龍".to_owned();
    let Some(read) = read(std::slice::from_ref(&awkward)) else { return };
    assert_eq!(read, [meant(&awkward)]);
}

#[test]
fn without_an_end_there_is_none_and_the_file_is_right() {
    let open = Invitation { ends_at: None, ..invitation(Tz::Europe__Paris, "2026-07-10T12:30:00Z") };
    let Some(read) = read(std::slice::from_ref(&open)) else { return };
    assert_eq!(read, [meant(&open)]);
}
