//! The catalogue as running.

use carillon_domain::{Kind, Principal, Value};

use crate::{Ports, access};

/// A kind with the schema of its data and a sample.
#[derive(Debug, Clone)]
pub struct KindRecord {
    /// The kind.
    pub kind: Kind,
    /// JSON Schema of its data, as JSON text.
    pub schema: String,
    /// Sample data.
    pub sample: Value,
}

/// The kinds that a caller may use, by name: the platform's own are for the platform alone.
pub fn list(ports: &Ports, caller: &Principal) -> Vec<KindRecord> {
    ports
        .catalogue
        .kinds()
        .into_iter()
        .filter(|kind| access::may_cause(caller, kind))
        .map(|kind| KindRecord {
            schema: ports.catalogue.schema(&kind.name).unwrap_or_else(|| "{}".to_owned()),
            sample: ports.catalogue.sample(&kind.name).unwrap_or_default(),
            kind: kind.clone(),
        })
        .collect()
}
