//! The appointment as a calendar file, where a kind brings one.

use carillon_domain::business::PLATFORM_ZONE;
use carillon_domain::kind::Calendar;
use carillon_domain::{Booking, Channel};
use carillon_ports::calendar::{Invitation, Method};
use carillon_ports::email::{Attachment, Mailbox};
use carillon_ports::store::Claimed;

use crate::Ports;

/// The file that comes with a message; `None` for a kind that brings none.
pub(crate) fn of(ports: &Ports, claimed: &Claimed, from: &Mailbox, to: &Mailbox) -> Option<Attachment> {
    let kind = ports.catalogue.find_kind(&claimed.notification.kind)?;
    let rule = kind.channels.iter().find(|rule| rule.channel == Channel::Email)?;
    let booking = claimed.booking.as_deref()?;
    let invitation = invitation(rule.calendar?, booking, claimed, from, to);
    Some(ports.calendar.write(&invitation))
}

fn invitation(
    calendar: Calendar,
    booking: &Booking,
    claimed: &Claimed,
    from: &Mailbox,
    to: &Mailbox,
) -> Invitation {
    let appointment = &booking.appointment;
    let business = claimed.business.as_ref().map_or("", |business| business.name.as_str());
    Invitation {
        method: match calendar {
            Calendar::Request => Method::Request,
            Calendar::Cancel => Method::Cancel,
        },
        uid: uid(booking, from),
        // Every change raises the revision, so a calendar never takes an older one for the newest.
        sequence: u32::try_from(booking.revision - 1).unwrap_or_default(),
        stamp: booking.changed_at,
        starts_at: appointment.starts_at,
        ends_at: appointment.ends_at,
        timezone: appointment.timezone.unwrap_or(PLATFORM_ZONE),
        summary: [appointment.service.as_str(), business]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" · "),
        description: claimed.people.get("practitioner").map(|person| person.name.clone()),
        location: appointment.location.clone(),
        url: appointment.url.clone(),
        organizer: from.clone(),
        attendee: to.clone(),
    }
}

/// The same from booking to cancellation: the appointment's name within this deployment, in letters that every calendar takes.
fn uid(booking: &Booking, from: &Mailbox) -> String {
    let plain = |text: &str| -> String {
        let of = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' => char::from(byte).to_string(),
            other => format!("_{other:02x}"),
        };
        text.bytes().map(of).collect()
    };
    let appointment = &booking.appointment;
    format!(
        "{}.{}@{}",
        plain(appointment.id.as_str()),
        plain(appointment.business.as_str()),
        from.address.domain()
    )
}
