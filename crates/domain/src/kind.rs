//! An entry of the catalogue: who hears of what, when, and by which channels.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::channel::{Channel, Class, Purpose, named};
use crate::ids::KindName;
use crate::person::Actor;
use crate::reason::UnknownName;

/// How a kind finds its recipients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Every platform admin.
    PlatformAdmins,
    /// The owners of the business.
    Owners,
    /// The practitioner concerned.
    Practitioner,
    /// The support users of the business.
    Support,
    /// Each client of the appointment, or the client of the event.
    Clients,
}
named!(Audience {
    PlatformAdmins => "platform_admins", Owners => "owners", Practitioner => "practitioner", Support => "support", Clients => "clients"
});

/// An expression over an event's data, kept as written; the catalogue evaluates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition(pub String);

/// How long after it happened an event is announced, where its kind says nothing else: a back-fill is no news.
pub const NEWS_FOR: TimeDelta = TimeDelta::hours(24);

/// An event that causes a kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    /// The event's name.
    pub event: String,
    /// Holds, or the kind is not caused.
    pub when: Option<Condition>,
    /// When the message leaves.
    pub timing: Timing,
    /// The dotted path of a time in the data from which on the kind is not sent: an appointment that has begun is not announced.
    pub until: Option<String>,
    /// How long after the event happened the kind is sent at most; for what leaves at once.
    pub news_for: TimeDelta,
}

/// When a message leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Timing {
    /// At once.
    Now,
    /// That long after the event occurred.
    After(TimeDelta),
    /// That long before a time in the data.
    Before {
        /// How long before.
        by: TimeDelta,
        /// The dotted path of the time.
        of: String,
    },
}

/// One channel of a kind.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelRule {
    /// Which.
    pub channel: Channel,
    /// Holds, or the channel does not apply.
    pub when: Option<Condition>,
    /// Off until the business turns it on.
    pub opt_in: bool,
    /// What the appointment's calendar file that comes with it asks for; none comes with most.
    pub calendar: Option<Calendar>,
}

/// What a calendar file asks its reader's calendar to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calendar {
    /// Enter the appointment, or change it.
    Request,
    /// Take it out.
    Cancel,
}

/// An entry of the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct Kind {
    /// `client.appointment_confirmed`.
    pub name: KindName,
    /// One line of English.
    pub description: String,
    /// Who hears it.
    pub actor: Actor,
    /// How they are found.
    pub audience: Audience,
    /// How urgent it is.
    pub class: Class,
    /// What it is for.
    pub purpose: Purpose,
    /// What causes it; none for a kind that is only sent by hand or by the calendar.
    pub triggers: Vec<Trigger>,
    /// For a reminder: how long before the appointment its text is meant for.
    pub reminder: Option<TimeDelta>,
    /// Its channels, in the order they are listed.
    pub channels: Vec<ChannelRule>,
}

impl Kind {
    /// Whether it is one of the platform's own, which may be about a business and never belongs to one.
    pub fn is_of_platform(&self) -> bool {
        self.actor == Actor::PlatformAdmin
    }

    /// The tenant of a notification of this kind, given the business that its event names: that business's settings, limits, sender, budget
    /// and reach apply to it. None for the platform's own kinds.
    pub fn tenant<T>(&self, named: Option<T>) -> Option<T> {
        named.filter(|_| !self.is_of_platform())
    }
}
