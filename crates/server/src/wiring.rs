//! From configuration to ports, top to bottom.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use carillon_adapter_sql::SqlStore;
use carillon_adapter_templates::Templates;
use carillon_adapter_vault::KeyRing;
use carillon_application::{Load, Ports, TextChanges};
use carillon_delivery_http::TokenSeal;
use carillon_delivery_websocket::{Live, LiveSettings};
use carillon_ports::Clock;

use crate::config::Config;
use crate::ids::RandomIds;
use crate::secrets::Secrets;
use crate::senders;
use crate::shared::Delivery;
use crate::{doors, shared};

/// Opens the database, brought up to date, and wires every port.
pub(crate) async fn ports(
    config: &Config,
    secrets: &Secrets,
    clock: Arc<dyn Clock>,
    delivery: Delivery,
) -> anyhow::Result<Ports> {
    let vault =
        Arc::new(KeyRing::from_config(&secrets.carillon_master_keys).context("CARILLON_MASTER_KEYS")?);
    let applied = carillon_adapter_sql::migrate(&config.database_url).await?;
    if applied > 0 {
        tracing::info!(migrations = applied, "the database is brought up to date");
    }
    let ids = Arc::new(RandomIds::default());
    let store: Arc<SqlStore> =
        Arc::new(carillon_adapter_sql::connect(&config.database_url, vault.clone(), ids.clone()).await?);
    let policy = config.policy()?;
    let templates = templates(config)?
        .inviting_replies(senders::receives_replies(config))
        .of_platform(policy.platform.name.clone());
    let templates = Arc::new(templates);
    let shared = shared::wire(config, &clock, delivery).await?;
    Ok(Ports {
        store: store.clone(),
        appointments: store.clone(),
        directory: store.clone(),
        history: store.clone(),
        inbox: store.clone(),
        batches: store.clone(),
        operations: store.clone(),
        statistics: store.clone(),
        business_texts: store.clone(),
        caps: store.clone(),
        digests: store.clone(),
        costs: store.clone(),
        alarms: store.clone(),
        providers: store.clone(),
        retention: store.clone(),
        receipts: store.clone(),
        texts: store.clone(),
        doors: doors::doors(config, &clock)?,
        keys: store,
        catalogue: templates.clone(),
        calendar: Arc::new(carillon_adapter_calendar::ICalendar),
        own_texts: templates.clone(),
        renderer: templates,
        queues: shared.queues,
        feed: shared.feed,
        limits: shared.limits,
        policy: Arc::new(policy),
        load: Arc::new(Load::within(config.queue_bounds())),
        text_changes: TextChanges::default(),
        clock: clock.clone(),
        ids,
        vault,
    })
}

/// The live push, which reads the tokens that the API signs.
pub(crate) fn live(ports: &Ports, config: &Config, secrets: &Secrets) -> anyhow::Result<Live> {
    let tokens = Arc::new(TokenSeal::new(secrets.carillon_jwt_secret.as_bytes()));
    let settings = LiveSettings { origins: config.allowed_origins()?, ..LiveSettings::default() };
    Ok(Live::new(ports, tokens, settings))
}

/// The texts built in, and those of a folder over them.
pub(crate) fn templates(config: &Config) -> anyhow::Result<Templates> {
    let directories: Vec<PathBuf> = config.carillon_templates.iter().map(PathBuf::from).collect();
    Templates::with_directories(&directories)
        .map_err(|errors| anyhow::anyhow!("the texts must be mended:\n{errors}"))
}
