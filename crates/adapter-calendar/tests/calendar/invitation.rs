//! An invitation to vary, and its file.

use carillon_adapter_calendar::ICalendar;
use carillon_domain::EmailAddress;
use carillon_ports::CalendarWriter;
use carillon_ports::calendar::{Invitation, Method};
use carillon_ports::email::Mailbox;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

pub(crate) fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox { name: name.to_owned(), address: EmailAddress::parse(address).expect("an address") }
}

/// Three quarters of an hour at a hairdresser's.
pub(crate) fn invitation(timezone: Tz, starts_at: &str) -> Invitation {
    let starts_at = at(starts_at);
    Invitation {
        method: Method::Request,
        uid: "018f2b6e-4821@carillon.example".to_owned(),
        sequence: 0,
        stamp: at("2026-06-01T08:00:00Z"),
        starts_at,
        ends_at: Some(starts_at + chrono::TimeDelta::minutes(45)),
        timezone,
        summary: "Coupe et brushing".to_owned(),
        description: None,
        location: Some("12 rue des Lilas, 69003 Lyon".to_owned()),
        url: Some("https://carillon.example/a/4821".to_owned()),
        organizer: mailbox("Salon des Lilas", "bonjour@carillon.example"),
        attendee: mailbox("Camille Martin", "camille@example.com"),
    }
}

pub(crate) fn file(invitation: &Invitation) -> String {
    String::from_utf8(ICalendar.write(invitation).bytes).expect("UTF-8")
}

/// The properties and the ends of components, as a reader unfolds them.
pub(crate) fn lines(file: &str) -> Vec<String> {
    let whole = file.replace("\r\n ", "");
    whole.strip_suffix("\r\n").expect("the last line ends").split("\r\n").map(str::to_owned).collect()
}

/// The lines of a component, from its beginning to its end; none where there is no such component.
pub(crate) fn within(file: &str, component: &str) -> Vec<String> {
    let (begin, end) = (format!("BEGIN:{component}"), format!("END:{component}"));
    let inner = lines(file).into_iter().skip_while(|line| *line != begin);
    let mut found: Vec<String> = inner.take_while(|line| *line != end).collect();
    if !found.is_empty() {
        found.push(end);
    }
    found
}
