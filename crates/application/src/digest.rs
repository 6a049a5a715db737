//! Lists: what a person had too much of, or wants together, becomes one message.
//!
//! Data flow: a worker folds a message (it waits, and stands on its reader's list) → the list is due → its texts are made → one commit: the
//! list's event, notification and message, and the end of the messages it lists. What if we die? Before the commit, the list is made again;
//! after it, it is sent like any other message. Where no list is ever made, each message leaves by itself an hour after the list was due.

use carillon_domain::Message;
use carillon_domain::ids::{KindName, PersonId};
use carillon_domain::notification::Fence;
use carillon_domain::verdict::LIST_PATIENCE;
use carillon_domain::{Actor, Channel, Event, Kind, MessageId, Notification, Value};
use carillon_ports::StoreError;
use carillon_ports::content::Content;
use carillon_ports::digests::DueDigest;
use carillon_ports::store::{Acceptance, Claimed};

use crate::accept::accept;
use crate::texts::{self, Links, Reading};
use crate::{Ports, Refusal};

/// The event that a list is caused by.
const EVENT: &str = "digest.due";
/// The ends of the names of kinds that are lists.
const SUFFIX: &str = ".digest";
/// How many lists are made in one run.
const AT_ONCE: u32 = 200;
/// The most lines of a list. What is more waits for the next one.
const MOST_LINES: u32 = 200;

/// Whether a kind is itself a list.
pub(crate) fn is_list(kind: &KindName) -> bool {
    kind.as_str().ends_with(SUFFIX)
}

/// Sends lists that are due.
#[derive(Clone)]
pub struct SendDigests {
    ports: Ports,
}

impl SendDigests {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Makes the lists that are due, and answers how many.
    pub async fn run(&self) -> Result<usize, Refusal> {
        let due = self.ports.digests.list_due(self.ports.clock.now(), AT_ONCE, MOST_LINES).await?;
        let mut sent = 0;
        for digest in &due {
            match self.send(digest).await {
                Ok(()) => sent += 1,
                // One of them was called off, or left by itself, in this very moment: the next run lists the others.
                Err(Refusal::Store(StoreError::Overtaken)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(sent)
    }

    async fn send(&self, digest: &DueDigest) -> Result<(), Refusal> {
        let (ports, now) = (&self.ports, self.ports.clock.now());
        let waiting = ports.digests.read_messages(&digest.messages, now).await?;
        let gone: Vec<MessageId> = digest
            .messages
            .iter()
            .filter(|id| waiting.iter().all(|one| one.message.id != **id))
            .copied()
            .collect();
        ports.digests.drop_lines(&gone).await?;
        let lines: Vec<(&Claimed, Value)> =
            waiting.iter().filter_map(|one| Some((one, line(ports, one)?))).collect();
        let Some((first, _)) = lines.first() else { return Ok(()) };
        let Some(kind) = first.recipient.as_ref().and_then(|person| self.kind(person.actor)) else {
            return Ok(());
        };
        let event = event(ports, digest, &lines);
        let notification = Notification {
            id: ports.ids.notification(now),
            event: event.id,
            business: digest.business.clone(),
            kind: kind.name.clone(),
            recipient: digest.person.clone(),
            class: kind.class,
            purpose: kind.purpose,
            batch: None,
            fence: None::<Fence>,
            created_at: now,
        };
        let id = ports.ids.message(now);
        let message = Message::planned(id, notification.id, digest.channel, kind.class, now, now);
        let acceptance = Acceptance {
            folded: lines.iter().map(|(one, _)| one.message.id).collect(),
            notifications: vec![notification],
            messages: vec![message],
            ..Acceptance::of(event)
        };
        accept(ports, acceptance, ()).await
    }

    fn kind(&self, actor: Actor) -> Option<&Kind> {
        let name = match actor {
            Actor::EndClient => "client.digest",
            Actor::BusinessUser => "staff.digest",
            Actor::PlatformAdmin => "platform.digest",
        };
        self.ports.catalogue.find_kind(&name.parse().ok()?)
    }
}

fn event(ports: &Ports, digest: &DueDigest, lines: &[(&Claimed, Value)]) -> Event {
    let now = ports.clock.now();
    let mut data = Value::map();
    data.set("digest", Value::map());
    data.set("digest.count", Value::Integer(i64::try_from(lines.len()).unwrap_or(i64::MAX)));
    data.set("digest.items", Value::List(lines.iter().map(|(_, line)| line.clone()).collect()));
    let reader: PersonId = digest.person.clone();
    Event {
        id: ports.ids.event(now),
        name: EVENT.to_owned(),
        business: digest.business.clone(),
        occurred_at: now,
        accepted_at: now,
        // Sealed with the reader's own key, for it is about nobody else: erasing them removes it.
        parts: [("recipient".to_owned(), reader)].into(),
        data,
    }
}

/// What a list says of a message; nothing of one whose text cannot be made any more.
fn line(ports: &Ports, claimed: &Claimed) -> Option<Value> {
    // The in-app text is the shortest whole sentence of a kind.
    let (content, _) = [Channel::InApp, claimed.message.channel].into_iter().find_map(|channel| {
        texts::render(ports, &Reading::of(claimed, channel)?, None, &Links::default()).ok()
    })?;
    let (title, body) = match content {
        Content::InApp { title, body, .. } => (title, body),
        Content::Sms { text } => (text, String::new()),
        Content::Email { subject, .. } => (subject, String::new()),
    };
    let mut line = Value::map();
    line.set("title", Value::from(title.as_str()));
    line.set("body", Value::from(body.as_str()));
    line.set("at", Value::from(claimed.notification.created_at.to_rfc3339().as_str()));
    Some(line)
}

/// When a message that waits for a list leaves by itself, should no list be made.
pub(crate) fn by_itself_at(list_due_at: chrono::DateTime<chrono::Utc>) -> chrono::DateTime<chrono::Utc> {
    list_due_at + LIST_PATIENCE
}
