//! API keys: made, shown once, checked, revoked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use carillon_domain::access::Credential;
use carillon_domain::{Permission, Principal, Reach};
use carillon_ports::keys::ApiKey;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::inline::check_name;
use crate::{Ports, Refusal, access};

/// How long a key that was found is trusted without asking again: revoking takes effect within this.
const TRUSTED_FOR: TimeDelta = TimeDelta::seconds(5);
/// The most keys that are remembered.
const REMEMBERED: usize = 10_000;

/// A new key with its secret, which is shown this once.
#[derive(Clone)]
pub struct NewKey {
    /// What is stored.
    pub key: ApiKey,
    /// What the caller will send.
    pub secret: String,
}

/// Keys that were found, and when.
type Seen = HashMap<String, (ApiKey, DateTime<Utc>)>;

/// Makes, lists, revokes and checks keys.
#[derive(Clone)]
pub struct Keys {
    ports: Ports,
    seen: Arc<Mutex<Seen>>,
}

impl Keys {
    /// Wires the use cases.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), seen: Arc::default() }
    }

    /// Makes a key: `ck_live_<id>_<256 random bits>_<checksum>`.
    pub async fn create(
        &self,
        name: &str,
        reach: Reach,
        permissions: Vec<Permission>,
    ) -> Result<NewKey, Refusal> {
        check_name(name).map_err(|detail| Refusal::input("invalid_key", "/name", detail))?;
        let random: String =
            self.ports.vault.new_secret().chars().filter(char::is_ascii_alphanumeric).collect();
        let id: String = random.chars().take(8).collect();
        let body = format!("ck_live_{id}_{}", self.ports.vault.new_secret().replace(['-', '_'], "x"));
        let secret = format!("{body}_{:08x}", crc32fast::hash(body.as_bytes()));
        let created_at = self.ports.clock.now();
        let key = ApiKey {
            id,
            hash: hash(&secret),
            name: name.to_owned(),
            reach,
            permissions,
            created_at,
            revoked_at: None,
        };
        self.ports.keys.add_key(&key).await?;
        access::note(&self.ports, "cli", "key.created", None, &key.id).await;
        Ok(NewKey { key, secret })
    }

    /// All keys.
    pub async fn list(&self) -> Result<Vec<ApiKey>, Refusal> {
        Ok(self.ports.keys.list_keys().await?)
    }

    /// Revokes a key.
    pub async fn revoke(&self, id: &str) -> Result<(), Refusal> {
        if !self.ports.keys.revoke_key(id, self.ports.clock.now()).await? {
            return Err(Refusal::NotFound { what: "key" });
        }
        access::note(&self.ports, "cli", "key.revoked", None, id).await;
        Ok(())
    }

    /// Who sends this key, or `None` when it is no key of ours.
    pub async fn check(&self, secret: &str) -> Result<Option<Principal>, Refusal> {
        let Some(id) = well_formed(secret) else { return Ok(None) };
        let Some(key) = self.find(id).await? else { return Ok(None) };
        let same: bool = key.hash.ct_eq(&hash(secret)).into();
        if !same || key.revoked_at.is_some() {
            return Ok(None);
        }
        Ok(Some(Principal {
            credential: Credential::ApiKey { id: key.id, permissions: key.permissions },
            reach: key.reach,
        }))
    }

    async fn find(&self, id: &str) -> Result<Option<ApiKey>, Refusal> {
        let now = self.ports.clock.now();
        let seen = self
            .lock()
            .get(id)
            .filter(|(_, at)| now - *at < TRUSTED_FOR && now >= *at)
            .map(|(key, _)| key.clone());
        if seen.is_some() {
            return Ok(seen);
        }
        let found = self.ports.keys.find_key(id).await?;
        if let Some(key) = &found {
            let mut seen = self.lock();
            if seen.len() >= REMEMBERED {
                seen.clear();
            }
            seen.insert(id.to_owned(), (key.clone(), now));
        }
        Ok(found)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// The public id of a key whose checksum holds: a typing mistake never reaches the database.
fn well_formed(secret: &str) -> Option<&str> {
    let (body, checksum) = secret.rsplit_once('_')?;
    if format!("{:08x}", crc32fast::hash(body.as_bytes())) != checksum {
        return None;
    }
    body.strip_prefix("ck_live_")?.split('_').next()
}
