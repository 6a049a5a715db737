//! The providers of each channel, in the order they are asked.

use std::sync::Arc;

use carillon_domain::{Business, EmailAddress, Purpose};
use carillon_ports::email::{Mailbox, OutgoingEmail};
use carillon_ports::provider::{SendError, Taken};
use carillon_ports::sms::OutgoingSms;
use carillon_ports::{EmailSender, SmsSender};

use crate::measure;

/// The providers of each channel, in the order they are asked, and who e-mails come from.
#[derive(Clone)]
pub struct Senders {
    /// E-mail.
    pub email: Vec<Arc<dyn EmailSender>>,
    /// Text messages.
    pub sms: Vec<Arc<dyn SmsSender>>,
    /// Who service e-mails come from.
    pub from: EmailAddress,
    /// Who marketing e-mails come from, so that their reputation is their own.
    pub from_marketing: EmailAddress,
    /// Where the public reaches us, without a slash at the end.
    pub public_url: String,
}

/// What came of asking the providers of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The one whose answer counts.
    pub provider: Option<&'static str>,
    /// Its answer.
    pub answer: Result<Taken, SendError>,
    /// What the ones before it said.
    pub before: Vec<String>,
}

impl Senders {
    /// Who an e-mail of a business comes from.
    pub fn from(&self, business: Option<&Business>, purpose: Purpose) -> Mailbox {
        let name = business.map_or("Carillon", |business| {
            business.settings.sender.name.as_deref().unwrap_or(&business.name)
        });
        let address = match purpose {
            Purpose::Service => &self.from,
            Purpose::Marketing => &self.from_marketing,
        };
        Mailbox { name: name.to_owned(), address: address.clone() }
    }

    /// Sends an e-mail by the first provider that takes it. Another one is asked only where the one before certainly sent nothing, and
    /// each only while there is time.
    pub async fn send_email(&self, email: &OutgoingEmail, in_time: impl Fn() -> bool) -> Asked {
        let mut asked = Asked::nobody();
        for sender in &self.email {
            if !in_time() {
                break;
            }
            asked.next(sender.provider(), sender.send(email).await);
            if asked.is_settled() {
                break;
            }
        }
        asked
    }

    /// Sends a text message by the first provider that takes it.
    pub async fn send_sms(&self, sms: &OutgoingSms, in_time: impl Fn() -> bool) -> Asked {
        let mut asked = Asked::nobody();
        for sender in &self.sms {
            if !in_time() {
                break;
            }
            asked.next(sender.provider(), sender.send(sms).await);
            if asked.is_settled() {
                break;
            }
        }
        asked
    }
}

impl Asked {
    fn nobody() -> Self {
        let nobody = SendError::Unavailable("there was no time left to ask a provider".to_owned());
        Self { provider: None, answer: Err(nobody), before: Vec::new() }
    }

    fn is_settled(&self) -> bool {
        self.answer.as_ref().map_or_else(|error| !error.moves_on(), |_| true)
    }

    fn next(&mut self, provider: &'static str, answer: Result<Taken, SendError>) {
        measure::provider_asked(provider, answer.as_ref().map_or_else(SendError::name, |_| "accepted"));
        if let (Some(before), Err(error)) = (self.provider, &self.answer) {
            self.before.push(format!("{before}: {error}"));
        }
        self.provider = Some(provider);
        self.answer = answer;
    }

    /// The whole story in one line.
    pub fn detail(&self) -> Option<String> {
        let last = self.answer.as_ref().err().map(ToString::to_string);
        let story: Vec<String> = self.before.iter().cloned().chain(last).collect();
        (!story.is_empty()).then(|| story.join("; "))
    }
}
