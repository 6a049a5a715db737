//! The providers of each channel, in the order they are asked, each behind its gate.

use std::pin::Pin;
use std::sync::Arc;

use carillon_domain::{Business, Channel, EmailAddress, Purpose};
use carillon_ports::email::{Mailbox, OutgoingEmail};
use carillon_ports::provider::{SendError, Taken};
use carillon_ports::sms::{OutgoingSms, Price};
use carillon_ports::{Clock, EmailSender, SmsSender, SuppressionList};
use chrono::{DateTime, Utc};

pub use crate::gate::Gate;
use crate::gate::Pass;
use crate::measure;

/// Who our messages come from, and where the public reaches us.
#[derive(Debug, Clone)]
pub struct Origin {
    /// What the platform is called: the sender of what belongs to no business.
    pub name: String,
    /// Who service e-mails come from.
    pub from: EmailAddress,
    /// Who marketing e-mails come from, so that their reputation is their own.
    pub from_marketing: EmailAddress,
    /// Where the public reaches us, without a slash at the end.
    pub public_url: String,
}

/// The providers of each channel, in the order they are asked, and who e-mails come from.
pub struct Senders {
    email: Vec<(Arc<dyn EmailSender>, Arc<Gate>)>,
    sms: Vec<(Arc<dyn SmsSender>, Arc<Gate>)>,
    /// Who our messages come from.
    pub origin: Origin,
    /// The lists of addresses that providers keep themselves.
    pub lists: Arc<[Arc<dyn SuppressionList>]>,
}

/// A call that asks a provider whether it accepts our credentials.
pub type Check<'a> = Pin<Box<dyn Future<Output = Result<(), SendError>> + Send + 'a>>;

/// What came of asking the providers of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The one whose answer counts.
    pub provider: Option<&'static str>,
    /// Its answer.
    pub answer: Result<Taken, SendError>,
    /// What the ones before it said.
    pub before: Vec<String>,
    /// Where nobody was asked, for none is at the moment: when to come again.
    pub rests_until: Option<DateTime<Utc>>,
    /// Whether there was no time left to ask all.
    pub is_cut_short: bool,
}

impl Senders {
    /// Puts each provider behind a gate with room for `slots` calls at once.
    pub fn new(
        email: Vec<Arc<dyn EmailSender>>,
        sms: Vec<Arc<dyn SmsSender>>,
        origin: Origin,
        clock: &Arc<dyn Clock>,
        slots: usize,
    ) -> Self {
        let gate = |provider, channel| Gate::new(provider, channel, slots, clock.clone());
        Self {
            email: email.into_iter().map(|one| (one.clone(), gate(one.provider(), Channel::Email))).collect(),
            sms: sms.into_iter().map(|one| (one.clone(), gate(one.provider(), Channel::Sms))).collect(),
            origin,
            lists: Arc::default(),
        }
    }

    /// The gates of all providers.
    pub fn gates(&self) -> impl Iterator<Item = &Arc<Gate>> {
        self.email.iter().map(|(_, gate)| gate).chain(self.sms.iter().map(|(_, gate)| gate))
    }

    /// A call to each provider that asks whether it accepts our credentials, and sends nothing.
    pub fn checks(&self) -> Vec<(&'static str, Check<'_>)> {
        let email = self.email.iter().map(|(sender, gate)| (gate.provider, sender.check()));
        let sms = self.sms.iter().map(|(sender, gate)| (gate.provider, sender.check()));
        email.chain(sms).collect()
    }

    /// The same, with the lists of addresses that providers keep themselves.
    #[must_use]
    pub fn with_lists(self, lists: Vec<Arc<dyn SuppressionList>>) -> Self {
        Self { lists: lists.into(), ..self }
    }

    /// How many messages of a channel can be sent now, of at most so many: none while no provider is asked.
    pub(crate) fn room(&self, channel: Channel, most: usize) -> usize {
        let rooms = |gates: &mut dyn Iterator<Item = &Arc<Gate>>| gates.map(|gate| gate.room(most)).max();
        match channel {
            Channel::Email => rooms(&mut self.email.iter().map(|(_, gate)| gate)).unwrap_or_default(),
            Channel::Sms => rooms(&mut self.sms.iter().map(|(_, gate)| gate)).unwrap_or_default(),
            Channel::InApp => most,
        }
    }

    /// Who an e-mail of a business comes from.
    pub fn from(&self, business: Option<&Business>, purpose: Purpose) -> Mailbox {
        let name = business.map_or(self.origin.name.as_str(), |business| {
            business.settings.sender.name.as_deref().unwrap_or(&business.name)
        });
        let address = match purpose {
            Purpose::Service => &self.origin.from,
            Purpose::Marketing => &self.origin.from_marketing,
        };
        Mailbox { name: name.to_owned(), address: address.clone() }
    }

    /// Sends an e-mail by the first provider that takes it. Another one is asked only where the one before certainly sent nothing, and
    /// each only while there is time.
    pub async fn send_email(&self, email: &OutgoingEmail, in_time: impl Fn() -> bool) -> Asked {
        let mut asked = Asked::nobody();
        for (sender, gate) in &self.email {
            let Some(pass) = asked.knock(gate, &in_time).await else { continue };
            let answer = sender.send(email).await;
            if asked.is_settled_by(pass, answer) {
                break;
            }
        }
        asked
    }

    /// The provider that was given this text already, where a call may have reached one. Only those that can be asked answer; one that
    /// does not leaves it open.
    pub(crate) async fn find_sms(&self, sms: &OutgoingSms, since: DateTime<Utc>) -> Option<Asked> {
        for (sender, gate) in &self.sms {
            match sender.find(sms, since).await {
                Ok(Some(taken)) => {
                    let found = Asked { provider: Some(gate.provider), answer: Ok(taken), ..Asked::nobody() };
                    return Some(found);
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::debug!(provider = gate.provider, %error, "a doubt could not be settled by asking");
                }
            }
        }
        None
    }

    /// What a provider says that a text cost, by its own id of it; `None` where it does not know yet, or cannot be asked.
    pub(crate) async fn price_of(&self, provider: &str, provider_id: &str) -> Option<Price> {
        let (sender, _) = self.sms.iter().find(|(sender, _)| sender.provider() == provider)?;
        sender.price(provider_id).await.unwrap_or_else(|error| {
            tracing::debug!(provider, %error, "a price could not be asked for");
            None
        })
    }

    /// Sends a text message by the first provider that takes it.
    pub async fn send_sms(&self, sms: &OutgoingSms, in_time: impl Fn() -> bool) -> Asked {
        let mut asked = Asked::nobody();
        for (sender, gate) in &self.sms {
            let Some(pass) = asked.knock(gate, &in_time).await else { continue };
            let answer = sender.send(sms).await;
            if asked.is_settled_by(pass, answer) {
                break;
            }
        }
        asked
    }
}

impl Asked {
    fn nobody() -> Self {
        let nobody = SendError::Unavailable("there was no time left to ask a provider".to_owned());
        Self {
            provider: None,
            answer: Err(nobody),
            before: Vec::new(),
            rests_until: None,
            is_cut_short: false,
        }
    }

    /// Waits before a gate; `None` when this provider is not to be asked, or no time is left for its answer.
    async fn knock<'a>(
        &mut self,
        gate: &'a Gate,
        in_time: &impl Fn() -> bool,
    ) -> Option<(&'a Gate, Pass<'a>)> {
        if !in_time() {
            self.is_cut_short = true;
            return None;
        }
        match gate.enter().await {
            Ok(pass) => {
                self.is_cut_short |= !in_time();
                (!self.is_cut_short).then_some((gate, pass))
            }
            Err(until) => {
                self.rests_until = Some(self.rests_until.map_or(until, |earlier| earlier.min(until)));
                self.before.push(format!("{}: not asked ({})", gate.provider, gate.state().0));
                None
            }
        }
    }

    /// Notes an answer; whether nobody else may be asked.
    fn is_settled_by(&mut self, (gate, pass): (&Gate, Pass<'_>), answer: Result<Taken, SendError>) -> bool {
        pass.settle(&answer);
        measure::provider_asked(gate.provider, answer.as_ref().map_or_else(SendError::name, |_| "accepted"));
        if let (Err(error @ SendError::Unsupported(_)), Some(_)) = (&answer, self.provider) {
            // What an earlier provider said decides: by that one it may leave later.
            self.before.push(format!("{}: {error}", gate.provider));
            return false;
        }
        if let (Some(before), Err(error)) = (self.provider, &self.answer) {
            self.before.push(format!("{before}: {error}"));
        }
        self.provider = Some(gate.provider);
        self.answer = answer;
        self.answer.as_ref().map_or_else(|error| !error.moves_on(), |_| true)
    }

    /// The whole story in one line.
    pub fn detail(&self) -> Option<String> {
        let last = self.answer.as_ref().err().filter(|_| self.provider.is_some() || self.before.is_empty());
        let story: Vec<String> = self.before.iter().cloned().chain(last.map(ToString::to_string)).collect();
        (!story.is_empty()).then(|| story.join("; "))
    }
}

impl std::fmt::Debug for Senders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.gates()).finish()
    }
}
