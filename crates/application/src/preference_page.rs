//! The preference page that every e-mail leads to: its link is the credential.

use std::collections::BTreeMap;
use std::net::IpAddr;

use carillon_domain::business::QuietHours;
use carillon_domain::choices::Digest;
use carillon_domain::ids::{BusinessId, PersonId};
use carillon_domain::{Category, Channel, Notification, Topic};
use carillon_ports::Vault;
use serde::{Deserialize, Serialize};

use crate::preference_change::{Change, Stand, Wish, business};
use crate::preferences::Overview;
use crate::unsubscribe::language;
use crate::{Ports, Refusal};

const LABEL: &str = "preferences";
/// Where decisions made on the page come from.
const SOURCE: &str = "preference_page";
/// The version of what the page says of marketing: raise it when its words change what is agreed to.
const WORDING: &str = "preference_page/1";

/// What a link stands for: whose preferences, towards whom. Ids only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreferenceLink {
    /// Whose.
    #[serde(rename = "p")]
    pub person: PersonId,
    /// Towards whom.
    #[serde(rename = "b")]
    pub business: Option<BusinessId>,
}

/// What a reader sent back.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// The boxes that were shown and could be changed.
    pub shown: Vec<(Topic, Channel)>,
    /// Those of them that are ticked.
    pub ticked: Vec<(Topic, Channel)>,
    /// Categories of which the kinds that were turned off one by one shall come again.
    pub again: Vec<Category>,
    /// Quiet hours, from and to; both empty for none.
    pub quiet: Option<(String, String)>,
    /// How these categories come.
    pub digest: BTreeMap<Category, Digest>,
}

/// What stands in the way of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objection {
    /// It would turn off the last way to hear of something critical.
    LastWay,
    /// The quiet hours are none.
    QuietHours,
    /// The form does not fit the page: made elsewhere, or the page has changed meanwhile.
    Form,
}

/// The page.
#[derive(Debug, Clone)]
pub struct PreferencePage {
    /// How things stand; where a form met an objection, how they would stand by it.
    pub overview: Overview,
    /// Who writes: the business, else the platform.
    pub sender: String,
    /// The reader's language.
    pub language: String,
    /// What stands in the way of the form, so that nothing was changed.
    pub objections: Vec<Objection>,
}

impl PreferenceLink {
    /// The link of a notification.
    pub fn of(notification: &Notification) -> Self {
        Self { person: notification.recipient.clone(), business: notification.business.clone() }
    }

    /// What stands for it in URLs: opaque and unguessable.
    pub fn token(&self, vault: &dyn Vault) -> String {
        vault.make_token(LABEL, &serde_json::to_string(self).unwrap_or_default())
    }

    /// Its URL.
    pub fn url(&self, vault: &dyn Vault, public_url: &str) -> String {
        format!("{public_url}/p/{}", self.token(vault))
    }
}

/// Shows the page and takes its form.
#[derive(Clone)]
pub struct OpenPreferences {
    ports: Ports,
}

impl OpenPreferences {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// The page. Changes nothing: link scanners follow links.
    pub async fn show(&self, token: &str) -> Result<PreferencePage, Refusal> {
        let stand = self.stand(token).await?;
        Ok(self.page(stand, Vec::new()))
    }

    /// Does what the form says, or answers the page with what stands in the way.
    pub async fn save(
        &self,
        token: &str,
        form: &Form,
        ip: Option<IpAddr>,
    ) -> Result<PreferencePage, Refusal> {
        let stand = self.stand(token).await?;
        let change = Change { ip, ..change(&stand, &self.ports, form) };
        match stand.settle(&self.ports, change.clone()).await {
            Ok(after) => Ok(self.page(after, Vec::new())),
            Err(Refusal::Input { problems, .. }) => {
                let mut objections: Vec<_> =
                    problems.iter().map(|problem| Objection::at(&problem.pointer)).collect();
                objections.dedup();
                Ok(self.page(stand.after(&change), objections))
            }
            Err(other) => Err(other),
        }
    }

    fn page(&self, stand: Stand, objections: Vec<Objection>) -> PreferencePage {
        let platform = &self.ports.policy.platform;
        let language = language(Some(&stand.person), stand.business.as_ref(), platform);
        let sender = stand.business.as_ref().map_or(&platform.name, |business| &business.name).clone();
        PreferencePage { overview: stand.overview(&self.ports), sender, language, objections }
    }

    async fn stand(&self, token: &str) -> Result<Stand, Refusal> {
        let unknown = || Refusal::NotFound { what: "link" };
        let text = self.ports.vault.read_token(LABEL, token).map_err(|_| unknown())?;
        let link: PreferenceLink = serde_json::from_str(&text).map_err(|_| unknown())?;
        let people = self.ports.directory.find_people(std::slice::from_ref(&link.person));
        let person = people.await?.pop().ok_or_else(unknown)?;
        let business = match link.business {
            Some(id) => Some(business(&self.ports, id).await?),
            None => None,
        };
        Stand::of(&self.ports, person, business).await
    }
}

impl Objection {
    fn at(pointer: &str) -> Self {
        if pointer.starts_with("/quiet_hours") {
            Self::QuietHours
        } else if pointer.starts_with("/shown") {
            Self::LastWay
        } else {
            Self::Form
        }
    }
}

fn change(stand: &Stand, ports: &Ports, form: &Form) -> Change {
    let wish = |topic: Topic, channel, allowed| {
        let pointer = "/shown".to_owned();
        Wish { pointer, topic, channel, allowed, is_shown: false }
    };
    // Who never agreed to offers and leaves the box alone has refused nothing.
    let is_said = |(topic, channel): &&(Topic, Channel)| {
        *topic != Topic::Marketing || stand.said(topic, *channel) == Some(true)
    };
    let said = form.shown.iter().filter(|shown| form.ticked.contains(shown) || is_said(shown));
    let mut wishes: Vec<Wish> =
        said.map(|shown| wish(shown.0.clone(), shown.1, form.ticked.contains(shown))).collect();
    // A box speaks for the whole category. Kinds that were decided on by themselves follow where it says no, and where the reader asks
    // for them again.
    for kind in ports.catalogue.kinds() {
        let (category, topic) = (Category::of(kind), Topic::Kind(kind.name.clone()));
        for rule in &kind.channels {
            let is_off = form
                .shown
                .iter()
                .any(|shown| *shown == (category.into(), rule.channel) && !form.ticked.contains(shown));
            match stand.said(&topic, rule.channel) {
                Some(true) if is_off => wishes.push(wish(topic.clone(), rule.channel, false)),
                Some(false) if form.again.contains(&category) => {
                    wishes.push(wish(topic.clone(), rule.channel, true));
                }
                Some(_) | None => {}
            }
        }
    }
    let quiet_hours = form.quiet.as_ref().map(|(from, to)| {
        let is_none = from.is_empty() && to.is_empty();
        (!is_none).then(|| QuietHours { from: from.clone(), to: to.clone() })
    });
    Change {
        wishes,
        quiet_hours,
        digest: form.digest.clone(),
        source: SOURCE.to_owned(),
        wording: Some(WORDING.to_owned()),
        ip: None,
    }
}
