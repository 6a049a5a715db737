//! What stands against a person's addresses: seen, and lifted by who may.
//!
//! What if we crash? The lifting is committed before a provider is told: its own list may still hold the address, and the call can be
//! made again.

use carillon_domain::lifting::Lifter;
use carillon_domain::{Channel, Permission, Person, PersonId, Principal, Reach};
pub use carillon_ports::SuppressionList;
pub use carillon_ports::directory::Suppression;

use crate::recipients::Recipients;
use crate::{Refusal, access};

/// Something that stands against an address, as a caller sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What stands there.
    pub suppression: Suppression,
    /// The address, masked.
    pub address: String,
    /// Whether this caller may lift it.
    pub can_be_lifted: bool,
}

/// Whether a provider took an address off its own list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The provider.
    pub provider: &'static str,
    /// Why it did not.
    pub problem: Option<String>,
}

/// What came of lifting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lifted {
    /// What stands against the addresses no more.
    pub lifted: Vec<Shown>,
    /// What the caller may not lift.
    pub kept: Vec<Shown>,
    /// What the providers with lists of their own said.
    pub providers: Vec<Told>,
}

impl Recipients {
    /// What stands against the addresses of a person, for one who may manage the person, or the person.
    pub async fn suppressions(&self, caller: &Principal, id: &PersonId) -> Result<Vec<Shown>, Refusal> {
        self.require_about(caller, Permission::RecipientsWrite, id).await?;
        let person = self.find(caller, id).await?;
        self.shown(caller, &person).await
    }

    /// Lifts what the caller may lift, of all channels or of one.
    pub async fn lift(
        &self,
        caller: &Principal,
        id: &PersonId,
        channel: Option<Channel>,
    ) -> Result<Lifted, Refusal> {
        self.require_about(caller, Permission::RecipientsWrite, id).await?;
        let person = self.find(caller, id).await?;
        if caller.person() != Some(id) {
            self.require_rank(caller, [&person]).await?;
        }
        let mut all = self.shown(caller, &person).await?;
        all.retain(|one| channel.is_none_or(|channel| channel == one.suppression.channel));
        let (lifted, kept): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.can_be_lifted);
        if lifted.is_empty() {
            return Ok(Lifted { lifted, kept, providers: Vec::new() });
        }
        let rows: Vec<Suppression> = lifted.iter().map(|one| one.suppression.clone()).collect();
        self.ports.directory.lift_suppressions(&person, &rows).await?;
        for row in &rows {
            let action = format!("suppression.lifted:{}:{}", row.channel, row.cause);
            access::note(&self.ports, &caller.name(), &action, person.business.clone(), id.as_str()).await;
        }
        let providers = self.tell_providers(&person, &rows).await;
        Ok(Lifted { lifted, kept, providers })
    }

    pub(crate) async fn shown(&self, caller: &Principal, person: &Person) -> Result<Vec<Shown>, Refusal> {
        let now = self.ports.clock.now();
        let sight = Self::sight(caller, &person.id);
        let is_in_sight = |one: &Suppression| match &sight {
            Reach::Platform | Reach::Person(_) => true,
            Reach::Business(business) => one.business.as_ref().is_none_or(|by| by == business),
        };
        let is_over = |one: &Suppression| one.until.is_some_and(|until| until <= now);
        let lifter = if caller.person() == Some(&person.id) { Lifter::Owner } else { Lifter::Manager };
        let shown = |suppression: Suppression| Shown {
            address: masked(person, suppression.channel),
            can_be_lifted: lifter.may_lift(suppression.cause),
            suppression,
        };
        let found = self.ports.directory.list_suppressions(person).await?;
        Ok(found.into_iter().filter(|one| is_in_sight(one) && !is_over(one)).map(shown).collect())
    }

    /// Tells each provider with a list of its own. One that cannot be told undoes nothing: the answer says so.
    async fn tell_providers(&self, person: &Person, lifted: &[Suppression]) -> Vec<Told> {
        let Some(email) = &person.email else { return Vec::new() };
        let mut told = Vec::new();
        let of_email: Vec<_> = lifted.iter().filter(|one| one.channel == Channel::Email).collect();
        for list in self.lists.iter().filter(|_| !of_email.is_empty()) {
            let mut problem = None;
            for one in &of_email {
                if let Err(error) = list.lift(email, one.cause).await {
                    tracing::warn!(provider = list.provider(), %error, "a provider's own list still holds an address");
                    problem = Some(error.to_string());
                }
            }
            told.push(Told { provider: list.provider(), problem });
        }
        told
    }
}

fn masked(person: &Person, channel: Channel) -> String {
    match channel {
        Channel::Email => person.email.as_ref().map(ToString::to_string),
        Channel::Sms => person.phone.as_ref().map(ToString::to_string),
        Channel::InApp => None,
    }
    .unwrap_or_default()
}
