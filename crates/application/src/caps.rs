//! Enough is enough: takes room for claimed messages, and says until when those without room have to wait.

use std::collections::{BTreeMap, HashMap};

use carillon_domain::verdict::Allowance;
use carillon_domain::{Business, Channel, Class, MessageId, Reason};
use carillon_ports::StoreError;
use carillon_ports::caps::{CapAsk, CapGrant};
use carillon_ports::store::Claimed;
use chrono::{DateTime, TimeDelta, Utc};

use crate::{Ports, digest};

/// One subject that a message counts for.
struct Counted {
    subject: String,
    span: TimeDelta,
    cap: u32,
}

/// Takes room for messages that are about to leave for the first time; answers those without, and until when.
///
/// What if we die after this? The room is taken, and nothing left: a few less than the cap leave, never more.
pub(crate) async fn take(
    ports: &Ports,
    claimed: &[Claimed],
    now: DateTime<Utc>,
) -> Result<HashMap<MessageId, DateTime<Utc>>, StoreError> {
    let mut asks: BTreeMap<(String, TimeDelta, u32), Vec<&Claimed>> = BTreeMap::new();
    for one in claimed.iter().filter(|one| counts(one)) {
        for Counted { subject, span, cap } in subjects(ports, one) {
            asks.entry((subject, span, cap)).or_default().push(one);
        }
    }
    if asks.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted: Vec<CapAsk> =
        asks.iter().map(|((subject, span, cap), messages)| ask(subject, *span, *cap, messages)).collect();
    let granted = ports.caps.take(&wanted, now).await?;
    let mut full: HashMap<MessageId, DateTime<Utc>> = HashMap::new();
    for (messages, grant) in asks.into_values().zip(granted) {
        for message in without_room(messages, grant) {
            let until = full.entry(message).or_insert(grant.until);
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

fn subjects(ports: &Ports, claimed: &Claimed) -> Vec<Counted> {
    let policy = &ports.policy;
    let caps = claimed.business.as_ref().map(|business| &business.settings.caps);
    let chosen = |own: Option<u32>, usual: u32| own.unwrap_or(usual);
    let (person, channel) = (&claimed.notification.recipient, claimed.message.channel);
    let mut subjects = vec![Counted {
        subject: format!("person:{person}:{channel}"),
        span: TimeDelta::hours(1),
        cap: chosen(caps.and_then(|caps| caps.person_per_hour), policy.person_per_hour),
    }];
    let phone = claimed.recipient.as_ref().and_then(|recipient| recipient.phone.as_ref());
    if let (Channel::Sms, Some(phone)) = (channel, phone) {
        subjects.push(Counted {
            subject: format!("phone:{}", ports.vault.blind_index("cap", phone.expose())),
            span: TimeDelta::days(1),
            cap: chosen(caps.and_then(|caps| caps.phone_per_day), policy.phone_per_day),
        });
    }
    if let Some(Business { id, .. }) = claimed.business.as_deref() {
        let cap = caps.and_then(|caps| caps.business_per_hour).unwrap_or_default();
        subjects.push(Counted {
            subject: format!("business:{id}:{channel}"),
            span: TimeDelta::hours(1),
            cap,
        });
    }
    subjects.retain(|counted| counted.cap > 0);
    subjects
}

fn ask(subject: &str, span: TimeDelta, cap: u32, messages: &[&Claimed]) -> CapAsk {
    let of = |wanted: fn(Class) -> bool| {
        let count = messages.iter().filter(|one| wanted(one.message.class)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    CapAsk {
        subject: subject.to_owned(),
        span,
        allowance: Allowance::of(cap),
        wanted: Allowance { critical: of(is_critical), usual: of(is_usual), bulk: of(is_bulk) },
    }
}

/// The latest of each class go without.
fn without_room(mut messages: Vec<&Claimed>, grant: CapGrant) -> Vec<MessageId> {
    messages.sort_by_key(|one| one.message.id);
    let mut without = Vec::new();
    for (granted, wanted) in [
        (grant.granted.critical, is_critical as fn(Class) -> bool),
        (grant.granted.usual, is_usual),
        (grant.granted.bulk, is_bulk),
    ] {
        let of_class = messages.iter().filter(|one| wanted(one.message.class));
        without.extend(of_class.skip(granted as usize).map(|one| one.message.id));
    }
    without
}

const fn is_critical(class: Class) -> bool {
    matches!(class, Class::Critical)
}

const fn is_usual(class: Class) -> bool {
    matches!(class, Class::Immediate | Class::Scheduled)
}

const fn is_bulk(class: Class) -> bool {
    matches!(class, Class::Bulk)
}
