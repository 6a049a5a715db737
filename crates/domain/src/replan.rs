//! What must change so that the reminders that are planned become those that there should be. Nothing that is right is touched.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::channel::Channel;
use crate::ids::{KindName, MessageId, PersonId};
use crate::message::Status;
use crate::reason::Reason;

/// What names a reminder within one timing of an appointment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The rule.
    pub rule: String,
    /// For whom.
    pub person: PersonId,
    /// By what.
    pub channel: Channel,
}

/// A reminder that there should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Its name.
    pub key: Key,
    /// When it leaves, or would have left.
    pub due_at: DateTime<Utc>,
    /// After this it is of no use.
    pub useful_until: DateTime<Utc>,
    /// Why it does not leave, where it does not.
    pub left_out: Option<Reason>,
}

/// A reminder as it stands, planned for the present timing of its appointment.
#[derive(Debug, Clone, PartialEq)]
pub struct Existing {
    /// Its message.
    pub message: MessageId,
    /// Its name.
    pub key: Key,
    /// The kind whose text it uses.
    pub kind: KindName,
    /// Where it stands.
    pub status: Status,
    /// Why, where it does not leave.
    pub reason: Option<Reason>,
    /// When it leaves, or should have left.
    pub due_at: DateTime<Utc>,
    /// After this it is of no use.
    pub useful_until: Option<DateTime<Utc>>,
}

/// A reminder that leaves at another time.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// Its message.
    pub message: MessageId,
    /// Its name.
    pub key: Key,
    /// When it would have left.
    pub from: DateTime<Utc>,
    /// When it leaves.
    pub due_at: DateTime<Utc>,
    /// After this it is of no use.
    pub useful_until: DateTime<Utc>,
}

/// What must change.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Difference {
    /// Reminders to plan, left-out ones included.
    pub appear: Vec<Wanted>,
    /// Reminders to call off.
    pub vanish: Vec<Existing>,
    /// Reminders to move.
    pub moved: Vec<Move>,
}

impl Difference {
    /// Whether nothing must change.
    pub fn is_empty(&self) -> bool {
        self.appear.is_empty() && self.vanish.is_empty() && self.moved.is_empty()
    }
}

/// What is done with a reminder that is missing although its time has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// It was not planned then on purpose: the rule, or the person, is new.
    LeaveOut,
    /// It should have left: it leaves now, or is noted as too late.
    CatchUp,
}

/// Compares what there should be with what there is.
pub fn difference(
    wanted: &[Wanted],
    existing: &[Existing],
    missed: Missed,
    now: DateTime<Utc>,
) -> Difference {
    let mut by_key: BTreeMap<&Key, Vec<&Existing>> = BTreeMap::new();
    for one in existing {
        by_key.entry(&one.key).or_default().push(one);
    }
    let mut difference = Difference::default();
    for one in wanted {
        let there = by_key.get(&one.key).map(Vec::as_slice).unwrap_or_default();
        compare(one, there, missed, now, &mut difference);
    }
    let names: BTreeSet<&Key> = wanted.iter().map(|one| &one.key).collect();
    let unwanted = existing.iter().filter(|one| !names.contains(&one.key) && waits(one));
    difference.vanish.extend(unwanted.cloned());
    difference
}

fn compare(
    wanted: &Wanted,
    there: &[&Existing],
    missed: Missed,
    now: DateTime<Utc>,
    difference: &mut Difference,
) {
    let live = there.iter().find(|one| waits(one));
    match (live, wanted.left_out) {
        (Some(live), Some(_)) => difference.vanish.push((*live).clone()),
        (Some(live), None) => {
            let is_right = live.due_at == wanted.due_at && live.useful_until == Some(wanted.useful_until);
            // What is queued is leaving already, and what was put off after a failed try has a time of its own.
            if live.status == Status::Scheduled && live.reason.is_none() && !is_right {
                difference.moved.push(Move {
                    message: live.message,
                    key: live.key.clone(),
                    from: live.due_at,
                    due_at: wanted.due_at,
                    useful_until: wanted.useful_until,
                });
            }
        }
        (None, Some(_)) if there.is_empty() => difference.appear.push(wanted.clone()),
        (None, Some(_)) => {}
        (None, None) if there.iter().any(|one| is_settled(one)) => {}
        (None, None) if wanted.due_at > now => difference.appear.push(wanted.clone()),
        (None, None) if there.iter().any(|one| is_passed_over(one)) => {}
        (None, None) => difference.appear.push(match missed {
            Missed::CatchUp => wanted.clone(),
            // Its time was over before it was asked for. Noted, so that nobody catches up with it later.
            Missed::LeaveOut => Wanted { left_out: Some(Reason::LateBooking), ..wanted.clone() },
        }),
    }
}

/// Whether it was left out because of the time.
fn is_passed_over(one: &Existing) -> bool {
    let for_its_time = [Reason::Folded, Reason::LateBooking, Reason::TooLate];
    one.status == Status::Suppressed && one.reason.is_some_and(|reason| for_its_time.contains(&reason))
}

/// Whether it can still be moved or called off.
fn waits(one: &Existing) -> bool {
    matches!(one.status, Status::Scheduled | Status::Queued)
}

/// Whether it has left, is leaving, or was called off by somebody: it must not be planned again.
fn is_settled(one: &Existing) -> bool {
    match one.status {
        Status::Suppressed => false,
        Status::Cancelled => !matches!(one.reason, Some(Reason::RuleChanged | Reason::Superseded)),
        Status::Scheduled
        | Status::Queued
        | Status::Sending
        | Status::Sent
        | Status::Delivered
        | Status::Undelivered
        | Status::Failed
        | Status::Expired
        | Status::InDoubt => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use uuid::Uuid;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + hour * 3_600, 0).unwrap()
    }

    fn key(rule: &str) -> Key {
        Key { rule: rule.to_owned(), person: "c".parse().unwrap(), channel: Channel::Email }
    }

    fn wanted(rule: &str, hour: i64) -> Wanted {
        Wanted {
            key: key(rule),
            due_at: at(hour),
            useful_until: at(hour) + TimeDelta::minutes(30),
            left_out: None,
        }
    }

    fn existing(rule: &str, hour: i64, status: Status, reason: Option<Reason>) -> Existing {
        let wanted = wanted(rule, hour);
        Existing {
            message: MessageId(Uuid::from_u128(7)),
            key: wanted.key,
            kind: "client.reminder".parse().unwrap(),
            status,
            reason,
            due_at: wanted.due_at,
            useful_until: Some(wanted.useful_until),
        }
    }

    fn counts(wanted: &[Wanted], existing: &[Existing], missed: Missed) -> (usize, usize, usize) {
        let found = difference(wanted, existing, missed, at(0));
        (found.appear.len(), found.vanish.len(), found.moved.len())
    }

    #[test]
    fn what_is_right_is_left_alone() {
        let right = [existing("24h", 5, Status::Scheduled, None), existing("1h", 8, Status::Sent, None)];
        let all = [wanted("24h", 5), wanted("1h", 8)];
        assert!(difference(&all, &right, Missed::CatchUp, at(0)).is_empty());
    }

    #[test]
    fn what_is_missing_appears_what_is_no_longer_wanted_vanishes_and_the_rest_moves() {
        let there = [
            existing("24h", 5, Status::Scheduled, None),
            existing("3d", 1, Status::Queued, None),
            existing("2d", 1, Status::Sent, None),
        ];
        let found = difference(&[wanted("24h", 6), wanted("1h", 8)], &there, Missed::CatchUp, at(0));
        assert_eq!(found.appear, [wanted("1h", 8)]);
        assert_eq!(found.vanish, [there[1].clone()], "what has left stays");
        assert_eq!((found.moved[0].from, found.moved[0].due_at), (at(5), at(6)));
    }

    #[test]
    fn what_is_leaving_or_waits_for_another_try_is_not_moved() {
        for there in [
            existing("24h", 5, Status::Queued, None),
            existing("24h", 5, Status::Scheduled, Some(Reason::Retrying)),
            existing("24h", 5, Status::InDoubt, Some(Reason::OutcomeUnknown)),
        ] {
            assert_eq!(counts(&[wanted("24h", 6)], &[there], Missed::CatchUp), (0, 0, 0));
        }
    }

    #[test]
    fn a_reminder_comes_back_with_its_rule_and_never_after_somebody_called_it_off() {
        let table = [
            (Reason::RuleChanged, Status::Cancelled, 1),
            (Reason::CancelledByRequest, Status::Cancelled, 0),
            (Reason::Erased, Status::Cancelled, 0),
            (Reason::ChannelOff, Status::Suppressed, 1),
            (Reason::TooLate, Status::Expired, 0),
        ];
        for (reason, status, expected) in table {
            let there = [existing("24h", 5, status, Some(reason))];
            assert_eq!(counts(&[wanted("24h", 5)], &there, Missed::LeaveOut).0, expected, "{reason}");
        }
    }

    #[test]
    fn a_time_that_has_passed_is_caught_up_with_or_noted_once() {
        let past = [wanted("24h", -1)];
        assert_eq!(difference(&past, &[], Missed::CatchUp, at(0)).appear, past);
        let noted = difference(&past, &[], Missed::LeaveOut, at(0)).appear;
        assert_eq!(noted[0].left_out, Some(Reason::LateBooking));
        let gone = existing("24h", -1, Status::Cancelled, Some(Reason::RuleChanged));
        let there = [gone.clone(), existing("24h", -1, Status::Suppressed, noted[0].left_out)];
        for missed in [Missed::LeaveOut, Missed::CatchUp] {
            assert_eq!(counts(&past, &there, missed), (0, 0, 0));
        }
        assert_eq!(counts(&past, &[gone], Missed::LeaveOut).0, 1, "a rule that comes back too late is noted");
    }
}
