//! Messages that are due leave: claim (the attempt is committed), re-check, render, call the provider with no transaction open,
//! record.
//!
//! What if we crash? Before the claim's commit: the message is still queued. Between claim and call: its lease runs out, and it is
//! queued again. Between the provider's answer and our record: the same, and it may leave twice. The only other way to leave twice is
//! a provider that does not answer: after a while it is asked again, up to the message's number of tries.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use carillon_domain::message::TryEnd;
use carillon_domain::verdict::{self, Facts, Rule, Verdict};
use carillon_domain::{Cause, Channel, EmailAddress, Kind, Person, Platform, Reason, Status, decision};
use carillon_ports::StoreError;
use carillon_ports::content::Content;
use carillon_ports::email::{Mailbox, OutgoingEmail};
use carillon_ports::provider::Try;
use carillon_ports::ready::Ready;
use carillon_ports::sms::OutgoingSms;
use carillon_ports::store::{Claimed, Outcome};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Semaphore;

use crate::ended::Ended;
use crate::money::Purse;
use crate::own_texts::TextLookup;
use crate::senders::Asked;
use crate::texts::{self, Links, Reading};
use crate::{Ports, Senders, caps, invitation, leaving, live, measure, money};

/// How long a worker may hold a message: above the longest chain of calls (two of 10 s), and with the sweep that finds it (every 5 s)
/// short enough that a worker's death is over within 30 s.
const LEASE: TimeDelta = TimeDelta::seconds(24);
/// A call in doubt began at most so long before its message is tried again.
const DOUBT_LASTS: TimeDelta = TimeDelta::minutes(15);
/// How many texts are made at once.
const RENDERED_AT_ONCE: usize = 4;
/// The longest call to one provider.
const LONGEST_CALL: TimeDelta = TimeDelta::seconds(10);
/// How long it takes at most to notice that a provider is asked again.
const LONGEST_REST: Duration = Duration::from_millis(250);
/// The longest wait between two tries to record an outcome.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Delivers messages that are due.
#[derive(Clone)]
pub struct DeliverMessages {
    ports: Ports,
    senders: Arc<Senders>,
    money: Purse,
    texts: TextLookup,
    /// Making a text takes a processor: only a few at once, or answers of providers would wait behind texts until their time is over.
    rendering: Arc<Semaphore>,
}

/// A claimed message, and what was found out about it together with the others of its claim.
#[derive(Debug)]
pub struct Due {
    /// The message.
    pub claimed: Claimed,
    /// Until when its reader, number or business has had enough.
    capped_until: Option<DateTime<Utc>>,
}

impl DeliverMessages {
    /// Wires the use case.
    pub fn new(ports: &Ports, senders: Arc<Senders>) -> Self {
        Self {
            ports: ports.clone(),
            senders,
            money: Purse::new(ports),
            texts: TextLookup::new(ports),
            rendering: Arc::new(Semaphore::new(RENDERED_AT_ONCE)),
        }
    }

    /// Waits for work of a channel and claims it.
    #[tracing::instrument(level = "debug", name = "claim", skip(self, wait))]
    pub async fn claim(&self, channel: Channel, max: usize, wait: Duration) -> Result<Vec<Due>, StoreError> {
        // What nobody can send waits on the queue: a claim would cost it an attempt for nothing.
        let max = self.senders.room(channel, max);
        if max == 0 {
            tokio::time::sleep(wait.min(LONGEST_REST)).await;
            return Ok(Vec::new());
        }
        let ready = self
            .ports
            .queues
            .of(channel)
            .pop(max, wait)
            .await
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let ids: Vec<_> = ready.iter().map(|ready: &Ready| ready.message).collect();
        let now = self.ports.clock.now();
        let claimed = self.ports.store.claim(&ids, LEASE, now).await?;
        // A count that cannot be had lets everything through: what is claimed must move on.
        let full = caps::take(&self.ports, &claimed, now).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "messages could not be counted");
            HashMap::new()
        });
        let due = |claimed: Claimed| Due { capped_until: full.get(&claimed.message.id).copied(), claimed };
        Ok(claimed.into_iter().map(due).collect())
    }

    /// Delivers one claimed message and records how that ended.
    #[tracing::instrument(level = "debug", name = "deliver", skip_all, fields(
        message.id = %due.claimed.message.id, message.channel = %due.claimed.message.channel,
        message.attempt = due.claimed.message.attempt, notification.kind = %due.claimed.notification.kind
    ))]
    pub async fn deliver(&self, due: &Due) {
        let (claimed, started_at) = (&due.claimed, self.ports.clock.now());
        let ended = match decide(
            claimed,
            self.ports.catalogue.find_kind(&claimed.notification.kind),
            due.capped_until,
            &self.ports.policy.platform,
            started_at,
        ) {
            Decided::Stop(reason) => Ended::dropped(reason),
            Decided::By(rule, verdict) => Ended::held(rule, verdict),
            Decided::Leave => self.attempt(claimed).await,
        };
        let (finished_at, bad_address) = (self.ports.clock.now(), ended.bad_address);
        let outcome = ended.outcome(claimed, started_at, finished_at);
        let (channel, class, status) = (claimed.message.channel, claimed.message.class, outcome.after.status);
        tracing::debug!(
            message.id = %outcome.message, message.channel = %channel, message.status = %status,
            provider = outcome.provider, detail = outcome.detail, "a try ended"
        );
        if bad_address {
            self.suppress(claimed, finished_at).await;
        }
        let is_unaffordable = outcome.after.reason == Some(Reason::OverBudget);
        self.record(outcome).await;
        if is_unaffordable {
            self.money.stand_in(claimed).await;
        }
        measure::message_is(channel, class, status);
        if status == Status::Sent {
            let waited = (finished_at - claimed.message.due_at).to_std().unwrap_or_default();
            measure::taken_after(channel, class, waited.as_secs_f64());
        }
    }

    async fn attempt(&self, claimed: &Claimed) -> Ended {
        let Some(reading) = Reading::of(claimed, claimed.message.channel) else {
            return Ended::dropped(Reason::Erased);
        };
        let links = Links::of(&self.ports, &claimed.notification, &self.senders.origin.public_url);
        let own = reading.own(&self.texts).await;
        let text = {
            // Never closed.
            let _turn = self.rendering.acquire().await;
            texts::render(&self.ports, &reading, own.as_ref(), &links)
        };
        match text {
            Ok((content, version)) => {
                let ended = self.send(claimed, reading.recipient(), content, links.unsubscribe).await;
                let used = version.map(|version| format!("text v{version}"));
                Ended { decided: ended.decided.or(used), ..ended }
            }
            Err(error) => Ended::unrendered(&error),
        }
    }

    #[tracing::instrument(level = "debug", name = "call", skip_all)]
    async fn send(&self, claimed: &Claimed, recipient: &Person, content: Content, link: String) -> Ended {
        let id = Try { message: claimed.message.id, attempt: claimed.message.attempt };
        // Whoever is asked must have answered before the lease runs out and somebody else asks too.
        let in_time = || self.ports.clock.now() + LONGEST_CALL <= claimed.lease_until;
        match content {
            Content::InApp { .. } => Ended { content: Some(content), ..Ended::plain(TryEnd::Accepted) },
            Content::Sms { text } => {
                let Some(to) = recipient.phone.clone() else { return Ended::dropped(Reason::NoAddress) };
                let text = money::compiled(claimed, text);
                let bill = money::cost(&self.ports, &to, &text);
                let sms = OutgoingSms { id, to, text };
                if let Some(found) = self.given_already(claimed, &sms).await {
                    let now = self.ports.clock.now();
                    return Ended::asked(found, Content::Sms { text: sms.text }, &claimed.message, now)
                        .costing(bill);
                }
                match self.money.spend(claimed, &bill).await {
                    Ok(true) => {}
                    Ok(false) => {
                        return Ended {
                            decided: Some(Rule::Budget.to_string()),
                            ..Ended::dropped(Reason::OverBudget)
                        };
                    }
                    // Nothing leaves that may be too dear: it waits until that can be looked up.
                    Err(_) => {
                        return Ended::plain(TryEnd::Retry { reason: Reason::Retrying, not_before: None });
                    }
                }
                let asked = self.senders.send_sms(&sms, in_time).await;
                let now = self.ports.clock.now();
                let ended = Ended::asked(asked, Content::Sms { text: sms.text }, &claimed.message, now);
                if !ended.may_be_billed() {
                    self.money.give_back(claimed, &bill).await;
                    return ended;
                }
                let settles = money::settles(claimed, ended.provider_id.as_deref(), now);
                Ended { settles, ..ended.costing(bill) }
            }
            Content::Email { subject, html, text } => {
                let Some(address) = recipient.email.clone() else { return Ended::dropped(Reason::NoAddress) };
                let business = claimed.business.as_deref();
                let reply_to = business.and_then(|business| business.settings.sender.reply_to.as_deref());
                let from = self.senders.from(business, claimed.notification.purpose);
                let to = Mailbox { name: recipient.name.clone(), address };
                let email = OutgoingEmail {
                    id,
                    reply_to: reply_to.and_then(|address| EmailAddress::parse(address).ok()),
                    attachments: invitation::of(&self.ports, claimed, &from, &to).into_iter().collect(),
                    from,
                    to,
                    subject,
                    html,
                    text,
                    unsubscribe_url: link,
                };
                let asked = self.senders.send_email(&email, in_time).await;
                // The HTML part can be made again, and is never kept.
                let kept = Content::Email { subject: email.subject, html: String::new(), text: email.text };
                Ended::asked(asked, kept, &claimed.message, self.ports.clock.now())
            }
        }
    }

    /// Whether a provider has the text of a message whose last call ended in doubt: then it is not sent again.
    async fn given_already(&self, claimed: &Claimed, sms: &OutgoingSms) -> Option<Asked> {
        let is_in_doubt =
            claimed.message.reason == Some(Reason::OutcomeUnknown) && claimed.message.attempt > 1;
        if !is_in_doubt {
            return None;
        }
        // What was said long ago in the same words is another message.
        let since = claimed.notification.created_at.max(claimed.message.due_at - DOUBT_LASTS);
        self.senders.find_sms(sms, since).await
    }

    /// A bad address must not be used again by anybody of this business.
    async fn suppress(&self, claimed: &Claimed, now: DateTime<Utc>) {
        let Some(recipient) = &claimed.recipient else { return };
        let (notification, channel) = (&claimed.notification, claimed.message.channel);
        let noted = self
            .ports
            .store
            .suppress(recipient, channel, notification.business.as_ref(), Cause::Rejected, now)
            .await;
        if let Err(error) = noted {
            tracing::warn!(%error, message.id = %claimed.message.id, "a bad address could not be noted");
        }
    }

    /// Records until the database takes it: what a provider answered is known here alone, and forgetting it would send the message
    /// twice. Should the process die first, the lease runs out.
    #[tracing::instrument(level = "debug", name = "record", skip_all, fields(message.status = %outcome.after.status))]
    async fn record(&self, outcome: Outcome) {
        let mut wait = Duration::from_millis(200);
        loop {
            match self.ports.store.record(vec![outcome.clone()]).await {
                Err(error @ StoreError::Unavailable(_)) => {
                    tracing::warn!(%error, message.id = %outcome.message, "an outcome waits for the database");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(LONGEST_WAIT);
                }
                Err(error) => {
                    return tracing::error!(%error, message.id = %outcome.message, "an outcome cannot be recorded");
                }
                Ok(recorded) => {
                    live::filed(&self.ports, std::slice::from_ref(&outcome), &recorded).await;
                    if recorded.contains(&false) {
                        tracing::warn!(message.id = %outcome.message, attempt = outcome.attempt, "an outcome came too late");
                    }
                    return;
                }
            }
        }
    }
}

/// What is decided of a claimed message before its text is made.
enum Decided {
    Leave,
    Stop(Reason),
    By(Rule, Verdict),
}

/// Whether a message leaves now, by what is true now.
fn decide(
    claimed: &Claimed,
    kind: Option<&Kind>,
    capped_until: Option<DateTime<Utc>>,
    platform: &Platform,
    now: DateTime<Utc>,
) -> Decided {
    let (message, notification) = (&claimed.message, &claimed.notification);
    let Some(recipient) = &claimed.recipient else { return Decided::Stop(Reason::Erased) };
    if !message.may_try_again() {
        return Decided::Stop(Reason::TriesExhausted);
    }
    if notification.business.is_some() && claimed.business.is_none() {
        return Decided::Stop(Reason::CancelledByRequest);
    }
    let settings = claimed.business.as_ref().map(|business| &business.settings);
    if settings.is_some_and(|settings| settings.channels.off.contains(&message.channel)) {
        return Decided::Stop(Reason::ChannelOff);
    }
    let is_true = notification
        .fence
        .as_ref()
        .is_none_or(|fence| decision::still_true(fence, &notification.recipient, claimed.booking.as_deref()));
    let facts = Facts { is_true, capped_until, ..leaving::facts(claimed, kind, recipient, platform, now) };
    match verdict::explain(&facts).last() {
        Some((_, Some(Verdict::Stop(reason)))) => Decided::Stop(*reason),
        Some((rule, Some(verdict))) => Decided::By(*rule, *verdict),
        Some((_, None)) | None => Decided::Leave,
    }
}
