//! A change of preferences: what is asked for, whether it may be, and what it makes of how things stand.

use std::collections::BTreeMap;
use std::net::IpAddr;

use carillon_domain::business::QuietHours;
use carillon_domain::choices::Digest;
use carillon_domain::consent::Holding;
use carillon_domain::decided::{add, decided};
use carillon_domain::preference::View;
use carillon_domain::{
    Actor, Business, BusinessId, Category, Channel, Choices, Kind, KindName, Person, Topic,
};
use carillon_ports::StoreError;
use carillon_ports::directory::{Consent, PreferenceChange};

use crate::inline::check_name;
use crate::preferences::Overview;
use crate::{Ports, Problem, Refusal};

/// One thing to allow or to forbid.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Where it was asked for: a JSON pointer.
    pub pointer: String,
    /// About what.
    pub topic: Topic,
    /// By which channel.
    pub channel: Channel,
    /// Yes or no.
    pub allowed: bool,
    /// Whether it repeats a row as it was shown: then it says something only where it differs from how things stand.
    pub is_shown: bool,
}

/// What is to be changed; the rest stays.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// What to allow and what to forbid.
    pub wishes: Vec<Wish>,
    /// Other quiet hours, or none.
    pub quiet_hours: Option<Option<QuietHours>>,
    /// How these categories come.
    pub digest: BTreeMap<Category, Digest>,
    /// Where the decisions come from: `preference_page`, `account` …
    pub source: String,
    /// The version of the wording that was shown.
    pub wording: Option<String>,
    /// The internet address that the person decides from, where it is known.
    pub ip: Option<IpAddr>,
}

/// How often a change is worked out again because another one came first.
const MOST_TURNS: u32 = 8;

/// A person, towards whom they decide, and what holds.
#[derive(Clone)]
pub(crate) struct Stand {
    pub(crate) person: Person,
    pub(crate) business: Option<Business>,
    pub(crate) holding: Vec<Holding>,
}

/// A business; one that nobody has described yet is what the usual settings say.
pub(crate) async fn business(ports: &Ports, id: BusinessId) -> Result<Business, Refusal> {
    let found = ports.directory.find_business(&id).await?;
    Ok(found.unwrap_or_else(|| Business {
        name: id.to_string(),
        id,
        settings: ports.policy.platform.settings(),
    }))
}

impl Stand {
    pub(crate) async fn of(
        ports: &Ports,
        person: Person,
        business: Option<Business>,
    ) -> Result<Self, Refusal> {
        let holding = ports.directory.list_holding(&person.id).await?;
        Ok(Self { person, business, holding })
    }

    pub(crate) fn overview(self, ports: &Ports) -> Overview {
        let matrix = self.view(&ports.catalogue.kinds()).matrix();
        Overview { matrix, person: self.person, business: self.business }
    }

    pub(crate) fn view<'a>(&'a self, kinds: &'a [&'a Kind]) -> View<'a> {
        View { person: &self.person, business: self.business.as_ref(), kinds, holding: &self.holding }
    }

    pub(crate) fn tenant(&self) -> Option<&BusinessId> {
        self.business.as_ref().map(|business| &business.id)
    }

    /// A change without the rows that repeat how things stand.
    pub(crate) fn without_shown(&self, ports: &Ports, mut change: Change) -> Change {
        let kinds = ports.catalogue.kinds();
        let matrix = self.view(&kinds).matrix();
        change.wishes.retain(|wish| !wish.is_shown || stands(&matrix, wish) != Some(wish.allowed));
        change
    }

    /// What was decided on a topic.
    pub(crate) fn said(&self, topic: &Topic, channel: Channel) -> Option<bool> {
        decided(&self.holding, self.tenant(), topic, channel)
    }

    /// As it would be after a change, whether that may be or not.
    pub(crate) fn after(&self, change: &Change) -> Self {
        let mut holding = self.holding.clone();
        for Wish { topic, channel, allowed, .. } in self.news(change) {
            let (topic, business) = (topic.clone(), self.tenant().cloned());
            add(&mut holding, Holding { business, topic, channel: *channel, allowed: *allowed });
        }
        let choices = self.choices(change);
        Self { person: Person { choices, ..self.person.clone() }, business: self.business.clone(), holding }
    }

    /// Stores a change, and answers how things stand after it. Of two changes at once the later one is worked out again from what the
    /// earlier one left: together they might turn off what neither does alone.
    pub(crate) async fn settle(&self, ports: &Ports, change: Change) -> Result<Self, Refusal> {
        let mut stand = self.clone();
        let mut turns = 1;
        loop {
            let after = stand.after(&change);
            Refusal::unless_empty("invalid_preferences", stand.problems(ports, &after, &change))?;
            match stand.store(ports, &after, &change).await {
                Err(StoreError::Conflict(_)) if turns < MOST_TURNS => {
                    stand.holding = ports.directory.list_holding(&stand.person.id).await?;
                    turns += 1;
                }
                stored => return Ok(stored.map(|()| after)?),
            }
        }
    }

    async fn store(&self, ports: &Ports, after: &Self, change: &Change) -> Result<(), StoreError> {
        let now = ports.clock.now();
        let decision = |wish: &Wish| Consent {
            person: self.person.id.clone(),
            business: self.tenant().cloned(),
            topic: wish.topic.clone(),
            channel: wish.channel,
            granted: wish.allowed,
            source: change.source.clone(),
            wording: change.wording.clone(),
            ip: change.ip,
            at: now,
        };
        let decisions: Vec<Consent> = self.news(change).map(decision).collect();
        let choices = Some(after.person.choices.clone()).filter(|choices| *choices != self.person.choices);
        if decisions.is_empty() && choices.is_none() {
            return Ok(());
        }
        let (person, given) = (self.person.id.clone(), Some(self.holding.clone()));
        let change = PreferenceChange { person, decisions, choices, given, at: now };
        ports.directory.change_preferences(&change).await.map(drop)
    }

    /// What stands in the way of a change.
    fn problems(&self, ports: &Ports, after: &Self, change: &Change) -> Vec<Problem> {
        let mut problems = self.wish_problems(ports, change);
        if problems.is_empty() {
            problems.extend(self.silence(ports, after, change));
        }
        for (pointer, error) in after.person.choices.problems() {
            problems.push(Problem::at(pointer, error));
        }
        for (pointer, text) in [("/source", Some(&change.source)), ("/wording", change.wording.as_ref())] {
            if let Some(Err(detail)) = text.map(|text| check_name(text)) {
                problems.push(Problem::at(pointer, detail));
            }
        }
        problems
    }

    /// The wishes that are not fulfilled already. To allow what was never forbidden is to leave it as it is.
    fn news<'a>(&'a self, change: &'a Change) -> impl Iterator<Item = &'a Wish> {
        change.wishes.iter().filter(|wish| match (self.said(&wish.topic, wish.channel), &wish.topic) {
            (Some(said), _) => said != wish.allowed,
            (None, Topic::Category(_)) => !wish.allowed,
            (None, Topic::Marketing | Topic::Kind(_)) => true,
        })
    }

    fn choices(&self, change: &Change) -> Choices {
        let mut choices = self.person.choices.clone();
        if let Some(quiet_hours) = &change.quiet_hours {
            choices.quiet_hours.clone_from(quiet_hours);
        }
        choices.digest.extend(change.digest.clone());
        choices
    }

    fn wish_problems(&self, ports: &Ports, change: &Change) -> Vec<Problem> {
        let kinds = ports.catalogue.kinds();
        let matrix = self.view(&kinds).matrix();
        let mut problems = Vec::new();
        for Wish { pointer, topic, channel, allowed, .. } in &change.wishes {
            let detail = match topic {
                Topic::Marketing => None,
                Topic::Kind(name) => kind_problem(self.person.actor, &kinds, name, *channel),
                Topic::Category(category) => {
                    let cell = matrix.cell(*category, *channel);
                    let is_offered = cell.is_some_and(|cell| cell.allowed || cell.changeable);
                    (*allowed && !is_offered).then_some("cannot be allowed: nothing is sent this way")
                }
            };
            problems.extend(detail.map(|detail| Problem::at(pointer.clone(), detail)));
        }
        problems
    }

    /// Nobody turns off every way to hear of something critical.
    fn silence(&self, ports: &Ports, after: &Self, change: &Change) -> Option<Problem> {
        let kinds = ports.catalogue.kinds();
        let view = self.view(&kinds);
        let silenced = view.silenced(&after.holding)?;
        let kind = kinds.iter().find(|kind| kind.name == *silenced)?;
        let topics = [Topic::Kind(kind.name.clone()), Category::of(kind).into()];
        let last = change.wishes.iter().rev().find(|wish| !wish.allowed && topics.contains(&wish.topic));
        let pointer = last.map(|wish| wish.pointer.clone()).unwrap_or_default();
        Some(Problem::at(pointer, format!("must stay: it is the last way by which {silenced} arrives")))
    }
}

/// How a row stands; `None` where it is not shown.
fn stands(matrix: &carillon_domain::preference::Matrix, wish: &Wish) -> Option<bool> {
    let cell = match &wish.topic {
        Topic::Category(category) => matrix.cell(*category, wish.channel),
        Topic::Marketing => matrix.marketing.iter().find(|cell| cell.channel == wish.channel).copied(),
        Topic::Kind(name) => {
            let mut rows = matrix.overrides.iter();
            let row = rows.find(|row| row.kind == *name && row.channel == wish.channel);
            return row.map(|row| row.allowed);
        }
    };
    cell.map(|cell| cell.allowed)
}

/// What is wrong with a decision on a kind. The platform's own kinds are known to its admins alone.
fn kind_problem(actor: Actor, kinds: &[&Kind], name: &KindName, channel: Channel) -> Option<&'static str> {
    let is_known = |kind: &Kind| !kind.is_of_platform() || actor == Actor::PlatformAdmin;
    match kinds.iter().find(|kind| kind.name == *name && is_known(kind)) {
        None => Some("is not a kind of the catalogue; GET /v1/kinds lists them"),
        Some(kind) if kind.channels.iter().all(|rule| rule.channel != channel) => {
            Some("is a kind without this channel")
        }
        Some(_) => None,
    }
}
