//! User tokens: what a person's token says, and who that makes the caller.

use carillon_domain::access::Credential;
use carillon_domain::ids::{BusinessId, PersonId};
use carillon_domain::{Actor, Permission, Principal, Reach, Role};
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Ports, Refusal, access};

/// The longest life of a token, in seconds.
pub const LONGEST_TTL: u32 = 86_400;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Who.
    pub person: PersonId,
    /// What the person is.
    pub actor: Actor,
    /// What a business user does.
    pub role: Option<Role>,
    /// Where.
    pub business: Option<BusinessId>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

impl Claims {
    /// Who a token's bearer is: owners and support reach their business, admins the platform, everybody else what is theirs.
    pub fn principal(self) -> Principal {
        let reach = match (self.actor, self.role, self.business) {
            (Actor::PlatformAdmin, _, _) => Reach::Platform,
            (Actor::BusinessUser, Some(Role::Owner | Role::Support), Some(business)) => {
                Reach::Business(business)
            }
            (Actor::BusinessUser | Actor::EndClient, _, _) => Reach::Person(self.person.clone()),
        };
        Principal {
            credential: Credential::User { person: self.person, actor: self.actor, role: self.role },
            reach,
        }
    }
}

/// Reads user tokens as they travel: the way in that signs them knows how.
pub trait ReadTokens: Send + Sync {
    /// What a token says, or `None` when it is not ours or its time is over.
    fn read(&self, token: &str, now: DateTime<Utc>) -> Option<Claims>;
}

/// Makes user tokens.
#[derive(Clone)]
pub struct IssueToken {
    ports: Ports,
}

impl IssueToken {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// What a token for this person says; signing it is the way in's affair.
    pub async fn run(&self, caller: &Principal, id: &PersonId, ttl_s: u32) -> Result<Claims, Refusal> {
        access::require(&self.ports, caller, Permission::TokensWrite).await?;
        if !(1..=LONGEST_TTL).contains(&ttl_s) {
            return Err(Refusal::input(
                "invalid_token_request",
                "/ttl_s",
                format!("must lie between 1 and {LONGEST_TTL}"),
            ));
        }
        let person = self
            .ports
            .directory
            .find_person(id, &caller.reach)
            .await?
            .ok_or(Refusal::NotFound { what: "recipient" })?;
        access::note(&self.ports, &caller.name(), "token.issued", person.business.clone(), id.as_str()).await;
        Ok(Claims {
            person: person.id,
            actor: person.actor,
            role: person.role,
            business: person.business,
            expires_at: self.ports.clock.now() + TimeDelta::seconds(i64::from(ttl_s)),
        })
    }
}
