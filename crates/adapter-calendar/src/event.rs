//! The event itself: its `VEVENT` (RFC 5545 §3.6.1, RFC 5546 §3.2.2 and §3.2.5).

use carillon_domain::EmailAddress;
use carillon_ports::calendar::{Invitation, Method};
use carillon_ports::email::Mailbox;
use icalendar::{Attendee, Component, Event, EventLike, EventStatus, PartStat, Property, Role};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::line::component;
use crate::times::Times;

/// What an address may hold and a `mailto:` must not (RFC 6068 §2). The rest stays: programs compare addresses letter by letter.
const NOT_IN_MAILTO: &AsciiSet =
    &CONTROLS.add(b'%').add(b'?').add(b'#').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// For an event whose end nobody said. By RFC 5545 §3.6.1 it could do without, and would be a moment; but Exchange refuses a file
/// with neither an end nor a duration ([MS-STANXICAL], on that section), and keeps no event whose end is not after its beginning. A
/// duration is taken by Exchange and Outlook ([MS-OXCICAL] §2.1.3.1.1.20.12) as by the RFC, and does not pretend that an end was agreed
/// on. An hour is what calendars propose by themselves.
const DURATION: &str = "PT1H";

pub(crate) fn vevent(invitation: &Invitation, times: &Times) -> String {
    let mut event = Event::with_uid(&one_line(&invitation.uid));
    event
        .sequence(invitation.sequence)
        .timestamp(invitation.stamp)
        .summary(&one_line(&invitation.summary))
        .starts(times.written(times.starts_at))
        .append_property(organizer(&invitation.organizer))
        .attendee(attendee(&invitation.attendee));
    match times.ends_at {
        Some(ends_at) => event.ends(times.written(ends_at)),
        None => event.add_property("DURATION", DURATION),
    };
    match invitation.method {
        Method::Request => event.status(EventStatus::Confirmed).add_property("TRANSP", "OPAQUE"),
        // Some calendars keep it, struck out: it must not make anybody look busy.
        Method::Cancel => event.status(EventStatus::Cancelled).add_property("TRANSP", "TRANSPARENT"),
    };
    let url = invitation.url.as_deref().map(uri);
    let optional = [
        ("DESCRIPTION", invitation.description.as_deref()),
        ("LOCATION", invitation.location.as_deref()),
        ("URL", url.as_deref()),
    ];
    for (name, value) in optional {
        if let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) {
            event.add_property(name, value);
        }
    }
    let many = event.multi_properties().values().flatten();
    component("VEVENT", event.properties().values().chain(many), "")
}

fn organizer(mailbox: &Mailbox) -> Property {
    let mut organizer = Property::new("ORGANIZER", mailto(&mailbox.address));
    if let Some(name) = name(mailbox) {
        organizer.add_parameter("CN", &name);
    }
    organizer
}

/// Who booked has said yes by booking, and no answer is waited for: mail programs that are asked for one show buttons, of which "no"
/// would cancel nothing. A cancellation names the same person in the same way.
fn attendee(mailbox: &Mailbox) -> Attendee {
    let attendee = Attendee::new(mailto(&mailbox.address))
        .role(Role::ReqParticipant)
        .partstat(PartStat::Accepted)
        .rsvp(false);
    match name(mailbox) {
        Some(name) => attendee.cn(name),
        None => attendee,
    }
}

fn mailto(address: &EmailAddress) -> String {
    format!("mailto:{}", utf8_percent_encode(address.expose(), NOT_IN_MAILTO))
}

/// Without what turns the direction of a line, with which a name can pretend to be another.
fn name(mailbox: &Mailbox) -> Option<String> {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let name = one_line(&mailbox.name.replace(turns, ""));
    (!name.is_empty()).then_some(name)
}

fn one_line(text: &str) -> String {
    let ends = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.replace(ends, " ").trim().to_owned()
}

/// What a web address is made of.
fn uri(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).collect()
}
