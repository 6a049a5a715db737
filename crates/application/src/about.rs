//! What the platform's own events and notifications are about: a business that has no part in them.
//!
//! They belong to the platform: no business reads, cancels, pays for or silences them, and they outlive it. So their data says which business
//! it is, and their tenant is none.

use carillon_domain::{Business, Kind, Value};

use crate::Ports;

/// Whether an event belongs to the platform: no other kind than the platform's own listens to it.
pub(crate) fn is_of_platform(ports: &Ports, event: &str) -> bool {
    let triggered = ports.catalogue.triggered_by(event);
    !triggered.is_empty() && triggered.iter().all(|(kind, _)| kind.is_of_platform())
}

/// Writes into an event's data which business it is about, where one of the platform's own kinds is to tell of it.
pub(crate) fn note<'a>(
    data: &mut Value,
    business: Option<&Business>,
    mut kinds: impl Iterator<Item = &'a Kind>,
) {
    if let Some(business) = business.filter(|_| kinds.any(Kind::is_of_platform)) {
        data.set("business", Value::map());
        data.set("business.id", Value::from(business.id.as_str()));
        data.set("business.name", Value::from(business.name.as_str()));
    }
}
