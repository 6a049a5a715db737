//! Preferences: what a person hears of by which channel, and when. Read and changed by the platform, the business, and the person.

pub use carillon_domain::preference::{Cell, Matrix, Origin, Override, Row};
use carillon_domain::{Business, BusinessId, Person, PersonId, Principal, Reach};

pub use crate::preference_change::{Change, Wish};
use crate::preference_change::{Stand, business};
use crate::recipients::Recipients;
use crate::{Ports, Refusal, access};

/// How things stand for a person.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Whose; their own choices are with them.
    pub person: Person,
    /// Towards whom; `None` is towards everybody.
    pub business: Option<Business>,
    /// What the person hears of by which channel.
    pub matrix: Matrix,
}

/// Shows and changes preferences.
#[derive(Clone)]
pub struct Preferences {
    ports: Ports,
    recipients: Recipients,
}

impl Preferences {
    /// Wires the use cases.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), recipients: Recipients::new(ports) }
    }

    /// How things stand towards a business; the person's own where none is named.
    pub async fn show(
        &self,
        caller: &Principal,
        id: &PersonId,
        business: Option<BusinessId>,
    ) -> Result<Overview, Refusal> {
        let person = self.recipients.show(caller, id).await?;
        let business = self.towards(caller, &person, business).await?;
        Ok(Stand::of(&self.ports, person, business).await?.overview(&self.ports))
    }

    /// Changes what is named, all or nothing.
    pub async fn change(
        &self,
        caller: &Principal,
        id: &PersonId,
        business: Option<BusinessId>,
        change: Change,
    ) -> Result<Overview, Refusal> {
        let person = self.recipients.show(caller, id).await?;
        if caller.person() != Some(id) {
            self.recipients.require_rank(caller, [&person]).await?;
        }
        let business = self.towards(caller, &person, business).await?;
        let tenant = business.as_ref().map(|business| business.id.clone());
        let stand = Stand::of(&self.ports, person, business).await?;
        let change = stand.without_shown(&self.ports, change);
        let after = stand.settle(&self.ports, change).await?;
        access::note(&self.ports, &caller.name(), "preferences.put", tenant, id.as_str()).await;
        Ok(after.overview(&self.ports))
    }

    /// Towards whom the caller asks.
    async fn towards(
        &self,
        caller: &Principal,
        person: &Person,
        asked: Option<BusinessId>,
    ) -> Result<Option<Business>, Refusal> {
        let own = match &caller.reach {
            Reach::Business(own) if caller.person().is_none() => Some(own.clone()),
            Reach::Business(_) | Reach::Platform | Reach::Person(_) => person.business.clone(),
        };
        if let Some(asked) = asked.filter(|asked| Some(asked) != own.as_ref()) {
            if caller.person() != Some(&person.id) {
                access::require_business(&self.ports, caller, Some(&asked)).await?;
            }
            let found = self.ports.directory.find_business(&asked).await?;
            return found.map(Some).ok_or(Refusal::NotFound { what: "business" });
        }
        match own {
            Some(id) => business(&self.ports, id).await.map(Some),
            None => Ok(None),
        }
    }
}
