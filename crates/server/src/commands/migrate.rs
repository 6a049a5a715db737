//! `carillon migrate`.

use crate::config::Config;

pub(crate) async fn run() -> anyhow::Result<()> {
    let config = Config::load()?;
    let applied = carillon_adapter_sql::migrate(&config.database_url).await?;
    println!("The database is up to date: {applied} migrations applied.");
    Ok(())
}
