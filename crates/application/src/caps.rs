//! Enough is enough: takes room for claimed messages, and says until when those without room have to wait.

use std::collections::{BTreeMap, HashMap};

use carillon_domain::verdict::Allowance;
use carillon_domain::{Business, Channel, MessageId, NotificationId, Reason};
use carillon_ports::StoreError;
use carillon_ports::caps::{CapAsk, Counted};
use carillon_ports::store::Claimed;
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Ports, digest};

/// A cap that a message counts against.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Cap {
    /// For whom it counts.
    subject: String,
    span: TimeDelta,
    most: u32,
}

/// A message and, where all messages of its notification count once, the id of that.
type Counting<'a> = (&'a Claimed, Option<NotificationId>);

/// Takes room for messages that are about to leave for the first time; answers those without, and until when.
///
/// To a person all messages of a notification are one thing: it takes room once an hour, by whichever channel it is claimed first.
///
/// What if we die after this? The room is taken, and nothing left: a few less than the cap leave, never more. What the notification's
/// other messages find then is that it was counted, which it was.
pub(crate) async fn take(
    ports: &Ports,
    claimed: &[Claimed],
    now: DateTime<Utc>,
) -> Result<HashMap<MessageId, DateTime<Utc>>, StoreError> {
    let mut asks: BTreeMap<Cap, Vec<Counting<'_>>> = BTreeMap::new();
    let mut counted: Vec<&Claimed> = claimed.iter().filter(|one| counts(one)).collect();
    // The latest go without.
    counted.sort_by_key(|one| one.message.id);
    for one in counted {
        for (cap, once) in caps(ports, one) {
            asks.entry(cap).or_default().push((one, once));
        }
    }
    if asks.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted: Vec<CapAsk> = asks.iter().map(|(cap, messages)| ask(cap, messages)).collect();
    let granted = ports.caps.take(&wanted, now).await?;
    let mut full: HashMap<MessageId, DateTime<Utc>> = HashMap::new();
    for (messages, grant) in asks.into_values().zip(granted) {
        let without_room = messages.iter().zip(&grant.granted).filter(|(_, has_room)| !**has_room);
        for ((one, _), _) in without_room {
            let until = full.entry(one.message.id).or_insert(grant.until);
            *until = (*until).max(grant.until);
        }
    }
    Ok(full)
}

/// A message counts when it is first about to leave; again when a worker died over it, for nobody knows whether it was counted. Lists of
/// what exceeded a cap are no part of it.
fn counts(claimed: &Claimed) -> bool {
    let message = &claimed.message;
    let is_first = message.attempt == 1 || message.reason == Some(Reason::OutcomeUnknown);
    is_first && !digest::is_list(&claimed.notification.kind)
}

fn caps(ports: &Ports, claimed: &Claimed) -> Vec<(Cap, Option<NotificationId>)> {
    let policy = &ports.policy;
    let caps = claimed.business.as_ref().map(|business| &business.settings.caps);
    let chosen = |own: Option<u32>, usual: u32| own.unwrap_or(usual);
    let (notification, channel) = (&claimed.notification, claimed.message.channel);
    let by_person = Cap {
        subject: format!("person:{}", notification.recipient),
        span: TimeDelta::hours(1),
        most: chosen(caps.and_then(|caps| caps.person_per_hour), policy.person_per_hour),
    };
    let mut all = vec![(by_person, Some(notification.id))];
    let phone = claimed.recipient.as_ref().and_then(|recipient| recipient.phone.as_ref());
    if let (Channel::Sms, Some(phone)) = (channel, phone) {
        let by_phone = Cap {
            subject: format!("phone:{}", ports.vault.blind_index("cap", phone.expose())),
            span: TimeDelta::days(1),
            most: chosen(caps.and_then(|caps| caps.phone_per_day), policy.phone_per_day),
        };
        all.push((by_phone, None));
    }
    if let Some(Business { id, .. }) = claimed.business.as_deref() {
        let most = caps.and_then(|caps| caps.business_per_hour).unwrap_or_default();
        let by_business =
            Cap { subject: format!("business:{id}:{channel}"), span: TimeDelta::hours(1), most };
        all.push((by_business, None));
    }
    all.retain(|(cap, _)| cap.most > 0);
    all
}

fn ask(cap: &Cap, messages: &[Counting<'_>]) -> CapAsk {
    CapAsk {
        subject: cap.subject.clone(),
        span: cap.span,
        allowance: Allowance::of(cap.most),
        wanted: messages
            .iter()
            .map(|(one, once)| Counted { class: one.message.class, once: *once })
            .collect(),
    }
}
