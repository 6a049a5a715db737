//! Whether the caller may, and how far it sees. Each refusal is audited.

use carillon_domain::{BusinessId, Kind, Permission, Principal, Reach};
use carillon_ports::keys::AuditEntry;

use crate::{Ports, Refusal};

/// Refuses a caller without the permission, and writes that down.
pub async fn require(ports: &Ports, caller: &Principal, permission: Permission) -> Result<(), Refusal> {
    if caller.may(permission) {
        return Ok(());
    }
    refused(ports, caller, permission.as_str()).await;
    Err(Refusal::Forbidden(permission))
}

/// Refuses a caller without the permission, or from another business.
pub async fn require_in(
    ports: &Ports,
    caller: &Principal,
    permission: Permission,
    business: Option<&BusinessId>,
) -> Result<(), Refusal> {
    require(ports, caller, permission).await?;
    require_business(ports, caller, business).await
}

/// Refuses a caller without the permission, or one that is not the platform itself: for what concerns all businesses at once.
pub async fn require_platform(
    ports: &Ports,
    caller: &Principal,
    permission: Permission,
) -> Result<(), Refusal> {
    require(ports, caller, permission).await?;
    if caller.reach == Reach::Platform {
        return Ok(());
    }
    refused(ports, caller, permission.as_str()).await;
    Err(Refusal::Forbidden(permission))
}

/// The caller's own person id, for what only people may do.
pub fn require_person(caller: &Principal) -> Result<&carillon_domain::PersonId, Refusal> {
    caller.person().ok_or(Refusal::PeopleOnly)
}

/// Refuses what belongs to another business as if it were not there.
pub async fn require_business(
    ports: &Ports,
    caller: &Principal,
    business: Option<&BusinessId>,
) -> Result<(), Refusal> {
    if caller.reach.sees(business) {
        return Ok(());
    }
    refused(ports, caller, business.map_or("platform", BusinessId::as_str)).await;
    Err(Refusal::NotFound { what: "business" })
}

async fn refused(ports: &Ports, caller: &Principal, target: &str) {
    let business = match &caller.reach {
        Reach::Business(business) => Some(business.clone()),
        Reach::Platform | Reach::Person(_) => None,
    };
    note(ports, &caller.name(), "access.refused", business, target).await;
}

/// Whether the caller may cause a kind: only the platform speaks to its own admins.
pub fn may_cause(caller: &Principal, kind: &Kind) -> bool {
    !kind.is_of_platform() || caller.reach == Reach::Platform
}

/// Adds to the audit trail. A trail that cannot be written is logged, and stops nobody: the refusal stands either way.
pub async fn note(ports: &Ports, actor: &str, action: &str, business: Option<BusinessId>, target: &str) {
    let entry = AuditEntry {
        at: ports.clock.now(),
        actor: actor.to_owned(),
        action: action.to_owned(),
        business,
        target: target.to_owned(),
    };
    if let Err(error) = ports.keys.audit(&[entry]).await {
        tracing::error!(%error, action, "the audit trail could not be written");
    }
}
