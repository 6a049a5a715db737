//! Settling a text: understood, acted on, answered.

use carillon_domain::{Booking, Business};
use carillon_ports::StoreError;
use carillon_ports::directory::Consent;
use carillon_ports::keys::AuditEntry;
use carillon_ports::receipts::OptOut;
use carillon_ports::texting::{KeptText, Permit, Reply, Settlement, TextName};
use chrono::{DateTime, TimeDelta, Utc};

use super::answers::Answer;
use super::replying::{causes_event, question, replied, reply_answer};
use super::said::read;
use super::wish::{Wish, wish};
use super::writer::Writer;
use super::{ACTOR, consents, events};
use crate::accept::unless_overtaken;
use crate::alarm::service;
use crate::publish::Alongside;
use crate::{Ports, PublishEvent, Refusal};

/// How long whoever kept a text has to settle it, before others do.
const OWN_TIME: TimeDelta = TimeDelta::seconds(10);
/// How many texts are looked at together.
const AT_ONCE: u32 = 100;
/// A text of more words that is not understood is one that staff should read too.
const MOST_WORDS: usize = 3;

/// Settles texts, and says what their senders are answered.
#[derive(Clone)]
pub struct AnswerTexts {
    ports: Ports,
}

impl AnswerTexts {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Settles a text that was kept, unless it is settled, and says what its sender is answered: the same each time.
    #[tracing::instrument(level = "debug", name = "answer_text", skip_all)]
    pub async fn answer(&self, name: &TextName) -> Result<Option<String>, Refusal> {
        // Boxed: it publishes, and whoever waits for it is one of many requests.
        unless_overtaken(|| Box::pin(self.settle(name))).await
    }

    /// Settles what whoever kept it did not come to settle; answers how many. Their senders wait for no answer any more.
    pub async fn catch_up(&self) -> Result<usize, Refusal> {
        let before = self.ports.clock.now() - OWN_TIME;
        let names = self.ports.texts.list_unsettled(before, AT_ONCE).await?;
        for name in &names {
            match self.answer(name).await {
                Ok(_) => {}
                Err(Refusal::Store(StoreError::Corrupt(why))) => {
                    tracing::error!(why, "a text message cannot be read back, and is left alone");
                    self.ports.texts.settle(nothing(name, self.ports.clock.now())).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(names.len())
    }

    async fn settle(&self, name: &TextName) -> Result<Option<String>, Refusal> {
        let Some(text) = self.ports.texts.find_text(name).await? else { return Ok(None) };
        if let Some(settled) = text.settled {
            return Ok(settled.answer);
        }
        let now = self.ports.clock.now();
        let Some(sender) = &text.sender else {
            // Nobody who could be answered.
            self.ports.texts.settle(nothing(name, now)).await?;
            return Ok(None);
        };
        let writer = Writer::of(&self.ports, sender).await?;
        let said = read(&text.text);
        let wish = wish(&said, text.opt_out, &writer, now);
        let mut settlement = self.settlement(name, &text, &writer, &wish, now).await?;
        if text.opt_out.is_some() || writer.has_had_enough() {
            // Answered already, by the provider or too often.
            settlement.answer = None;
            settlement.question = None;
            settlement.pass_on |= matches!(wish, Wish::Unclear) && writer.business.is_some();
        }
        self.commit(settlement, &wish).await
    }

    /// All that follows, but for an event.
    async fn settlement(
        &self,
        name: &TextName,
        text: &KeptText,
        writer: &Writer,
        wish: &Wish<'_>,
        now: DateTime<Utc>,
    ) -> Result<Settlement, Refusal> {
        let mut settlement = Settlement {
            person: writer.person.as_ref().map(|person| person.id.clone()),
            business: writer.business.as_ref().map(|business| business.id.clone()),
            appointment: writer.mentions.first().map(|one| one.booking.appointment.id.clone()),
            ..nothing(name, now)
        };
        let voice = writer.voice(&self.ports);
        match wish {
            Wish::Reply(reply, meant) => {
                settlement.person = Some(meant.person.clone());
                settlement.appointment = Some(meant.booking.appointment.id.clone());
                settlement.answer = Some(voice.write(&reply_answer(*reply, &meant.booking)));
                settlement.audit = vec![replied(*reply, &meant.booking, now)];
                settlement.pass_on =
                    *reply == Reply::No && !self.has_support(writer.business.as_ref()).await?;
            }
            Wish::Which(reply, several) => {
                let bookings: Vec<&Booking> = several.iter().map(|one| &one.booking).collect();
                let named = &bookings[..voice.room_for(*reply, &bookings).min(bookings.len())];
                settlement.answer = Some(voice.write(&Answer::Which(*reply, named)));
                settlement.question = question(*reply, writer.business.as_ref(), named, now);
            }
            Wish::Unclear => {
                let last = writer.mentions.first().map(|one| &one.booking);
                settlement.answer = Some(voice.write(&Answer::What(last)));
                settlement.pass_on =
                    writer.business.is_some() && text.text.split_whitespace().count() > MOST_WORDS;
            }
            Wish::Permit(permit) => self.permit(&mut settlement, *permit, text.opt_out, writer).await?,
            Wish::Help => settlement.answer = Some(voice.write(&Answer::Help)),
            Wish::Nothing => {}
            Wish::Message => settlement.pass_on = writer.business.is_some() && writer.person.is_some(),
        }
        Ok(settlement)
    }

    /// STOP and START. What the provider has understood was done when the text was kept, for all of the platform.
    async fn permit(
        &self,
        settlement: &mut Settlement,
        permit: Permit,
        opt_out: Option<OptOut>,
        writer: &Writer,
    ) -> Result<(), Refusal> {
        let at = settlement.at;
        let towards = settlement.business.as_ref().filter(|_| opt_out.is_none());
        for person in writer.concerned() {
            let before = self.ports.directory.list_consents(&person.id).await?;
            let before: Vec<Consent> = before.into_iter().map(|recorded| recorded.consent).collect();
            settlement.consents.extend(consents::follow(permit, &person.id, &before, towards, at));
        }
        settlement.permit = Some(permit).filter(|_| opt_out.is_none());
        let (action, answer) = match permit {
            Permit::Withdrawn => ("sms.stopped", Answer::Stopped),
            Permit::Given => ("sms.started", Answer::Started),
        };
        // One answer to however many of the same.
        let is_new = permit == Permit::Given || !writer.is_stopped();
        settlement.answer = is_new.then(|| writer.voice(&self.ports).write(&answer));
        let target = settlement.person.as_ref().map_or_else(|| "unknown".to_owned(), ToString::to_string);
        settlement.audit = vec![AuditEntry {
            at,
            actor: ACTOR.to_owned(),
            action: action.to_owned(),
            business: towards.cloned(),
            target,
        }];
        Ok(())
    }

    /// Whether anybody hears of a wish to cancel.
    async fn has_support(&self, business: Option<&Business>) -> Result<bool, Refusal> {
        let Some(business) = business else { return Ok(false) };
        super::pass_on::has_support(&self.ports, &business.id).await
    }

    /// Commits a settlement, with its event where it causes one.
    async fn commit(&self, settlement: Settlement, wish: &Wish<'_>) -> Result<Option<String>, Refusal> {
        let answer = settlement.answer.clone();
        let causes = match wish {
            Wish::Reply(reply, meant) => causes_event(*reply, &meant.booking).then_some((*reply, *meant)),
            Wish::Which(..)
            | Wish::Unclear
            | Wish::Permit(_)
            | Wish::Help
            | Wish::Nothing
            | Wish::Message => None,
        };
        let Some((reply, meant)) = causes else {
            self.ports.texts.settle(settlement).await?;
            return Ok(answer);
        };
        let publish = events::reply(&self.ports, reply, &meant.booking, &meant.person).await?;
        let alongside = Alongside {
            settles: Some(Box::new(settlement.clone())),
            // Only a change of the appointment must be worked out from what it is.
            revision: (reply == Reply::Yes).then_some(meant.booking.revision),
            passes_on: Vec::new(),
        };
        match PublishEvent::new(&self.ports).run_alongside(&service(), publish, alongside).await {
            Ok(_) => Ok(answer),
            Err(error @ (Refusal::Store(_) | Refusal::Busy { .. })) => Err(error),
            Err(error) => {
                tracing::error!(%error, "what a client replied cannot be done, and is passed on to staff");
                let told = Settlement { answer: None, pass_on: true, audit: Vec::new(), ..settlement };
                self.ports.texts.settle(told).await?;
                Ok(None)
            }
        }
    }
}

/// Settled, and nothing follows.
fn nothing(name: &TextName, at: DateTime<Utc>) -> Settlement {
    Settlement {
        name: name.clone(),
        person: None,
        business: None,
        appointment: None,
        answer: None,
        question: None,
        permit: None,
        consents: Vec::new(),
        pass_on: false,
        audit: Vec::new(),
        at,
    }
}
