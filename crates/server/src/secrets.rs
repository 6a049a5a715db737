//! Master keys and token secret: given in production, made once and kept beside the database in development.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use carillon_adapter_vault::KeyRing;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use crate::config::Config;

/// What guards data and tokens.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) struct Secrets {
    pub(crate) carillon_master_keys: String,
    pub(crate) carillon_jwt_secret: String,
}

impl Secrets {
    /// The configured secrets, or those of development.
    pub(crate) fn load(config: &Config) -> anyhow::Result<Self> {
        match (&config.carillon_master_keys, &config.carillon_jwt_secret) {
            (Some(keys), Some(jwt)) => {
                Ok(Self { carillon_master_keys: keys.clone(), carillon_jwt_secret: jwt.clone() })
            }
            (keys, jwt) => {
                let kept = Self::kept(&beside(&config.database_url))?;
                Ok(Self {
                    carillon_master_keys: keys.clone().unwrap_or(kept.carillon_master_keys),
                    carillon_jwt_secret: jwt.clone().unwrap_or(kept.carillon_jwt_secret),
                })
            }
        }
    }

    /// Fresh ones, for a database that lives no longer than the process.
    pub(crate) fn fresh() -> anyhow::Result<Self> {
        let secret = |id| KeyRing::generate(id).context("a key cannot be made");
        Ok(Self {
            carillon_master_keys: secret("dev")?.expose_secret().to_owned(),
            carillon_jwt_secret: secret("jwt")?.expose_secret().to_owned(),
        })
    }

    /// Reads the file, or makes it. Of two processes that start at once, one makes it and both read it; neither sees half of it.
    fn kept(path: &Path) -> anyhow::Result<Self> {
        if !path.exists() {
            let folder =
                path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let cannot = || format!("{} cannot be made", path.display());
            let mut draft = tempfile::NamedTempFile::new_in(folder).with_context(cannot)?;
            draft.write_all(toml_of(&Self::fresh()?).as_bytes()).with_context(cannot)?;
            if let Err(error) = draft.persist_noclobber(path)
                && error.error.kind() != std::io::ErrorKind::AlreadyExists
            {
                return Err(error.error).with_context(cannot);
            }
        }
        let figment =
            figment::Figment::from(<figment::providers::Toml as figment::providers::Format>::file(path));
        figment.extract().with_context(|| format!("{} cannot be read", path.display()))
    }
}

fn toml_of(secrets: &Secrets) -> String {
    format!(
        "# Made for development. Whoever has this file can read the database beside it.\n\
         CARILLON_MASTER_KEYS = \"{}\"\nCARILLON_JWT_SECRET = \"{}\"\n",
        secrets.carillon_master_keys, secrets.carillon_jwt_secret
    )
}

/// The file beside a SQLite database; in the working directory for any other.
fn beside(database_url: &str) -> PathBuf {
    let path = database_url.strip_prefix("sqlite:").map(|rest| rest.trim_start_matches("//"));
    let path =
        path.and_then(|rest| rest.split('?').next()).filter(|path| !path.is_empty()).unwrap_or("carillon");
    PathBuf::from(format!("{path}.keys.toml"))
}
