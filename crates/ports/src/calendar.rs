//! Appointments as the calendars of clients take them.

use std::fmt;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::email::{Attachment, Mailbox};

/// What the calendar is asked to do (RFC 5546 §1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Enter the appointment, or change the one that is there under the same `uid`.
    Request,
    /// Take it out.
    Cancel,
}

/// An appointment at one point of its life, for one person. It is personal: `Debug` shows which one it is, not whose or what.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// What to do with it.
    pub method: Method,
    /// The same from booking to cancellation, and no other's in the world: `<id>@<domain>` (RFC 5545 §3.8.4.7).
    pub uid: String,
    /// Rises with each change, the cancellation included: calendars pass over what is older than what they have (RFC 5546 §2.1.4).
    pub sequence: u32,
    /// When the appointment became what it says here.
    pub stamp: DateTime<Utc>,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// When it ends, if anybody said; what is not after the beginning counts as not said.
    pub ends_at: Option<DateTime<Utc>>,
    /// The zone whose clock hangs on the wall where it takes place.
    pub timezone: Tz,
    /// One line.
    pub summary: String,
    /// What else there is to know, in lines.
    pub description: Option<String>,
    /// Where it takes place.
    pub location: Option<String>,
    /// Where it can be looked at or changed.
    pub url: Option<String>,
    /// Who invites. Mail programs are wary where this is not who the e-mail is from.
    pub organizer: Mailbox,
    /// Who is invited. Mail programs show an invitation only to the address that is in it.
    pub attendee: Mailbox,
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invitation({:?} {} revision {})", self.method, self.uid, self.sequence)
    }
}

/// Writes appointments as files that calendars take.
pub trait CalendarWriter: Send + Sync {
    /// The file to attach. MUST hold one event with one attendee, MUST be the same bytes for the same invitation, MUST tell the same
    /// instants to a program that has no database of zones, and MUST let no text become anything but text.
    fn write(&self, invitation: &Invitation) -> Attachment;
}

#[cfg(test)]
mod tests {
    use carillon_domain::EmailAddress;

    use super::*;

    #[test]
    fn an_invitation_and_its_file_print_nobody_and_nothing() {
        let mailbox =
            |address| Mailbox { name: "Camille".to_owned(), address: EmailAddress::parse(address).unwrap() };
        let invitation = Invitation {
            method: Method::Cancel,
            uid: "a-1@carillon.example".to_owned(),
            sequence: 2,
            stamp: DateTime::UNIX_EPOCH,
            starts_at: DateTime::UNIX_EPOCH,
            ends_at: None,
            timezone: Tz::UTC,
            summary: "Camille".to_owned(),
            description: Some("Camille".to_owned()),
            location: Some("Camille".to_owned()),
            url: Some("https://example.com/camille".to_owned()),
            organizer: mailbox("camille@salon.example"),
            attendee: mailbox("camille@example.com"),
        };
        assert_eq!(format!("{invitation:?}"), "Invitation(Cancel a-1@carillon.example revision 2)");
        let file = Attachment {
            file_name: "invite.ics".to_owned(),
            media_type: "text/calendar".to_owned(),
            bytes: b"Camille".to_vec(),
        };
        assert_eq!(format!("{file:?}"), "Attachment(invite.ics text/calendar 7 bytes)");
    }
}
