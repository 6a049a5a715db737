//! Which reminders an appointment has, by the business's rules.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::appointment::{Appointment, AppointmentStatus};
use crate::business::Reminders;
use crate::channel::Channel;
use crate::kind::{Audience, Kind};
use crate::span::{self, SpanError};

/// One rule of a business: how long before, and by what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderRule {
    /// Elapsed time before the start: `24h`, `1h`, `3d`.
    pub before: String,
    /// The channels to use.
    pub channels: Vec<Channel>,
}

impl ReminderRule {
    /// How long before the start.
    pub fn before(&self) -> Result<TimeDelta, SpanError> {
        span::parse(&self.before)
    }
}

/// A reminder that is to be planned.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned<'a> {
    /// The text to use.
    pub kind: &'a Kind,
    /// The channels of the rule; `None` leaves them to the kind and the business.
    pub channels: Option<Vec<Channel>>,
    /// When it leaves.
    pub due_at: DateTime<Utc>,
}

/// The reminders of an appointment: those still ahead, and only while it is confirmed.
///
/// Clients are reminded by the business's rules, each with the text of the nearest kind; staff by the kinds' own time.
pub fn plan<'a>(
    appointment: &Appointment,
    rules: &Reminders,
    kinds: &[&'a Kind],
    now: DateTime<Utc>,
) -> Vec<Planned<'a>> {
    if appointment.status != AppointmentStatus::Confirmed {
        return Vec::new();
    }
    let (clients, staff): (Vec<&Kind>, Vec<&Kind>) = kinds
        .iter()
        .copied()
        .filter(|kind| kind.reminder.is_some())
        .partition(|kind| kind.audience == Audience::Clients);
    let by_rule = rules.rules.iter().filter(|_| rules.enabled).filter_map(|rule| {
        let before = rule.before().ok()?;
        let kind = nearest(&clients, before)?;
        Some(Planned { kind, channels: Some(rule.channels.clone()), due_at: appointment.starts_at - before })
    });
    let by_kind = staff.iter().filter_map(|kind| {
        Some(Planned { kind, channels: None, due_at: appointment.starts_at - kind.reminder? })
    });
    by_rule.chain(by_kind).filter(|planned| planned.due_at > now).collect()
}

fn nearest<'a>(kinds: &[&'a Kind], before: TimeDelta) -> Option<&'a Kind> {
    kinds.iter().copied().min_by_key(|kind| (kind.reminder.unwrap_or_default() - before).abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::{Class, Purpose};
    use crate::person::Actor;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + hour * 3_600, 0).unwrap()
    }

    fn kind(name: &str, audience: Audience, hours: i64) -> Kind {
        Kind {
            name: name.parse().unwrap(),
            description: String::new(),
            actor: Actor::EndClient,
            audience,
            class: Class::Scheduled,
            purpose: Purpose::Service,
            triggers: vec![],
            reminder: Some(TimeDelta::hours(hours)),
            channels: vec![],
        }
    }

    fn appointment(status: AppointmentStatus, starts_at: DateTime<Utc>) -> Appointment {
        Appointment {
            id: "a".parse().unwrap(),
            business: "b".parse().unwrap(),
            status,
            starts_at,
            ends_at: None,
            timezone: None,
            service: "Coupe".to_owned(),
            location: None,
            clients: vec![],
            practitioner: None,
        }
    }

    fn names_and_hours(appointment: &Appointment, rules: &Reminders) -> Vec<(String, i64)> {
        let kinds = [
            kind("day", Audience::Clients, 24),
            kind("hour", Audience::Clients, 1),
            kind("staff", Audience::Practitioner, 1),
        ];
        let kinds: Vec<&Kind> = kinds.iter().collect();
        plan(appointment, rules, &kinds, at(0))
            .iter()
            .map(|p| (p.kind.name.to_string(), (p.due_at - at(0)).num_hours()))
            .collect()
    }

    #[test]
    fn a_confirmed_appointment_has_the_default_pair_and_the_staffs_own() {
        let found =
            names_and_hours(&appointment(AppointmentStatus::Confirmed, at(48)), &Reminders::default());
        assert_eq!(found, [("day".to_owned(), 24), ("hour".to_owned(), 47), ("staff".to_owned(), 47)]);
    }

    #[test]
    fn what_is_past_cancelled_or_turned_off_is_not_planned() {
        let tomorrow = appointment(AppointmentStatus::Confirmed, at(2));
        assert_eq!(
            names_and_hours(&tomorrow, &Reminders::default()),
            [("hour".to_owned(), 1), ("staff".to_owned(), 1)]
        );
        assert!(
            names_and_hours(&appointment(AppointmentStatus::Cancelled, at(48)), &Reminders::default())
                .is_empty()
        );
        let off = Reminders { enabled: false, ..Reminders::default() };
        assert_eq!(names_and_hours(&tomorrow, &off), [("staff".to_owned(), 1)]);
    }

    #[test]
    fn a_rule_of_the_business_uses_the_nearest_text() {
        let rules = Reminders {
            enabled: true,
            rules: vec![ReminderRule { before: "3d".to_owned(), channels: vec![Channel::Sms] }],
        };
        let found = names_and_hours(&appointment(AppointmentStatus::Confirmed, at(96)), &rules);
        assert_eq!(found[0], ("day".to_owned(), 24));
    }
}
