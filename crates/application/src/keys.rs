//! API keys: made, shown once, checked, revoked.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use carillon_domain::access::Credential;
use carillon_domain::{Permission, Principal, Reach};
use carillon_ports::keys::ApiKey;
use carillon_ports::{StoreError, Vault};
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

    /// Makes a key.
    pub async fn create(
        &self,
        name: &str,
        reach: Reach,
        permissions: Vec<Permission>,
    ) -> Result<NewKey, Refusal> {
        let secret = draft(&*self.ports.vault);
        let key = self.key(name, reach, permissions, &secret)?;
        self.ports.keys.add_key(&key).await?;
        access::note(&self.ports, "cli", "key.created", None, &key.id).await;
        Ok(NewKey { key, secret })
    }

    /// Stores a platform key that the operator drafted beforehand, so that a deployment can be described as a whole before it first
    /// runs. `false` when it is there already, be it revoked: a revoked key stays so.
    pub async fn adopt(&self, name: &str, secret: &str) -> Result<bool, Refusal> {
        let key = self.key(name, Reach::Platform, Permission::ALL.to_vec(), secret)?;
        if self.is_stored(&key).await? {
            return Ok(false);
        }
        match self.ports.keys.add_key(&key).await {
            Ok(()) => {
                access::note(&self.ports, "configuration", "key.adopted", None, &key.id).await;
                Ok(true)
            }
            // Another process that starts at this moment was quicker.
            Err(StoreError::Conflict(_)) => self.is_stored(&key).await.map(|_| false),
            Err(error) => Err(error.into()),
        }
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

    /// What is stored of a key.
    fn key(
        &self,
        name: &str,
        reach: Reach,
        permissions: Vec<Permission>,
        secret: &str,
    ) -> Result<ApiKey, Refusal> {
        check_name(name).map_err(|detail| Refusal::input("invalid_key", "/name", detail))?;
        let id = well_formed(secret).ok_or_else(|| {
            Refusal::input("invalid_key", "/secret", "is not a key as `carillon keys draft` prints one")
        })?;
        Ok(ApiKey {
            id: id.to_owned(),
            hash: hash(secret),
            name: name.to_owned(),
            reach,
            permissions,
            created_at: self.ports.clock.now(),
            revoked_at: None,
        })
    }

    /// Whether this very key is stored; another key of the same id is a mistake.
    async fn is_stored(&self, key: &ApiKey) -> Result<bool, Refusal> {
        match self.ports.keys.find_key(&key.id).await? {
            Some(known) if known.hash == key.hash => Ok(true),
            Some(_) => Err(Refusal::input("invalid_key", "/secret", "has the id of another key")),
            None => Ok(false),
        }
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

/// A key that is stored nowhere yet: `ck_live_<id>_<256 random bits>_<checksum>`.
pub fn draft(vault: &dyn Vault) -> String {
    let random: String = vault.new_secret().chars().filter(char::is_ascii_alphanumeric).collect();
    let id: String = random.chars().take(8).collect();
    let body = format!("ck_live_{id}_{}", vault.new_secret().replace(['-', '_'], "x"));
    format!("{body}_{:08x}", crc32fast::hash(body.as_bytes()))
}

/// What makes a key unfit to open a production system, or `None`: only as many characters as 256 bits need, and varied as random ones
/// are, cannot be guessed.
pub fn weakness(secret: &str) -> Option<&'static str> {
    let Some(random) = well_formed(secret).and_then(|_| secret.split('_').nth(3)) else {
        return Some("must be a key as `carillon keys draft` prints one");
    };
    let distinct: HashSet<char> = random.chars().collect();
    (random.len() < 43 || distinct.len() < 16).then_some("must be random: `carillon keys draft` prints one")
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
    let id = body.strip_prefix("ck_live_")?.split('_').next()?;
    let is_plain = (1..=32).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_plain.then_some(id)
}
