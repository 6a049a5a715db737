//! Unsubscribing by the link that every e-mail carries.

use std::net::IpAddr;

use carillon_domain::ids::{BusinessId, KindName, PersonId};
use carillon_domain::{Business, Channel, Kind, Notification, Person, Platform, Purpose};
use carillon_ports::Vault;
use carillon_ports::directory::Topic;
use serde::{Deserialize, Serialize};

use crate::preference_change::{self, Change, Stand, Wish};
use crate::preference_page::PreferenceLink;
use crate::{Ports, Refusal};

const LABEL: &str = "unsubscribe";

/// What a link stands for: who unsubscribes from what. Ids only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsubscribeLink {
    /// Who.
    #[serde(rename = "p")]
    pub person: PersonId,
    /// From whom.
    #[serde(rename = "b")]
    pub business: Option<BusinessId>,
    /// From what.
    #[serde(rename = "k")]
    pub kind: KindName,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Offer {
    /// What the link stands for.
    pub link: UnsubscribeLink,
    /// The kind, in a line of English.
    pub kind: Kind,
    /// Who writes: the business, else the platform.
    pub sender: String,
    /// The reader's e-mail address, masked.
    pub address: Option<String>,
    /// The reader's language.
    pub language: String,
    /// The token of the preference page, where there is more to choose.
    pub preferences: String,
    /// These cannot be turned off by e-mail: it is the last way by which they arrive, and they are critical.
    pub is_last_way: bool,
}

impl UnsubscribeLink {
    /// The link of a notification.
    pub fn of(notification: &Notification) -> Self {
        Self {
            person: notification.recipient.clone(),
            business: notification.business.clone(),
            kind: notification.kind.clone(),
        }
    }

    /// Its URL: opaque and unguessable.
    pub fn url(&self, vault: &dyn Vault, public_url: &str) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        format!("{public_url}/u/{}", vault.make_token(LABEL, &text))
    }
}

/// Shows and acts on unsubscribe links.
#[derive(Clone)]
pub struct Unsubscribe {
    ports: Ports,
}

impl Unsubscribe {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// What a link offers. Changes nothing: link scanners follow links.
    pub async fn show(&self, token: &str) -> Result<Offer, Refusal> {
        let (offer, _) = self.look(token).await?;
        Ok(offer)
    }

    /// Unsubscribes: from all marketing by e-mail if the e-mail was marketing, else from this kind by e-mail. Once is enough: a link that
    /// is followed again adds nothing. Whoever was erased is called by nobody, and has nothing to say.
    pub async fn act(&self, token: &str, ip: Option<IpAddr>) -> Result<Offer, Refusal> {
        let (mut offer, stand) = self.look(token).await?;
        let Some(stand) = stand.filter(|_| !offer.is_last_way) else { return Ok(offer) };
        let wish = Wish {
            is_shown: false,
            pointer: String::new(),
            topic: topic(&offer.kind),
            channel: Channel::Email,
            allowed: false,
        };
        let source = "unsubscribe_link".to_owned();
        match stand.settle(&self.ports, Change { wishes: vec![wish], source, ip, ..Change::default() }).await
        {
            // Another change came first, and left this as the last way.
            Err(Refusal::Input { .. }) => offer.is_last_way = true,
            settled => drop(settled?),
        }
        Ok(offer)
    }

    /// What a link offers, and how things stand; a person who was erased stands nowhere.
    async fn look(&self, token: &str) -> Result<(Offer, Option<Stand>), Refusal> {
        let unknown = || Refusal::NotFound { what: "link" };
        let text = self.ports.vault.read_token(LABEL, token).map_err(|_| unknown())?;
        let link: UnsubscribeLink = serde_json::from_str(&text).map_err(|_| unknown())?;
        let kind = self.ports.catalogue.find_kind(&link.kind).ok_or_else(unknown)?.clone();
        let business = match &link.business {
            Some(id) => self.ports.directory.find_business(id).await?,
            None => None,
        };
        let person = self.ports.directory.find_people(std::slice::from_ref(&link.person)).await?.pop();
        let language = language(person.as_ref(), business.as_ref(), &self.ports.policy.platform);
        let platform = self.ports.policy.platform.name.as_str();
        let sender = business.as_ref().map_or(platform, |business| business.name.as_str()).to_owned();
        let address = person.as_ref().and_then(|person| person.email.as_ref()).map(ToString::to_string);
        let stand = match (person, &link.business) {
            (Some(person), Some(id)) => {
                let business = preference_change::business(&self.ports, id.clone()).await?;
                Some(Stand::of(&self.ports, person, Some(business)).await?)
            }
            (Some(person), None) => Some(Stand::of(&self.ports, person, None).await?),
            (None, _) => None,
        };
        let is_last_way = stand.as_ref().is_some_and(|stand| {
            let kinds = self.ports.catalogue.kinds();
            let view = stand.view(&kinds);
            view.silenced(&view.with(&topic(&kind), Channel::Email, false)).is_some()
        });
        let there = PreferenceLink { person: link.person.clone(), business: link.business.clone() };
        let preferences = there.token(&*self.ports.vault);
        Ok((Offer { link, kind, sender, address, language, preferences, is_last_way }, stand))
    }
}

/// What is unsubscribed from by the link of an e-mail of a kind.
fn topic(kind: &Kind) -> Topic {
    match kind.purpose {
        Purpose::Marketing => Topic::Marketing,
        Purpose::Service => Topic::Kind(kind.name.clone()),
    }
}

/// The language of a page for somebody.
pub(crate) fn language(person: Option<&Person>, business: Option<&Business>, platform: &Platform) -> String {
    let own = person.and_then(|person| person.locale.as_ref());
    let locale = own.or_else(|| business.map(|business| &business.settings.locale));
    locale.unwrap_or(&platform.locale).language().to_owned()
}
