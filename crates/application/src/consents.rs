//! What people agree to: recording it, and showing that the records are as they were made.

use std::net::IpAddr;

pub use carillon_domain::consent::Chain;
use carillon_domain::ids::PersonId;
use carillon_domain::{BusinessId, Channel, Permission, Principal, Reach, consent};
pub use carillon_ports::directory::{Consent, Holding, Recorded, Topic};

use crate::inline::check_name;
use crate::recipients::Recipients;
use crate::{Refusal, access};

/// A decision of a person, as a caller reports it.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Towards whom.
    pub business: Option<BusinessId>,
    /// By which channel.
    pub channel: Channel,
    /// Yes or no to marketing.
    pub granted: bool,
    /// Where it came from.
    pub source: String,
    /// The version of the wording that was shown.
    pub wording: Option<String>,
    /// The internet address that the person decided from, where it is known.
    pub ip: Option<IpAddr>,
}

impl Recipients {
    /// Adds a decision of a person.
    pub async fn decide(
        &self,
        caller: &Principal,
        id: &PersonId,
        decision: Decision,
    ) -> Result<Recorded, Refusal> {
        self.require_about(caller, Permission::RecipientsWrite, id).await?;
        let person = self.find(caller, id).await?;
        if caller.person() != Some(id) {
            access::require_business(
                &self.ports,
                caller,
                decision.business.as_ref().or(person.business.as_ref()),
            )
            .await?;
        }
        // Only the person, or the platform, decides towards everybody.
        let towards_all = caller.person() == Some(id) || caller.reach == Reach::Platform;
        let business = decision.business.or_else(|| person.business.clone().filter(|_| !towards_all));
        check_name(&decision.source)
            .map_err(|detail| Refusal::input("invalid_consent", "/source", detail))?;
        let consent = Consent {
            person: id.clone(),
            business,
            topic: Topic::Marketing,
            channel: decision.channel,
            granted: decision.granted,
            source: decision.source,
            wording: decision.wording,
            ip: decision.ip,
            at: self.ports.clock.now(),
        };
        Ok(self.ports.directory.add_consent(&consent).await?)
    }

    /// Every decision of a person.
    pub async fn decisions(&self, caller: &Principal, id: &PersonId) -> Result<Vec<Recorded>, Refusal> {
        self.require_about(caller, Permission::RecipientsWrite, id).await?;
        self.find(caller, id).await?;
        Ok(Self::in_sight(caller, id, self.ports.directory.list_consents(id).await?))
    }

    pub(crate) fn in_sight(caller: &Principal, id: &PersonId, mut consents: Vec<Recorded>) -> Vec<Recorded> {
        if let Reach::Business(own) = Self::sight(caller, id) {
            consents.retain(|one| one.consent.business.as_ref().is_none_or(|business| *business == own));
        }
        consents
    }

    /// Every decision, and whether they are as recorded. What holds is read before and after, for a decision made in between would look
    /// like one without a record.
    pub(crate) async fn proved(&self, id: &PersonId) -> Result<(Vec<Recorded>, Chain), Refusal> {
        let mut before = self.ports.directory.list_holding(id).await?;
        loop {
            let records = self.ports.directory.list_consents(id).await?;
            let after = self.ports.directory.list_holding(id).await?;
            if before == after {
                let chain = consent::check(&records, &after);
                return Ok((records, chain));
            }
            before = after;
        }
    }
}
