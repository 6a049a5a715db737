//! The recipients of a bulk request. Each is read by itself, so that a wrong one fails no other.

use std::collections::{BTreeMap, HashSet};

use carillon_domain::batch::RecipientRefusal;
use carillon_domain::ids::PersonId;
use carillon_domain::{BusinessId, Kind, Person, Principal, Value};
use serde::{Deserialize, Serialize};

use crate::inline::{self, Said};
use crate::notify::role_of;
use crate::publish::DEEPEST;
use crate::{Ports, Refusal};

/// What a person who comes along may say.
const FIELDS: [&str; 8] = ["id", "name", "email", "phone", "locale", "timezone", "actor", "role"];
/// Names that a recipient's own data must not bring: the people of a text and the tenant come with the whole request.
const SHARED: [&str; 5] = ["client", "practitioner", "owner", "support", "business"];

/// A recipient that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Its place in the request, from 0.
    pub index: usize,
    /// Why.
    pub code: RecipientRefusal,
}

/// A recipient who will hear.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// Who, as they will be.
    pub person: Person,
    /// Whether the request says something new of them.
    pub is_changed: bool,
    /// The whole data, where a part of it is the recipient's own.
    pub data: Option<Value>,
}

/// What all recipients of a request share.
#[derive(Debug, Clone, Copy)]
pub struct Shared<'a> {
    /// The kind.
    pub kind: &'a Kind,
    /// The tenant.
    pub business: Option<&'a BusinessId>,
    /// The data.
    pub data: &'a Value,
    /// Whether that data fits the kind by itself.
    pub data_fits: bool,
}

/// A recipient as sent.
struct Sent {
    id: PersonId,
    block: Option<Value>,
    own: Option<Value>,
}

/// Who hears, and who was refused, both in the order of the request.
pub async fn gather(
    ports: &Ports,
    caller: &Principal,
    shared: Shared<'_>,
    recipients: Vec<Value>,
) -> Result<(Vec<Addressee>, Vec<Refused>), Refusal> {
    let sent: Vec<Result<Sent, RecipientRefusal>> = recipients.into_iter().map(read).collect();
    let ids: Vec<PersonId> = sent.iter().flatten().map(|sent| sent.id.clone()).collect();
    let known = ports.directory.find_people(&ids).await?;
    let known: BTreeMap<PersonId, Person> =
        known.into_iter().map(|person| (person.id.clone(), person)).collect();
    let (mut accepted, mut refused, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for (index, sent) in sent.into_iter().enumerate() {
        let checked = sent.and_then(|sent| {
            if !seen.insert(sent.id.clone()) {
                return Err(RecipientRefusal::DuplicateRecipient);
            }
            addressee(ports, caller, shared, known.get(&sent.id), sent)
        });
        match checked {
            Ok(addressee) => accepted.push(addressee),
            Err(code) => refused.push(Refused { index, code }),
        }
    }
    Ok((accepted, refused))
}

/// Whether a recipient brings data of its own.
pub fn has_own_data(recipient: &Value) -> bool {
    matches!(recipient.at("data"), Some(Value::Map(_)))
}

fn read(value: Value) -> Result<Sent, RecipientRefusal> {
    let invalid = RecipientRefusal::InvalidRecipient;
    match value {
        Value::Text(id) => Ok(Sent { id: id.parse().map_err(|_| invalid)?, block: None, own: None }),
        Value::Map(mut block) => {
            let own = match block.remove("data") {
                None | Some(Value::Null) => None,
                Some(own @ Value::Map(_)) => Some(own),
                Some(_) => return Err(RecipientRefusal::InvalidData),
            };
            let is_known = |(name, value): (&String, &Value)| {
                FIELDS.contains(&name.as_str()) && matches!(value, Value::Text(_) | Value::Null)
            };
            if !block.iter().all(is_known) {
                return Err(invalid);
            }
            let block = Value::Map(block);
            let id = block.text_at("id").unwrap_or_default().parse().map_err(|_| invalid)?;
            Ok(Sent { id, block: Some(block), own })
        }
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::List(_) => Err(invalid),
    }
}

fn addressee(
    ports: &Ports,
    caller: &Principal,
    shared: Shared<'_>,
    known: Option<&Person>,
    sent: Sent,
) -> Result<Addressee, RecipientRefusal> {
    let Sent { id, block, own } = sent;
    if known.is_some_and(|person| !inline::may_use(caller, shared.business, person)) {
        return Err(RecipientRefusal::UnknownRecipient);
    }
    let person = match (block, known) {
        (None, None) => return Err(RecipientRefusal::UnknownRecipient),
        (None, Some(person)) => person.clone(),
        (Some(block), known) => {
            let (actor, role) = (shared.kind.actor, role_of(shared.kind.audience));
            let said = Said { id, pointer: String::new(), actor, role, block };
            let merged = inline::merged(&said, known, shared.business)
                .ok()
                .filter(|merged| merged.unusable.is_empty());
            merged.ok_or(RecipientRefusal::InvalidRecipient)?.person
        }
    };
    if person.actor != shared.kind.actor {
        return Err(RecipientRefusal::WrongActor);
    }
    let data = whole(ports, shared, own)?;
    Ok(Addressee { is_changed: known != Some(&person), person, data })
}

/// The shared data with the recipient's own over it, which must fit the kind together.
fn whole(ports: &Ports, shared: Shared<'_>, own: Option<Value>) -> Result<Option<Value>, RecipientRefusal> {
    let (Some(Value::Map(own)), Value::Map(data)) = (own, shared.data) else {
        return if shared.data_fits { Ok(None) } else { Err(RecipientRefusal::InvalidData) };
    };
    if SHARED.iter().any(|name| own.contains_key(*name)) {
        return Err(RecipientRefusal::InvalidData);
    }
    let mut whole = data.clone();
    whole.extend(own);
    let whole = Value::Map(whole);
    let fits = whole.depth() <= DEEPEST && ports.catalogue.check_kind(&shared.kind.name, &whole).is_empty();
    if fits { Ok(Some(whole)) } else { Err(RecipientRefusal::InvalidData) }
}

/// Data as an event keeps it: people and the tenant are looked up when a text is made.
pub(crate) fn without_people(mut data: Value) -> Value {
    for name in SHARED {
        drop(data.take(name));
    }
    data
}
