//! What a yes or a no to an appointment means, and how it is told.

use carillon_domain::{AppointmentStatus, Booking, Business};
use carillon_ports::keys::AuditEntry;
use carillon_ports::texting::{Choice, Question, Reply};
use chrono::{DateTime, Utc};

use super::ACTOR;
use super::answers::Answer;

/// Whether a reply changes something, or is for staff to decide on.
pub(super) fn causes_event(reply: Reply, booking: &Booking) -> bool {
    reply == Reply::No || !is_agreed(booking)
}

fn is_agreed(booking: &Booking) -> bool {
    booking.appointment.status == AppointmentStatus::Confirmed
}

/// What is answered.
pub(super) fn reply_answer(reply: Reply, booking: &Booking) -> Answer<'_> {
    match (reply, is_agreed(booking)) {
        (Reply::Yes, false) => Answer::Confirmed(booking),
        (Reply::Yes, true) => Answer::ConfirmedBefore(booking),
        (Reply::No, _) => Answer::AskedToCancel(booking),
    }
}

/// What the audit trail tells.
pub(super) fn replied(reply: Reply, booking: &Booking, at: DateTime<Utc>) -> AuditEntry {
    let action = match (reply, is_agreed(booking)) {
        (Reply::Yes, false) => "appointment.confirmed_by_text",
        (Reply::Yes, true) => "appointment.confirmed_again_by_text",
        (Reply::No, _) => "appointment.cancellation_requested_by_text",
    };
    AuditEntry {
        at,
        actor: ACTOR.to_owned(),
        action: action.to_owned(),
        business: Some(booking.appointment.business.clone()),
        target: booking.appointment.id.to_string(),
    }
}

/// The question of which of these is meant.
pub(super) fn question(
    reply: Reply,
    business: Option<&Business>,
    named: &[&Booking],
    at: DateTime<Utc>,
) -> Option<Question> {
    let choice =
        |booking: &&Booking| Choice { appointment: booking.appointment.id.clone(), timing: booking.timing };
    let business = business?.id.clone();
    Some(Question { reply, business, choices: named.iter().map(choice).collect(), at })
}
