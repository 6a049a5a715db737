//! What a change of settings does to the reminders that are planned.

use carillon_application::replan::Changes;
use carillon_domain::replan::{Difference, Key};
use carillon_domain::{AppointmentId, Channel, PersonId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::names::ChannelName;

/// The most changes of a sort that are listed.
const MOST_LISTED: usize = 200;

/// What would change. The counts are of all, the lists hold the first 200 of each.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = SettingsPreview)]
pub(crate) struct PreviewBody {
    /// Appointments of which a reminder changes.
    #[schema(example = 12)]
    appointments: usize,
    /// How many reminders would be planned that are not.
    #[schema(example = 3)]
    appear: usize,
    /// How many would be called off.
    #[schema(example = 12)]
    vanish: usize,
    /// How many would leave at another time.
    #[schema(example = 0)]
    moved: usize,
    /// The reminders that would change, by appointment.
    changes: Vec<ReminderChange>,
}

/// A reminder that would change.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReminderChange {
    /// What would happen: `appear`, `vanish` or `move`.
    #[schema(value_type = String, pattern = "^(appear|vanish|move)$", example = "appear")]
    change: Sort,
    /// Of which appointment.
    #[schema(value_type = String, example = "a-4821")]
    appointment_id: AppointmentId,
    /// The rule.
    #[schema(example = "24h")]
    rule: String,
    /// For whom.
    #[schema(value_type = String, example = "client-77")]
    recipient_id: PersonId,
    /// By what.
    #[schema(value_type = ChannelName)]
    channel: Channel,
    /// When it leaves so far; null when it does not.
    #[schema(value_type = Option<String>, format = DateTime, example = "2027-03-03T13:30:00Z")]
    from: Option<DateTime<Utc>>,
    /// When it would leave; null when it would not.
    #[schema(value_type = Option<String>, format = DateTime, example = "2027-03-03T17:00:00Z")]
    to: Option<DateTime<Utc>>,
}

/// What would happen to a reminder.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Sort {
    Appear,
    Vanish,
    Move,
}

impl From<Changes> for PreviewBody {
    fn from(changes: Changes) -> Self {
        let mut body = Self::default();
        for (booked, difference) in changes.appointments {
            let listed = listed(&booked.booking.appointment.id, difference);
            body.appointments += usize::from(!listed.is_empty());
            for one in listed {
                let count = match one.change {
                    Sort::Appear => &mut body.appear,
                    Sort::Vanish => &mut body.vanish,
                    Sort::Move => &mut body.moved,
                };
                *count += 1;
                if *count <= MOST_LISTED {
                    body.changes.push(one);
                }
            }
        }
        body
    }
}

/// The changes of one appointment; what only becomes a note that it does not leave is none.
fn listed(appointment: &AppointmentId, difference: Difference) -> Vec<ReminderChange> {
    let change = |change, key: Key, from, to| ReminderChange {
        change,
        appointment_id: appointment.clone(),
        rule: key.rule,
        recipient_id: key.person,
        channel: key.channel,
        from,
        to,
    };
    let appear = difference.appear.into_iter().filter(|one| one.left_out.is_none());
    let appear = appear.map(|one| change(Sort::Appear, one.key, None, Some(one.due_at)));
    let vanish =
        difference.vanish.into_iter().map(|one| change(Sort::Vanish, one.key, Some(one.due_at), None));
    let moved = difference.moved.into_iter();
    let moved = moved.map(|one| change(Sort::Move, one.key, Some(one.from), Some(one.due_at)));
    appear.chain(vanish).chain(moved).collect()
}
