//! Unsubscribing by the link that every e-mail carries.

use carillon_domain::ids::{BusinessId, KindName, PersonId};
use carillon_domain::{Channel, Kind, Notification, Purpose};
use carillon_ports::Vault;
use carillon_ports::directory::{Consent, Topic};
use serde::{Deserialize, Serialize};

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
    /// The business's name.
    pub business_name: Option<String>,
    /// The reader's language.
    pub language: String,
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
        let unknown = || Refusal::NotFound { what: "link" };
        let text = self.ports.vault.read_token(LABEL, token).map_err(|_| unknown())?;
        let link: UnsubscribeLink = serde_json::from_str(&text).map_err(|_| unknown())?;
        let kind = self.ports.catalogue.find_kind(&link.kind).ok_or_else(unknown)?.clone();
        let business = match &link.business {
            Some(id) => self.ports.directory.find_business(id).await?,
            None => None,
        };
        let person = self.ports.directory.find_people(std::slice::from_ref(&link.person)).await?.pop();
        let locale = person
            .and_then(|person| person.locale)
            .or_else(|| business.as_ref().map(|business| business.settings.locale.clone()));
        let language = locale.map_or_else(|| "en".to_owned(), |locale| locale.language().to_owned());
        Ok(Offer { link, kind, business_name: business.map(|business| business.name), language })
    }

    /// Unsubscribes: from all marketing by e-mail if the e-mail was marketing, else from this kind by e-mail.
    pub async fn act(&self, token: &str) -> Result<Offer, Refusal> {
        let offer = self.show(token).await?;
        let topic = match offer.kind.purpose {
            Purpose::Marketing => Topic::Marketing,
            Purpose::Service => Topic::Kind(offer.link.kind.clone()),
        };
        let decision = Consent {
            person: offer.link.person.clone(),
            business: offer.link.business.clone(),
            topic,
            channel: Channel::Email,
            granted: false,
            source: "unsubscribe_link".to_owned(),
            wording: None,
            at: self.ports.clock.now(),
        };
        self.ports.directory.add_consent(&decision).await?;
        Ok(offer)
    }
}
