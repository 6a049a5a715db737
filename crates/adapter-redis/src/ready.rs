//! How what is due is written in Redis.
//!
//! An element of a list is the id's 16 bytes; then, unless the message travels by the queue's own channel and has no pace, a byte for
//! its channel; then, if it has a pace, the 16 bytes of its batch and its rate as 4 bytes, the highest first. Class and business are
//! in the name of the list.

use std::collections::{HashMap, HashSet};

use carillon_domain::ids::{BatchId, BusinessId, IdError, MessageId};
use carillon_domain::{Channel, Class};
use carillon_ports::ready::{Pace, Ready};
use deadpool_redis::redis::{Cmd, Value};
use uuid::Uuid;

const ID: usize = 16;

/// Messages that go into the same line, with the same suffix.
#[derive(PartialEq, Eq, Hash)]
struct Destination<'a> {
    class: Class,
    business: Option<&'a BusinessId>,
    channel: Channel,
    pace: Option<(BatchId, u32)>,
}

/// Adds what `push.lua` takes: the number of ids, the ids by groups, and the groups. An id that comes twice is taken once.
pub(crate) fn write(ready: &[Ready], own: Channel, command: &mut Cmd) {
    let mut seen = HashSet::with_capacity(ready.len());
    let mut order: HashMap<Destination<'_>, usize> = HashMap::new();
    let mut groups: Vec<(&Ready, Vec<&Uuid>)> = Vec::new();
    for ready in ready.iter().filter(|ready| seen.insert(ready.message)) {
        let number = *order.entry(destination(ready)).or_insert(groups.len());
        if number == groups.len() {
            groups.push((ready, Vec::new()));
        }
        groups[number].1.push(&ready.message.0);
    }
    command.arg(seen.len());
    for id in groups.iter().flat_map(|(_, ids)| ids) {
        command.arg(id.as_bytes());
    }
    for (first, ids) in groups {
        let business = first.business.as_ref().map_or("", BusinessId::as_str);
        command.arg(digit(first.class)).arg(business).arg(suffix(first, own)).arg(ids.len());
    }
}

/// Reads what `pop.lua` answers: what was taken, in order, and how many microseconds it is until a batch may send again.
pub(crate) fn read(answer: Value, own: Channel) -> Option<(Vec<Ready>, Option<i64>)> {
    let Value::Array(parts) = answer else { return None };
    let mut parts = parts.into_iter();
    let Some(Value::Int(opening)) = parts.next() else { return None };
    let mut taken = Vec::new();
    while let Some(class) = parts.next() {
        let (Value::Int(class), Some(Value::Array(sent))) = (class, parts.next()) else { return None };
        deal_out(hands(&sent, class_of(class)?, own)?, &mut taken);
    }
    Some((taken, (opening >= 0).then_some(opening)))
}

/// What each business sent in a round.
fn hands(sent: &[Value], class: Class, own: Channel) -> Option<Vec<Vec<Ready>>> {
    let (pairs, _) = sent.as_chunks::<2>();
    let hand = |[business, elements]: &[Value; 2]| {
        let business = business_of(bytes(business)?).ok()?;
        let ready = |element: &[u8]| read_one(element, class, business.as_ref(), own);
        match elements {
            Value::BulkString(ids) => ids.chunks_exact(ID).map(ready).collect(),
            Value::Array(list) => list.iter().map(|element| ready(bytes(element)?)).collect(),
            _ => None,
        }
    };
    pairs.iter().map(hand).collect()
}

/// The first of each, then the second of each, and so on.
fn deal_out(hands: Vec<Vec<Ready>>, taken: &mut Vec<Ready>) {
    let mut hands: Vec<_> = hands.into_iter().map(Vec::into_iter).collect();
    let mut before = usize::MAX;
    while before != taken.len() {
        before = taken.len();
        taken.extend(hands.iter_mut().filter_map(Iterator::next));
    }
}

fn read_one(element: &[u8], class: Class, business: Option<&BusinessId>, own: Channel) -> Option<Ready> {
    let (id, rest) = element.split_at_checked(ID)?;
    let (channel, rest) = match rest.split_first() {
        Some((channel, rest)) => (channel_of(*channel)?, rest),
        None => (own, rest),
    };
    let pace = match rest.split_at_checked(ID) {
        Some((batch, rate)) => Some(Pace {
            batch: BatchId(Uuid::from_slice(batch).ok()?),
            per_minute: u32::from_be_bytes(rate.try_into().ok()?),
        }),
        None => None,
    };
    let message = MessageId(Uuid::from_slice(id).ok()?);
    Some(Ready { message, class, business: business.cloned(), channel, pace })
}

fn destination(ready: &Ready) -> Destination<'_> {
    Destination {
        class: ready.class,
        business: ready.business.as_ref(),
        channel: ready.channel,
        pace: ready.pace.map(|pace| (pace.batch, pace.per_minute)),
    }
}

fn suffix(ready: &Ready, own: Channel) -> Vec<u8> {
    let mut suffix = Vec::new();
    if ready.channel != own || ready.pace.is_some() {
        suffix.push(letter(ready.channel));
    }
    if let Some(pace) = ready.pace {
        suffix.extend(pace.batch.0.as_bytes());
        suffix.extend(pace.per_minute.to_be_bytes());
    }
    suffix
}

/// The platform's own messages belong to no business.
fn business_of(name: &[u8]) -> Result<Option<BusinessId>, IdError> {
    if name.is_empty() { Ok(None) } else { String::from_utf8_lossy(name).parse().map(Some) }
}

fn bytes(value: &Value) -> Option<&[u8]> {
    match value {
        Value::BulkString(bytes) => Some(bytes),
        _ => None,
    }
}

/// The digits of all classes, in their order.
pub(crate) fn digits() -> Vec<i64> {
    Class::ALL.iter().map(|class| digit(*class)).collect()
}

fn digit(class: Class) -> i64 {
    match class {
        Class::Critical => 0,
        Class::Immediate => 1,
        Class::Scheduled => 2,
        Class::Bulk => 3,
    }
}

fn class_of(digit: i64) -> Option<Class> {
    Class::ALL.iter().copied().find(|class| self::digit(*class) == digit)
}

fn letter(channel: Channel) -> u8 {
    match channel {
        Channel::Email => b'e',
        Channel::Sms => b's',
        Channel::InApp => b'i',
    }
}

fn channel_of(letter: u8) -> Option<Channel> {
    Channel::ALL.iter().copied().find(|channel| self::letter(*channel) == letter)
}
