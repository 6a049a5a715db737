//! From configuration to ports, top to bottom.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use carillon_adapter_memory::MemoryQueue;
use carillon_adapter_sql::SqlStore;
use carillon_adapter_templates::Templates;
use carillon_adapter_vault::KeyRing;
use carillon_application::{Ports, Queues};
use carillon_ports::{Clock, ReadyQueue};

use crate::config::Config;
use crate::ids::RandomIds;
use crate::nobody::NobodysQueue;
use crate::secrets::Secrets;

/// Opens the database, brought up to date, and wires every port. `delivers` says whether this process takes from its queues.
pub(crate) async fn ports(
    config: &Config,
    secrets: &Secrets,
    clock: Arc<dyn Clock>,
    delivers: bool,
) -> anyhow::Result<Ports> {
    let vault =
        Arc::new(KeyRing::from_config(&secrets.carillon_master_keys).context("CARILLON_MASTER_KEYS")?);
    carillon_adapter_sql::migrate(&config.database_url).await?;
    let ids = Arc::new(RandomIds::default());
    let store: Arc<SqlStore> =
        Arc::new(carillon_adapter_sql::connect(&config.database_url, vault.clone(), ids.clone()).await?);
    let templates = Arc::new(templates(config)?);
    let queue = || -> Arc<dyn ReadyQueue> {
        if delivers { Arc::new(MemoryQueue::new(clock.clone())) } else { Arc::new(NobodysQueue) }
    };
    Ok(Ports {
        store: store.clone(),
        directory: store.clone(),
        history: store.clone(),
        inbox: store.clone(),
        keys: store,
        catalogue: templates.clone(),
        renderer: templates,
        queues: Queues { email: queue(), sms: queue(), in_app: queue() },
        clock: clock.clone(),
        ids,
        vault,
    })
}

/// The texts built in, and those of a folder over them.
pub(crate) fn templates(config: &Config) -> anyhow::Result<Templates> {
    let directories: Vec<PathBuf> = config.carillon_templates.iter().map(PathBuf::from).collect();
    Templates::with_directories(&directories)
        .map_err(|errors| anyhow::anyhow!("the texts must be mended:\n{errors}"))
}
