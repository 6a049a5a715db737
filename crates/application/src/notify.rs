//! One kind to one person, asked for by hand.

use carillon_domain::event::DIRECT;
use carillon_domain::ids::{KindName, PersonId};
use carillon_domain::kind::Audience;
use carillon_domain::{Actor, BusinessId, Channel, Event, Kind, Permission, Principal, Purpose, Role, Value};
use carillon_ports::store::Acceptance;
use chrono::{DateTime, TimeDelta, Utc};

use crate::accept::{Repeatable, accept, replay};
use crate::channels::{self, Setting, Wanted};
use crate::inline::{self, Said};
use crate::report::{self, NotificationReport};
use crate::subject::{add_known_zone, check_time};
use crate::understood::understand;
use crate::{Ports, Problem, Refusal, about, access};

/// Who it is for.
#[derive(Debug, Clone)]
pub enum To {
    /// Somebody who is known.
    Known(PersonId),
    /// Somebody who comes with the request.
    Inline(Value),
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Notify {
    /// What it says.
    pub kind: KindName,
    /// The tenant; `None` for the platform's own kinds.
    pub business: Option<BusinessId>,
    /// Who it is for.
    pub to: To,
    /// What the text is made from, people included.
    pub data: Value,
    /// By which channels; `None` leaves them to the kind and the business.
    pub channels: Option<Vec<Channel>>,
    /// When it leaves; at once where absent.
    pub send_at: Option<DateTime<Utc>>,
    /// For repeating the request safely.
    pub repeatable: Option<Repeatable>,
}

/// Notifies one person.
#[derive(Clone)]
pub struct NotifyRecipient {
    ports: Ports,
}

impl NotifyRecipient {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Accepts one notification: when this answers, it is committed.
    pub async fn run(&self, caller: &Principal, notify: Notify) -> Result<NotificationReport, Refusal> {
        self.accept(caller, notify, Readers::OfTheKind).await
    }

    /// The same for a test, which goes to the given recipient also where the kind is for others.
    pub(crate) async fn run_test(
        &self,
        caller: &Principal,
        notify: Notify,
    ) -> Result<NotificationReport, Refusal> {
        self.accept(caller, notify, Readers::Anyone).await
    }

    #[tracing::instrument(level = "debug", name = "notify", skip_all, fields(notification.kind = %notify.kind))]
    async fn accept(
        &self,
        caller: &Principal,
        mut notify: Notify,
        readers: Readers,
    ) -> Result<NotificationReport, Refusal> {
        understand(&mut notify.data);
        if let To::Inline(block) = &mut notify.to {
            understand(block);
        }
        let ports = &self.ports;
        access::require_in(ports, caller, Permission::NotificationsWrite, notify.business.as_ref()).await?;
        if let Some(report) = replay(ports, caller, notify.repeatable.as_ref()).await? {
            return Ok(report);
        }
        let now = ports.clock.now();
        let kind = self.check(caller, &notify, now)?;

        let Notify { business, to, mut data, channels, send_at, repeatable, .. } = notify;
        let whole = data.clone();
        let of_business = data.take("business");
        let (mut said, mut named) = (inline::take_people(&mut data)?, Vec::new());
        let id = match to {
            To::Known(id) => {
                named.push(("/recipient_id".to_owned(), id.clone()));
                id
            }
            To::Inline(block) => {
                let recipient = recipient(kind, block)?;
                let id = recipient.id.clone();
                said.insert("recipient".to_owned(), recipient);
                id
            }
        };
        let blocks = said.values_mut().map(|said| &mut said.block);
        inline::read_numbers_of(ports, business.as_ref(), of_business.as_ref(), blocks).await?;
        let addressed = [(kind, &id)];
        // Asked together, so that they are answered together.
        let ((tenant, is_new), mut cast, standings) = tokio::try_join!(
            inline::tenant(ports, business.as_ref(), of_business),
            inline::gather(ports, caller, business.as_ref(), said, &named),
            channels::standings(ports, business.as_ref(), &addressed)
        )?;
        let recipient = cast.people.get(&id).cloned().ok_or(Refusal::NotFound { what: "recipient" })?;
        if readers == Readers::OfTheKind && recipient.actor != kind.actor {
            let detail = format!("is not someone this kind is for: it is for {}", readers_of(kind.actor));
            return Err(Refusal::input("invalid_data", "/recipient_id", detail));
        }
        // A test is no offer: a colleague who tries out a marketing text need not agree to marketing.
        let is_trial = readers == Readers::Anyone && recipient.actor != Actor::EndClient;
        let trial = is_trial.then(|| Kind { purpose: Purpose::Service, ..kind.clone() });
        let kind = trial.as_ref().unwrap_or(kind);
        cast.parts.insert("recipient".to_owned(), recipient.id.clone());
        if let Some(part) = part_of(kind.audience) {
            cast.parts.entry(part.to_owned()).or_insert_with(|| recipient.id.clone());
        }

        add_known_zone(ports, business.as_ref(), &mut data).await?;
        about::note(&mut data, tenant.as_ref(), std::iter::once(kind));
        let event = Event {
            id: ports.ids.event(now),
            name: DIRECT.to_owned(),
            business: kind.tenant(business),
            occurred_at: now,
            accepted_at: now,
            parts: cast.parts.clone(),
            data,
        };
        let due_at = send_at.unwrap_or(now);
        let wanted = Wanted { due_at, channels, ..Wanted::now(kind, &recipient, now) };
        let setting = Setting { event: event.id, data: &whole, business: tenant.as_ref(), now };
        let (notifications, messages) = channels::planned(ports, setting, &[wanted], &standings);
        let report = report::notifications(&notifications, &messages).remove(0);
        let acceptance = Acceptance {
            people: cast.to_store(),
            business: tenant.filter(|_| is_new),
            notifications,
            messages,
            idempotency: repeatable.map(|repeatable| repeatable.with_answer(caller.name(), &report)),
            ..Acceptance::of(event)
        };
        accept(ports, acceptance, report).await
    }

    fn check(&self, caller: &Principal, notify: &Notify, now: DateTime<Utc>) -> Result<&Kind, Refusal> {
        let catalogue = &self.ports.catalogue;
        let kind = kind(&self.ports, caller, &notify.kind)?;
        let mut problems: Vec<Problem> =
            catalogue.check_kind(&notify.kind, &notify.data).iter().map(Problem::in_data).collect();
        problems.extend(wrong_choice(kind, notify.business.as_ref(), notify.channels.as_deref()));
        if let Some(send_at) = notify.send_at {
            match check_time(send_at) {
                Ok(time) if time > now + TimeDelta::days(400) => {
                    problems.push(Problem::at("/send_at", "must lie within 400 days"));
                }
                Ok(_) => {}
                Err(detail) => problems.push(Problem::at("/send_at", detail)),
            }
        }
        Refusal::unless_empty("invalid_data", problems)?;
        Ok(kind)
    }
}

/// Who may get a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    /// Those whom the kind is for.
    OfTheKind,
    /// Anyone whom the caller may write to.
    Anyone,
}

/// Whom a kind is for, in words.
const fn readers_of(actor: Actor) -> &'static str {
    match actor {
        Actor::PlatformAdmin => "platform admins (platform_admin)",
        Actor::BusinessUser => "people of a business (business_user)",
        Actor::EndClient => "clients (end_client)",
    }
}

fn recipient(kind: &Kind, block: Value) -> Result<Said, Refusal> {
    inline::said(block, "/recipient".to_owned(), kind.actor, role_of(kind.audience))
}

/// A kind of the catalogue that the caller may cause.
pub(crate) fn kind<'a>(ports: &'a Ports, caller: &Principal, name: &KindName) -> Result<&'a Kind, Refusal> {
    let unknown = "is not a kind of the catalogue; GET /v1/kinds lists them";
    ports
        .catalogue
        .find_kind(name)
        .filter(|kind| access::may_cause(caller, kind))
        .ok_or_else(|| Refusal::input("unknown_kind", "/kind", unknown))
}

/// What is wrong with the tenant and the channels that a request names.
pub(crate) fn wrong_choice(
    kind: &Kind,
    business: Option<&BusinessId>,
    channels: Option<&[Channel]>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    if kind.actor != Actor::PlatformAdmin && business.is_none() {
        problems.push(Problem::at("/business_id", "is required for this kind"));
    }
    for (index, channel) in channels.into_iter().flatten().enumerate() {
        if !kind.channels.iter().any(|rule| rule.channel == *channel) {
            problems.push(Problem::at(format!("/channels/{index}"), "is not a channel of this kind"));
        }
    }
    if channels.is_some_and(<[Channel]>::is_empty) {
        problems.push(Problem::at("/channels", "must name at least one channel"));
    }
    problems
}

/// What a business user does who hears a kind of this audience.
pub(crate) fn role_of(audience: Audience) -> Option<Role> {
    match audience {
        Audience::Owners => Some(Role::Owner),
        Audience::Practitioner => Some(Role::Staff),
        Audience::Support => Some(Role::Support),
        Audience::PlatformAdmins | Audience::Clients => None,
    }
}

/// The part that a kind's recipient takes in the event, as texts name it.
pub(crate) fn part_of(audience: Audience) -> Option<&'static str> {
    match audience {
        Audience::PlatformAdmins => None,
        Audience::Owners => Some("owner"),
        Audience::Practitioner => Some("practitioner"),
        Audience::Support => Some("support"),
        Audience::Clients => Some("client"),
    }
}
