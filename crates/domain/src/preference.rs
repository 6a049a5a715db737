//! What a person hears of by which channel: their own decisions over the choices of the business over the defaults of the kinds.

use serde::Serialize;

use crate::business::{Business, Reminders, Settings};
use crate::category::Category;
use crate::channel::{Channel, Class, named};
use crate::consent::{Holding, Topic};
use crate::decided::{add, decided, verdict};
use crate::ids::KindName;
use crate::kind::{Audience, ChannelRule, Kind};
use crate::person::{Actor, Person, Role};
use crate::reason::UnknownName;

/// Who has the last word on a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The kinds themselves.
    Default,
    /// The business.
    Business,
    /// The person.
    Person,
}
named!(Origin { Default => "default", Business => "business", Person => "person" });

/// One channel of a category, or of marketing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Which.
    pub channel: Channel,
    /// Whether the person hears by it.
    pub allowed: bool,
    /// Whether the person may have it the other way.
    pub changeable: bool,
    /// Who says so.
    pub origin: Origin,
}

/// The channels of a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub category: Category,
    /// Those that some kind of it has.
    pub cells: Vec<Cell>,
}

/// A kind that the person decided on by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Which.
    pub kind: KindName,
    /// What it is about.
    pub category: Category,
    /// By which channel.
    pub channel: Channel,
    /// Yes or no.
    pub allowed: bool,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    /// The categories that concern the person, marketing apart.
    pub rows: Vec<Row>,
    /// Kinds that differ from their category, because the person said so.
    pub overrides: Vec<Override>,
    /// Marketing, by e-mail and SMS.
    pub marketing: Vec<Cell>,
}

impl Matrix {
    /// A cell; `None` where the category has no such channel.
    pub fn cell(&self, category: Category, channel: Channel) -> Option<Cell> {
        let row = self.rows.iter().find(|row| row.category == category)?;
        row.cells.iter().find(|cell| cell.channel == channel).copied()
    }
}

/// What a matrix is made from.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Whose.
    pub person: &'a Person,
    /// Towards whom; `None` is towards everybody.
    pub business: Option<&'a Business>,
    /// The whole catalogue.
    pub kinds: &'a [&'a Kind],
    /// What the person decided.
    pub holding: &'a [Holding],
}

impl View<'_> {
    /// Everything that concerns the person.
    pub fn matrix(&self) -> Matrix {
        let rows = Category::ALL.iter().filter(|category| **category != Category::Marketing);
        let rows = rows.map(|category| Row { category: *category, cells: self.cells(*category) });
        let marketing = [Channel::Email, Channel::Sms].map(|channel| self.marketing_cell(channel));
        Matrix {
            rows: rows.filter(|row| !row.cells.is_empty()).collect(),
            overrides: self.overrides(),
            marketing: marketing.into(),
        }
    }

    /// A kind of CRITICAL class that would reach the person by nothing at all any more if these decisions held instead, and did before:
    /// it may not be turned off altogether. Only a channel counts that is in use, has an address, and knows no further condition.
    pub fn silenced(&self, instead: &[Holding]) -> Option<&KindName> {
        let after = View { holding: instead, ..*self };
        let critical = self.own_kinds().filter(|kind| kind.class == Class::Critical);
        critical.filter(|kind| self.reaches(kind) && !after.reaches(kind)).map(|kind| &kind.name).next()
    }

    /// The decisions with one more, which takes the place of an earlier one.
    pub fn with(&self, topic: &Topic, channel: Channel, allowed: bool) -> Vec<Holding> {
        let business = self.business.map(|business| business.id.clone());
        let mut instead = self.holding.to_vec();
        add(&mut instead, Holding { business, topic: topic.clone(), channel, allowed });
        instead
    }

    fn cells(&self, category: Category) -> Vec<Cell> {
        let is_of = |kind: &Kind| Category::of(kind) == category && Category::governs(&kind.name);
        let kinds: Vec<&Kind> = self.own_kinds().filter(|kind| is_of(kind)).collect();
        let has = |channel: Channel| {
            kinds.iter().any(|kind| kind.channels.iter().any(|rule| rule.channel == channel))
        };
        Channel::ALL
            .iter()
            .filter(|channel| has(**channel))
            .map(|channel| self.cell(category, *channel, &kinds))
            .collect()
    }

    fn cell(&self, category: Category, channel: Channel, kinds: &[&Kind]) -> Cell {
        let offers = kinds.iter().filter_map(|kind| self.offer(kind, channel));
        let (offered, origin) = offers
            .reduce(|one, other| (one.0 || other.0, one.1.max(other.1)))
            .unwrap_or((false, Origin::Default));
        let topic = Topic::from(category);
        let said = self.said(&topic, channel);
        let allowed = offered && said != Some(false);
        let origin = match said {
            Some(_) if offered || said == Some(false) => Origin::Person,
            Some(_) | None => origin,
        };
        // What the business does not offer cannot be had; what was refused stays refused until it is taken back.
        let changeable = if allowed {
            self.silenced(&self.with(&topic, channel, false)).is_none()
        } else {
            offered || said == Some(false)
        };
        Cell { channel, allowed, changeable, origin }
    }

    fn marketing_cell(&self, channel: Channel) -> Cell {
        let off = self.settings().is_some_and(|settings| settings.channels.off.contains(&channel));
        let said = self.said(&Topic::Marketing, channel);
        let origin = match said {
            Some(_) => Origin::Person,
            None if off => Origin::Business,
            None => Origin::Default,
        };
        Cell { channel, allowed: said == Some(true) && !off, changeable: !off || said.is_some(), origin }
    }

    fn overrides(&self) -> Vec<Override> {
        let mut found = Vec::new();
        for kind in self.own_kinds() {
            for rule in &kind.channels {
                if let Some(allowed) = self.said(&Topic::Kind(kind.name.clone()), rule.channel) {
                    let (kind, category) = (kind.name.clone(), Category::of(kind));
                    found.push(Override { kind, category, channel: rule.channel, allowed });
                }
            }
        }
        found
    }

    /// Whether a kind is sent by a channel at all, as things stand without the person, and who says so; `None` when it has no such channel.
    fn offer(&self, kind: &Kind, channel: Channel) -> Option<(bool, Origin)> {
        let rule = kind.channels.iter().find(|rule| rule.channel == channel)?;
        let Some(settings) = self.settings() else { return Some((!rule.opt_in, Origin::Default)) };
        if settings.channels.off.contains(&channel) {
            return Some((false, Origin::Business));
        }
        // Which channels remind clients is a matter of the rules of reminders.
        if kind.reminder.is_some() && kind.audience == Audience::Clients {
            let Reminders { enabled, rules } = &settings.reminders;
            let by_rule = *enabled && rules.iter().any(|rule| rule.channels.contains(&channel));
            let is_usual = settings.reminders == Reminders::default();
            return Some((by_rule, if is_usual { Origin::Default } else { Origin::Business }));
        }
        Some(match settings.channels.kinds.get(&kind.name) {
            Some(chosen) => (chosen.contains(&channel), Origin::Business),
            None => (!rule.opt_in, Origin::Default),
        })
    }

    fn reaches(&self, kind: &Kind) -> bool {
        let is_open = |rule: &ChannelRule| {
            let decided = |topic: &Topic| self.said(topic, rule.channel);
            rule.when.is_none()
                && self.person.can_receive(rule.channel)
                && self.offer(kind, rule.channel).is_some_and(|(offered, _)| offered)
                && !verdict(&kind.name, kind.purpose, decided).unsubscribed
        };
        kind.channels.iter().any(is_open)
    }

    fn said(&self, topic: &Topic, channel: Channel) -> Option<bool> {
        decided(self.holding, self.business.map(|business| &business.id), topic, channel)
    }

    fn settings(&self) -> Option<&Settings> {
        self.business.map(|business| &business.settings)
    }

    /// The kinds that somebody like this person hears of.
    fn own_kinds(&self) -> impl Iterator<Item = &Kind> {
        let concerns = |audience: Audience| match (self.person.actor, self.person.role) {
            (Actor::PlatformAdmin, _) => audience == Audience::PlatformAdmins,
            (Actor::EndClient, _) => audience == Audience::Clients,
            // Owners of small businesses receive clients and answer them too.
            (Actor::BusinessUser, Some(Role::Owner) | None) => {
                matches!(audience, Audience::Owners | Audience::Practitioner | Audience::Support)
            }
            (Actor::BusinessUser, Some(Role::Staff)) => audience == Audience::Practitioner,
            (Actor::BusinessUser, Some(Role::Support)) => audience == Audience::Support,
        };
        self.kinds.iter().copied().filter(move |kind| concerns(kind.audience))
    }
}

#[cfg(test)]
#[path = "preference_tests.rs"]
mod tests;
