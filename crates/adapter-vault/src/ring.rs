//! The ring of master keys.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carillon_ports::Vault;
use carillon_ports::vault::{DataKey, Place, VaultError, WrappedKey};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::aead::{open, seal};
use crate::config::{self, ConfigError, MasterKey};
use crate::derive::{Job, Secret, derive, mac};
use crate::frame::frame;
use crate::random::random;
use crate::wrapped;

/// What is derived from one master key; the master key itself is not kept.
struct Link {
    id: String,
    wrap: Secret,
    token: Secret,
}

/// Guards personal data with a list of master keys: see the crate's page for which of them does what.
pub struct KeyRing {
    current: Link,
    older: Vec<Link>,
    /// Derived from the last key of the list, so that a new current key changes no index.
    index: Secret,
}

impl KeyRing {
    /// Reads `id:base64-of-32-bytes[,older-id:…]`. The first key is the current one; the last one makes the blind indexes.
    pub fn from_config(list: &str) -> Result<Self, ConfigError> {
        let keys = config::parse(list)?;
        let oldest = keys.last().ok_or(ConfigError::Empty)?;
        let index = derive(&oldest.secret, Job::Index);
        let mut links = keys.iter().map(Link::of);
        let current = links.next().ok_or(ConfigError::Empty)?;
        Ok(Self { current, older: links.collect(), index })
    }

    /// A fresh master key under this id, as an entry for the configuration.
    pub fn generate(id: &str) -> Result<SecretString, ConfigError> {
        config::generate(id)
    }

    fn links(&self) -> impl Iterator<Item = &Link> {
        std::iter::once(&self.current).chain(&self.older)
    }

    fn wrap(&self, owner: &str, key: &DataKey) -> WrappedKey {
        let Link { id, wrap, .. } = &self.current;
        let sealed = seal(wrap.expose_secret(), &[id.as_bytes(), owner.as_bytes()], &key.0);
        wrapped::join(id, &sealed)
    }
}

impl Link {
    fn of(key: &MasterKey) -> Self {
        Self {
            id: key.id.clone(),
            wrap: derive(&key.secret, Job::Wrap),
            token: derive(&key.secret, Job::Token),
        }
    }
}

impl Vault for KeyRing {
    fn new_key(&self, owner: &str) -> WrappedKey {
        self.wrap(owner, &DataKey(random()))
    }

    fn unwrap_key(&self, owner: &str, key: &WrappedKey) -> Result<DataKey, VaultError> {
        let (id, sealed) = wrapped::split(key)?;
        let link = self
            .links()
            .find(|link| link.id == id)
            .ok_or_else(|| VaultError::UnknownMasterKey(id.to_owned()))?;
        let plain = open(link.wrap.expose_secret(), &[id.as_bytes(), owner.as_bytes()], sealed)?;
        plain.as_slice().try_into().map(DataKey).map_err(|_| VaultError::Sealed)
    }

    fn rewrap_key(&self, owner: &str, key: &WrappedKey) -> Result<Option<WrappedKey>, VaultError> {
        // Opened even where nothing is to do: the run that renews all keys is also the one that finds a damaged one.
        let opened = self.unwrap_key(owner, key)?;
        let (id, _) = wrapped::split(key)?;
        Ok((id != self.current.id).then(|| self.wrap(owner, &opened)))
    }

    fn seal(&self, key: &DataKey, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
        seal(&key.0, &context(place), plain)
    }

    fn open(&self, key: &DataKey, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        open(&key.0, &context(place), sealed).map(|mut plain| std::mem::take(&mut *plain))
    }

    fn blind_index(&self, label: &str, normalised: &str) -> String {
        let message = Zeroizing::new(frame(&[label.as_bytes(), normalised.as_bytes()]));
        URL_SAFE_NO_PAD.encode(mac(self.index.expose_secret(), &message))
    }

    fn make_token(&self, label: &str, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(seal(self.current.token.expose_secret(), &[label.as_bytes()], text.as_bytes()))
    }

    fn read_token(&self, label: &str, token: &str) -> Result<String, VaultError> {
        let sealed = URL_SAFE_NO_PAD.decode(token).map_err(|_| VaultError::Sealed)?;
        let plain = self
            .links()
            .find_map(|link| open(link.token.expose_secret(), &[label.as_bytes()], &sealed).ok())
            .ok_or(VaultError::Sealed)?;
        str::from_utf8(&plain).map(str::to_owned).map_err(|_| VaultError::Sealed)
    }

    fn new_secret(&self) -> String {
        URL_SAFE_NO_PAD.encode(Zeroizing::new(random::<32>()).as_slice())
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<&str> = self.links().map(|link| link.id.as_str()).collect();
        f.debug_struct("KeyRing").field("ids", &ids).finish_non_exhaustive()
    }
}

fn context(place: Place<'_>) -> [&[u8]; 3] {
    [place.table.as_bytes(), place.column.as_bytes(), place.row.as_bytes()]
}
