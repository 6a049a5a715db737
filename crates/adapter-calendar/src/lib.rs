//! Appointments as iCalendar files (RFC 5545, RFC 5546), which Gmail, Outlook, Apple's and other calendars take from an e-mail.
//!
//! Architecture invariant: a file is one event with one attendee, and the same invitation always makes the same bytes. What people
//! wrote becomes text and nothing else: `line.rs` sees to it. Times are local, with as much of their zone as a program without a
//! database of zones needs to find the same instants.
//!
//! The `icalendar` crate knows the properties and their types; the lines are written here, and `line.rs` says why.
//!
//! To add a property of the event: `event.rs`, and the exact texts in `tests/calendar/files.rs`.

mod changes;
mod event;
mod line;
mod times;
mod zone;

use carillon_ports::CalendarWriter;
use carillon_ports::calendar::{Invitation, Method};
use carillon_ports::email::Attachment;
use icalendar::Property;

use crate::line::component;
use crate::times::Times;

/// Cancellations have it too: programs go by the method, and it is what Google and Microsoft call theirs.
const FILE_NAME: &str = "invite.ics";

/// Writes iCalendar files.
#[derive(Debug, Clone, Copy, Default)]
pub struct ICalendar;

impl CalendarWriter for ICalendar {
    fn write(&self, invitation: &Invitation) -> Attachment {
        let method = method(invitation.method);
        let times = Times::of(invitation);
        let head = [
            Property::new("VERSION", "2.0"),
            Property::new("PRODID", "-//Carillon//Carillon//EN"),
            Property::new("CALSCALE", "GREGORIAN"),
            // Mail programs want the same word here and in the media type.
            Property::new("METHOD", method),
        ];
        let zone = times.zone.map(|zone| zone::vtimezone(zone, times.starts_at, times.ends_at));
        let event = event::vevent(invitation, &times);
        let file = component("VCALENDAR", &head, &(zone.unwrap_or_default() + &event));
        Attachment {
            file_name: FILE_NAME.to_owned(),
            media_type: format!("text/calendar; charset=utf-8; method={method}"),
            bytes: file.into_bytes(),
        }
    }
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Request => "REQUEST",
        Method::Cancel => "CANCEL",
    }
}
