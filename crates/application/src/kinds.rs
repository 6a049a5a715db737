//! The catalogue as running.

use carillon_domain::{Kind, Value};

use crate::Ports;

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

/// All kinds, by name.
pub fn list(ports: &Ports) -> Vec<KindRecord> {
    ports
        .catalogue
        .kinds()
        .into_iter()
        .map(|kind| KindRecord {
            schema: ports.catalogue.schema(&kind.name).unwrap_or_else(|| "{}".to_owned()),
            sample: ports.catalogue.sample(&kind.name).unwrap_or_default(),
            kind: kind.clone(),
        })
        .collect()
}
