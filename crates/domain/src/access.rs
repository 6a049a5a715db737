//! Who asks, and what they may see and do.

use crate::channel::named;
use crate::ids::{BusinessId, PersonId};
use crate::person::{Actor, Role};
use crate::reason::UnknownName;

/// One thing that a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Post events.
    EventsWrite,
    /// Search notifications and read their timelines.
    NotificationsRead,
    /// Ask for, cancel and retry notifications.
    NotificationsWrite,
    /// Manage businesses and their settings.
    BusinessesWrite,
    /// Manage people.
    RecipientsWrite,
    /// Export all that is held on a person.
    RecipientsExport,
    /// Manage appointments.
    AppointmentsWrite,
    /// Manage a business's own texts.
    TemplatesWrite,
    /// Make user tokens.
    TokensWrite,
    /// See queues and dead letters.
    OperationsRead,
    /// Retry and discard dead letters.
    OperationsWrite,
    /// See delivery figures and costs.
    StatsRead,
    /// See the audit trail.
    AuditRead,
}
named!(Permission {
    EventsWrite => "events:write",
    NotificationsRead => "notifications:read",
    NotificationsWrite => "notifications:write",
    BusinessesWrite => "businesses:write",
    RecipientsWrite => "recipients:write",
    RecipientsExport => "recipients:export",
    AppointmentsWrite => "appointments:write",
    TemplatesWrite => "templates:write",
    TokensWrite => "tokens:write",
    OperationsRead => "operations:read",
    OperationsWrite => "operations:write",
    StatsRead => "stats:read",
    AuditRead => "audit:read",
});

/// How far a caller sees. Every query is bound by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Everything.
    Platform,
    /// One business.
    Business(BusinessId),
    /// What was addressed to one person.
    Person(PersonId),
}

impl Reach {
    /// Whether something of that business is in sight.
    pub fn sees(&self, business: Option<&BusinessId>) -> bool {
        match self {
            Self::Platform => true,
            Self::Business(own) => business == Some(own),
            Self::Person(_) => false,
        }
    }
}

/// The credential behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// An API key, by its public id.
    ApiKey {
        /// The key's public id.
        id: String,
        /// What it was given.
        permissions: Vec<Permission>,
    },
    /// A user token.
    User {
        /// Who.
        person: PersonId,
        /// What the person is.
        actor: Actor,
        /// What a business user does.
        role: Option<Role>,
    },
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// By which credential.
    pub credential: Credential,
    /// How far it reaches.
    pub reach: Reach,
}

impl Principal {
    /// The name under which the audit trail and the idempotency store know the caller. Not personal.
    pub fn name(&self) -> String {
        match &self.credential {
            Credential::ApiKey { id, .. } => format!("key:{id}"),
            Credential::User { person, .. } => format!("user:{person}"),
        }
    }

    /// The person behind a user token.
    pub fn person(&self) -> Option<&PersonId> {
        match &self.credential {
            Credential::ApiKey { .. } => None,
            Credential::User { person, .. } => Some(person),
        }
    }

    /// Whether the caller is a support user of a business.
    pub fn is_support(&self) -> bool {
        matches!(self.credential, Credential::User { role: Some(Role::Support), .. })
    }

    /// Whether the caller may do something: keys by what they were given, people by what they are.
    pub fn may(&self, permission: Permission) -> bool {
        match &self.credential {
            Credential::ApiKey { permissions, .. } => permissions.contains(&permission),
            Credential::User { actor, role, .. } => may_user(*actor, *role, permission),
        }
    }
}

fn may_user(actor: Actor, role: Option<Role>, permission: Permission) -> bool {
    use Permission as P;
    match (actor, role) {
        (Actor::PlatformAdmin, _) => {
            matches!(permission, P::NotificationsRead | P::OperationsRead | P::StatsRead | P::AuditRead)
        }
        (Actor::BusinessUser, Some(Role::Owner)) => {
            !matches!(permission, P::OperationsRead | P::OperationsWrite | P::TokensWrite)
        }
        (Actor::BusinessUser, Some(Role::Support)) => {
            matches!(permission, P::NotificationsRead | P::RecipientsWrite)
        }
        (Actor::BusinessUser, Some(Role::Staff) | None) | (Actor::EndClient, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(actor: Actor, role: Option<Role>) -> Principal {
        let person: PersonId = "p".parse().unwrap();
        Principal {
            credential: Credential::User { person: person.clone(), actor, role },
            reach: Reach::Person(person),
        }
    }

    #[test]
    fn people_may_do_what_their_role_says() {
        let table = [
            (user(Actor::PlatformAdmin, None), Permission::OperationsRead, true),
            (user(Actor::PlatformAdmin, None), Permission::BusinessesWrite, false),
            (user(Actor::BusinessUser, Some(Role::Owner)), Permission::BusinessesWrite, true),
            (user(Actor::BusinessUser, Some(Role::Owner)), Permission::OperationsRead, false),
            (user(Actor::BusinessUser, Some(Role::Support)), Permission::NotificationsRead, true),
            (user(Actor::BusinessUser, Some(Role::Support)), Permission::BusinessesWrite, false),
            (user(Actor::BusinessUser, Some(Role::Staff)), Permission::NotificationsRead, false),
            (user(Actor::EndClient, None), Permission::EventsWrite, false),
        ];
        for (who, permission, expected) in table {
            assert_eq!(who.may(permission), expected, "{who:?} {permission}");
        }
    }
}
