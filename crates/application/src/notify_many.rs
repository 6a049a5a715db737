//! One kind to many people at once.

use std::collections::BTreeMap;

use carillon_domain::batch::{HIGHEST_RATE, MOST_RECIPIENTS};
use carillon_domain::event::{DIRECT, Part};
use carillon_domain::ids::{BatchId, EventId, KindName, MessageId, PersonId};
use carillon_domain::{
    Business, BusinessId, Channel, Event, Kind, Message, Notification, Permission, Principal, Status, Value,
};
use carillon_ports::batches::BulkAcceptance;
use carillon_ports::keys::AuditEntry;
use carillon_ports::store::{Acceptance, Batch};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::accept::{Repeatable, accept_bulk, replay};
use crate::addressees::{self, Addressee, Refused, Shared, without_people};
use crate::channels::{self, Setting, Wanted};
use crate::inline::{self, Cast};
use crate::notify::{kind, part_of, wrong_choice};
use crate::publish::DEEPEST;
use crate::subject::add_known_zone;
use crate::understood::understand;
use crate::{Ports, Problem, Refusal, about, access};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Bulk {
    /// What it says.
    pub kind: KindName,
    /// The tenant; `None` for the platform's own kinds.
    pub business: Option<BusinessId>,
    /// Who it is for, as sent: an id, or a person with `id`, who may bring `data` of their own.
    pub recipients: Vec<Value>,
    /// What the texts are made from, shared by all.
    pub data: Value,
    /// By which channels; `None` leaves them to the kind and the business.
    pub channels: Option<Vec<Channel>>,
    /// How many may leave a minute; 0 is as fast as it goes.
    pub per_minute: u32,
    /// For repeating the request safely.
    pub repeatable: Option<Repeatable>,
}

/// What came of a bulk request. Ids only: it is kept for repeating the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkReport {
    /// The batch.
    pub batch_id: BatchId,
    /// How many recipients were accepted.
    pub accepted: usize,
    /// The others.
    pub refused: Vec<Refused>,
    /// The messages that will leave, in the order of the recipients.
    pub messages: Vec<MessageId>,
}

/// Notifies many people.
#[derive(Clone)]
pub struct NotifyMany {
    ports: Ports,
}

/// What all of a request has in common.
struct Common<'a> {
    kind: &'a Kind,
    tenant: Option<&'a Business>,
    batch: Batch,
    event: Event,
    whole: Value,
    channels: Option<Vec<Channel>>,
    now: DateTime<Utc>,
}

impl NotifyMany {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Accepts a bulk request: when this answers, all of it is committed, but for the recipients that the answer refuses.
    #[tracing::instrument(level = "debug", name = "notify_many", skip_all, fields(notification.kind = %bulk.kind, recipients = bulk.recipients.len()))]
    pub async fn run(&self, caller: &Principal, mut bulk: Bulk) -> Result<BulkReport, Refusal> {
        understand(&mut bulk.data);
        bulk.recipients.iter_mut().for_each(understand);
        let ports = &self.ports;
        access::require_in(ports, caller, Permission::NotificationsWrite, bulk.business.as_ref()).await?;
        if let Some(report) = replay(ports, caller, bulk.repeatable.as_ref()).await? {
            return Ok(report);
        }
        let now = ports.clock.now();
        let (kind, data_fits) = self.check(caller, &bulk)?;

        let Bulk { business, mut recipients, mut data, channels, per_minute, repeatable, .. } = bulk;
        let whole = data.clone();
        let of_business = data.take("business");
        let mut said = inline::take_people(&mut data)?;
        let blocks = said.values_mut().map(|said| &mut said.block).chain(&mut recipients);
        inline::read_numbers_of(ports, business.as_ref(), of_business.as_ref(), blocks).await?;
        let shared = Shared { kind, business: business.as_ref(), data: &whole, data_fits };
        let ((tenant, is_new), cast, (mut addressees, refused)) = tokio::try_join!(
            inline::tenant(ports, business.as_ref(), of_business),
            inline::gather(ports, caller, business.as_ref(), said, &[]),
            addressees::gather(ports, caller, shared, recipients)
        )?;

        add_known_zone(ports, business.as_ref(), &mut data).await?;
        for own in addressees.iter_mut().filter_map(|addressee| addressee.data.as_mut()) {
            add_known_zone(ports, business.as_ref(), own).await?;
        }
        let batch = Batch { id: ports.ids.batch(now), per_minute };
        about::note(&mut data, tenant.as_ref(), std::iter::once(kind));
        let event = self.event(now, kind.tenant(business), cast.parts.clone(), data);
        let common = Common { kind, tenant: tenant.as_ref(), batch, event, whole, channels, now };
        let (own_events, notifications, messages) = self.plan(&common, &cast, &addressees).await?;
        let event = common.event;
        let report = report(batch, addressees.len(), refused, &messages);
        let acceptance = Acceptance {
            people: to_store(&cast, addressees),
            batch: Some(batch),
            notifications,
            messages,
            idempotency: repeatable.map(|repeatable| repeatable.with_answer(caller.name(), &report)),
            audit: vec![requested(caller, &event, batch)],
            business: tenant.filter(|_| is_new),
            ..Acceptance::of(event)
        };
        accept_bulk(ports, BulkAcceptance { acceptance, own_events }, report).await
    }

    /// The kind, and whether the shared data fits it by itself. What is wrong with one recipient is that recipient's affair.
    fn check(&self, caller: &Principal, bulk: &Bulk) -> Result<(&Kind, bool), Refusal> {
        let kind = kind(&self.ports, caller, &bulk.kind)?;
        let mut problems = wrong_choice(kind, bulk.business.as_ref(), bulk.channels.as_deref());
        if bulk.recipients.is_empty() || bulk.recipients.len() > MOST_RECIPIENTS {
            let detail = format!("must have 1 to {MOST_RECIPIENTS} recipients");
            problems.push(Problem::at("/recipients", detail));
        }
        if bulk.per_minute > HIGHEST_RATE {
            problems.push(Problem::at("/rate_per_minute", format!("must lie between 0 and {HIGHEST_RATE}")));
        }
        let mut misfits = Vec::new();
        if bulk.data.depth() > DEEPEST {
            problems.push(Problem::at("/data", "is nested too deeply (at most 32 levels)"));
        } else {
            misfits = self.ports.catalogue.check_kind(&kind.name, &bulk.data);
        }
        if !bulk.recipients.iter().any(addressees::has_own_data) {
            problems.extend(misfits.iter().map(Problem::in_data));
        }
        Refusal::unless_empty("invalid_data", problems)?;
        Ok((kind, misfits.is_empty()))
    }

    fn event(
        &self,
        now: DateTime<Utc>,
        business: Option<BusinessId>,
        parts: BTreeMap<Part, PersonId>,
        data: Value,
    ) -> Event {
        let id = self.ports.ids.event(now);
        Event { id, name: DIRECT.to_owned(), business, occurred_at: now, accepted_at: now, parts, data }
    }

    /// Makes everybody's notification and messages; one question for what stands against all of them.
    async fn plan(
        &self,
        common: &Common<'_>,
        cast: &Cast,
        addressees: &[Addressee],
    ) -> Result<(Vec<Event>, Vec<Notification>, Vec<Message>), Refusal> {
        let ports = &self.ports;
        let wanted: Vec<Wanted<'_>> = addressees.iter().map(|addressee| wanted(common, addressee)).collect();
        let addressed: Vec<_> = wanted.iter().map(|wanted| (wanted.kind, &wanted.recipient.id)).collect();
        let business = common.tenant.map(|tenant| &tenant.id);
        let standings = channels::standings(ports, business, &addressed).await?;
        let (mut events, mut notifications, mut messages) = (Vec::new(), Vec::new(), Vec::new());
        for (addressee, wanted) in addressees.iter().zip(&wanted) {
            let own = addressee.data.as_ref().map(|data| self.own_event(common, cast, addressee, data));
            let event: EventId = own.as_ref().unwrap_or(&common.event).id;
            let data = addressee.data.as_ref().unwrap_or(&common.whole);
            let setting = Setting { event, data, business: common.tenant, now: common.now };
            let planned = channels::planned(ports, setting, std::slice::from_ref(wanted), &standings);
            notifications.extend(planned.0);
            messages.extend(planned.1);
            events.extend(own);
        }
        Ok((events, notifications, messages))
    }

    /// Data of one's own is an event of one's own, sealed with one's own key: erasing the person removes it.
    fn own_event(&self, common: &Common<'_>, cast: &Cast, addressee: &Addressee, data: &Value) -> Event {
        let mut parts = cast.parts.clone();
        parts.insert("recipient".to_owned(), addressee.person.id.clone());
        if let Some(part) = part_of(common.kind.audience) {
            parts.insert(part.to_owned(), addressee.person.id.clone());
        }
        let mut data = without_people(data.clone());
        about::note(&mut data, common.tenant, std::iter::once(common.kind));
        self.event(common.now, common.event.business.clone(), parts, data)
    }
}

fn wanted<'a>(common: &'a Common<'_>, addressee: &'a Addressee) -> Wanted<'a> {
    Wanted {
        kind: common.kind,
        recipient: &addressee.person,
        due_at: common.now,
        deadline: None,
        channels: common.channels.clone(),
        fence: None,
        left_out: None,
        batch: Some(common.batch.id),
    }
}

fn report(batch: Batch, accepted: usize, refused: Vec<Refused>, messages: &[Message]) -> BulkReport {
    let leaving = messages.iter().filter(|message| message.status != Status::Suppressed);
    BulkReport {
        batch_id: batch.id,
        accepted,
        refused,
        messages: leaving.map(|message| message.id).collect(),
    }
}

fn requested(caller: &Principal, event: &Event, batch: Batch) -> AuditEntry {
    AuditEntry {
        at: event.accepted_at,
        actor: caller.name(),
        action: "batch.requested".to_owned(),
        business: event.business.clone(),
        target: batch.id.to_string(),
    }
}

/// Everybody that the request says something new of. What it says of a recipient is the last word.
fn to_store(cast: &Cast, addressees: Vec<Addressee>) -> Vec<carillon_domain::Person> {
    let mut people = cast.to_store();
    people.extend(addressees.into_iter().filter(|one| one.is_changed).map(|one| one.person));
    people
}
