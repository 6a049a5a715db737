//! Which reminders an appointment has, by the business's rules: a pure function of what is agreed, so that planning again changes
//! nothing that is still right.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::appointment::{AppointmentStatus, Booking};
use crate::business::{LatePolicy, QuietHours, Settings};
use crate::channel::Channel;
use crate::ids::{KindName, PersonId};
use crate::kind::{Audience, Kind};
use crate::lead::{Lead, LeadError};
use crate::locale::Locale;
use crate::reason::Reason;

/// A reminder that comes less than this before the start is none.
const LEAST: TimeDelta = TimeDelta::minutes(5);

/// One rule of a business: how long before, by what, and in which words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderRule {
    /// How long before the start: `24h`, `3d`, or `1 day before at 18:00`.
    pub before: String,
    /// The channels to use.
    pub channels: Vec<Channel>,
    /// The reminder whose text is used; the nearest one where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<KindName>,
    /// A sentence of the business's own that the text carries, by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub note: BTreeMap<Locale, String>,
}

impl ReminderRule {
    /// The business's own sentence in a language: the same one, the same without its region, else that of the business.
    pub fn note_in(&self, locale: &Locale, of_business: &Locale) -> Option<&str> {
        let tags = [locale.as_str(), locale.language(), of_business.as_str(), of_business.language()];
        let note = tags.into_iter().find_map(|tag| self.note.iter().find(|(known, _)| known.as_str() == tag));
        note.map(|(_, text)| text.as_str())
    }

    /// Whether a reminder was planned by this rule.
    pub fn is_called(&self, rule: &str) -> bool {
        self.lead().is_ok_and(|lead| lead.to_string() == rule)
    }

    /// How long before the start.
    pub fn lead(&self) -> Result<Lead, LeadError> {
        self.before.parse()
    }
}

/// A reminder that an appointment has.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned<'a> {
    /// The rule, by its name: always the same for the same rule.
    pub rule: String,
    /// The text to use.
    pub kind: &'a Kind,
    /// The channels of the rule; `None` leaves them to the kind and the business.
    pub channels: Option<Vec<Channel>>,
    /// When it leaves, or would have left.
    pub due_at: DateTime<Utc>,
    /// After this it is of no use.
    pub useful_until: DateTime<Utc>,
    /// Why it does not leave, where it does not.
    pub left_out: Option<Reason>,
}

/// The reminders of one person who takes part; none unless the appointment is agreed.
///
/// Clients are reminded by the business's rules, each with the text of the nearest kind; staff by the kinds' own time. Times of day are
/// those of the place, quiet hours those of the reader's `zone`. A rule that cannot apply to this appointment is planned and left out.
pub fn plan<'a>(
    booking: &Booking,
    settings: &Settings,
    kinds: &[&'a Kind],
    reader: &PersonId,
    zone: Tz,
) -> Vec<Planned<'a>> {
    let appointment = &booking.appointment;
    if appointment.status != AppointmentStatus::Confirmed {
        return Vec::new();
    }
    let of = |audience| -> Vec<&'a Kind> {
        kinds.iter().copied().filter(|kind| kind.reminder.is_some() && kind.audience == audience).collect()
    };
    let mut planned = Vec::new();
    if appointment.clients.contains(reader) && settings.reminders.enabled {
        planned.extend(for_client(booking, settings, &of(Audience::Clients), zone));
    }
    if appointment.practitioner.as_ref() == Some(reader) {
        planned.extend(of(Audience::Practitioner).into_iter().filter_map(|kind| for_staff(booking, kind)));
    }
    planned
}

/// A reminder is of use for the first three quarters of the time that it comes ahead.
fn useful_until(starts_at: DateTime<Utc>, due_at: DateTime<Utc>) -> DateTime<Utc> {
    starts_at - (starts_at - due_at).max(TimeDelta::zero()) / 4
}

fn for_client<'a>(booking: &Booking, settings: &Settings, kinds: &[&'a Kind], zone: Tz) -> Vec<Planned<'a>> {
    let starts_at = booking.appointment.starts_at;
    let place = booking.appointment.timezone.unwrap_or(settings.timezone);
    let quiet = settings.quiet_hours.as_ref().and_then(QuietHours::quiet);
    let earliest = booking.timed_at + settings.late_booking.spacing();
    let mut planned: Vec<Planned<'a>> = Vec::new();
    for rule in &settings.reminders.rules {
        let Ok(lead) = rule.lead() else { continue };
        let Some(kind) = text_of(rule, lead, kinds) else { continue };
        let own = lead.before(starts_at, place);
        // A time of day on the day itself can lie behind the start, or so close to it that it is of no use.
        let is_useless = own + LEAST > starts_at;
        let due_at = quiet.map_or(own, |quiet| quiet.not_after(own, zone));
        let late = (due_at < earliest).then_some(match settings.late_booking.policy {
            LatePolicy::Fold | LatePolicy::Send => Reason::Folded,
            LatePolicy::Skip => Reason::LateBooking,
        });
        planned.push(Planned {
            rule: lead.to_string(),
            kind,
            channels: Some(rule.channels.clone()),
            due_at,
            useful_until: useful_until(starts_at, own),
            left_out: if is_useless { Some(Reason::TooLate) } else { late },
        });
    }
    if settings.late_booking.policy == LatePolicy::Send {
        let fits = |due: DateTime<Utc>| quiet.map_or(due, |quiet| quiet.not_after(due, zone)) >= due;
        send_last_late_one(&mut planned, earliest, fits);
    }
    planned
}

/// Of the reminders that came too late, the one nearest to the start leaves as soon as it may: all at once would be a nuisance.
fn send_last_late_one(
    planned: &mut [Planned<'_>],
    earliest: DateTime<Utc>,
    fits: impl Fn(DateTime<Utc>) -> bool,
) {
    let late = planned.iter_mut().filter(|one| one.left_out == Some(Reason::Folded));
    let Some(last) = late.max_by_key(|one| one.due_at) else { return };
    if earliest < last.useful_until && fits(earliest) {
        last.due_at = earliest;
        last.left_out = None;
    }
}

/// What was changed less than the reminder's time ahead was told by the change itself.
fn for_staff<'a>(booking: &Booking, kind: &'a Kind) -> Option<Planned<'a>> {
    let starts_at = booking.appointment.starts_at;
    let due_at = starts_at - kind.reminder?;
    Some(Planned {
        rule: kind.name.to_string(),
        kind,
        channels: None,
        due_at,
        useful_until: useful_until(starts_at, due_at),
        left_out: (due_at <= booking.timed_at).then_some(Reason::Folded),
    })
}

fn text_of<'a>(rule: &ReminderRule, lead: Lead, kinds: &[&'a Kind]) -> Option<&'a Kind> {
    let named = rule.kind.as_ref().and_then(|name| kinds.iter().copied().find(|kind| kind.name == *name));
    named.or_else(|| {
        kinds.iter().copied().min_by_key(|kind| (kind.reminder.unwrap_or_default() - lead.length()).abs())
    })
}

#[cfg(test)]
#[path = "reminder_tests.rs"]
mod tests;
