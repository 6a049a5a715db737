//! Of which appointment somebody speaks who says yes or no: a pure function of what they were told.

use carillon_domain::ids::PersonId;
use carillon_domain::{AppointmentStatus, Booking, BusinessId};
use carillon_ports::texting::{Choice, Question, Reply};
use chrono::{DateTime, TimeDelta, Utc};

/// An appointment that lies ahead and of which a text message spoke.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    /// As it is now.
    pub(super) booking: Booking,
    /// To whom it was said.
    pub(super) person: PersonId,
    /// When, for the last time.
    pub(super) at: DateTime<Utc>,
    /// Whether what was said is what is agreed now.
    pub(super) is_current: bool,
}

/// Of what somebody speaks.
#[derive(Debug)]
pub(super) enum Chosen<'a> {
    /// Of this one.
    One(&'a Mention),
    /// Of one of these: they must be asked. There is at least one.
    Several(Vec<&'a Mention>),
    /// Of none that we know of.
    Nothing,
}

/// What was spoken of so lately that a reply may mean it.
const LATELY: TimeDelta = TimeDelta::hours(48);

/// Finds the appointment that a reply means. `mentions` are those of one business, newest first, each appointment once.
pub(super) fn choose<'a>(
    reply: Reply,
    number: Option<usize>,
    mentions: &'a [Mention],
    question: Option<&Question>,
    business: &BusinessId,
    now: DateTime<Utc>,
) -> Chosen<'a> {
    let Some(newest) = mentions.first() else { return Chosen::Nothing };
    let lately = lately(mentions, now);
    let one_of_them =
        |lately: Vec<&'a Mention>| Chosen::Several(if lately.is_empty() { vec![newest] } else { lately });
    let asked = question.filter(|question| question.business == *business);
    // Whoever was asked of one alone need not say its number, unless we wrote of something else since.
    let is_one = |asked: &&Question| asked.choices.len() == 1 && asked.at >= newest.at;
    match (asked, number.or_else(|| asked.filter(is_one).map(|_| 1))) {
        (Some(asked), Some(number)) => match picked(asked, number, mentions) {
            Some((choice, meant)) => settled(reply, meant, meant.booking.timing == choice.timing),
            None => one_of_them(lately),
        },
        // Without a question a number means nothing, but for the only one.
        (None, Some(number)) => match lately.as_slice() {
            [only] if number == 1 => settled(reply, only, only.is_current),
            _ => one_of_them(lately),
        },
        (_, None) if lately.len() > 1 => Chosen::Several(lately),
        (_, None) => settled(reply, newest, newest.is_current),
    }
}

/// The choice of that number, if its appointment still lies ahead.
fn picked<'a, 'q>(
    asked: &'q Question,
    number: usize,
    mentions: &'a [Mention],
) -> Option<(&'q Choice, &'a Mention)> {
    let choice = asked.choices.get(number.checked_sub(1)?)?;
    let meant = mentions.iter().find(|one| one.booking.appointment.id == choice.appointment)?;
    Some((choice, meant))
}

/// Those that were spoken of lately, by their start.
fn lately(mentions: &[Mention], now: DateTime<Utc>) -> Vec<&Mention> {
    let mut lately: Vec<_> = mentions.iter().filter(|one| one.at >= now - LATELY).collect();
    lately.sort_by_key(|one| one.booking.appointment.starts_at);
    lately
}

/// The one that is meant, unless a yes would agree to another time than the person was told. Where it is agreed already a yes changes
/// nothing, and a no is for staff to read.
fn settled(reply: Reply, meant: &Mention, is_current: bool) -> Chosen<'_> {
    let would_agree = reply == Reply::Yes && meant.booking.appointment.status == AppointmentStatus::Requested;
    if would_agree && !is_current { Chosen::Several(vec![meant]) } else { Chosen::One(meant) }
}

#[cfg(test)]
#[path = "choosing_tests.rs"]
mod tests;
