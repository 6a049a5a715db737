//! A business event becomes notifications.
//!
//! Data flow: check → people and appointment → kinds whose conditions hold → audiences → channels → reminders → one commit → ready queue.
//! Nothing is written before the commit, so a crash before it leaves nothing, and one after it leaves all. Two changes of one appointment
//! at once: the commit takes one, and the other is worked out again.

use std::collections::BTreeMap;

use carillon_domain::ids::PersonId;
use carillon_domain::kind::{Timing, Trigger};
use carillon_domain::notification::Fence;
use carillon_domain::{
    Appointment, Booking, Business, BusinessId, Event, Kind, Permission, Person, Principal, Value,
};
use carillon_ports::StoreError;
use carillon_ports::store::Acceptance;
use carillon_ports::texting::{Settlement, TextName};
use chrono::{DateTime, TimeDelta, Utc};

use crate::accept::{Repeatable, accept, replay, unless_overtaken};
use crate::announcement::Announcement;
use crate::audience::{self, Hearing};
use crate::channels::{self, Setting, Wanted};
use crate::event_types::needs_business;
use crate::inline::{self, Cast};
use crate::rebooking::{Rebooked, Rebooking};
use crate::report::{self, EventReport};
use crate::subject::{add_known_zone, changed_appointment, check_time, clients, parse_time};
use crate::understood::understand;
use crate::{Ports, Problem, Refusal, about, access, unusable};

/// The deepest data that is taken (OWASP API4).
pub(crate) const DEEPEST: usize = 32;

/// What happened, as the caller says.
#[derive(Debug, Clone)]
pub struct Publish {
    /// `appointment.booked`.
    pub name: String,
    /// The tenant; `None` for events of the platform itself.
    pub business: Option<BusinessId>,
    /// When; now where absent.
    pub occurred_at: Option<DateTime<Utc>>,
    /// Its data, people included.
    pub data: Value,
    /// Stores and plans everything as usual, and sends nothing about the event itself: for back-fills.
    pub silent: bool,
    /// For repeating the request safely.
    pub repeatable: Option<Repeatable>,
}

/// Publishes business events.
#[derive(Clone)]
pub struct PublishEvent {
    ports: Ports,
}

/// All that comes of an event.
pub(crate) struct WorkedOut {
    /// What would be committed.
    pub(crate) acceptance: Acceptance,
    /// What the caller hears.
    pub(crate) report: EventReport,
    /// The tenant.
    pub(crate) tenant: Option<Business>,
    /// Everybody who is named or hears of it.
    pub(crate) people: BTreeMap<PersonId, Person>,
    /// Its appointment as it is from then on, whether it changes or not.
    pub(crate) booking: Option<Booking>,
    /// What is wrong with addresses that nothing can be sent to.
    pub(crate) unusable: Vec<Problem>,
}

/// What is committed together with an event that the service publishes of itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Alongside {
    /// The text of a person that it settles.
    pub(crate) settles: Option<Box<Settlement>>,
    /// Texts of people that it passes on.
    pub(crate) passes_on: Vec<TextName>,
    /// The revision of its appointment from which it was worked out.
    pub(crate) revision: Option<i64>,
}

/// What becomes of an event with an address that nothing can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strictness {
    /// It is accepted with warnings.
    Warn,
    /// It is refused.
    Refuse,
}

/// A kind that the event causes, and when it leaves.
struct Caused<'a> {
    kind: &'a Kind,
    due_at: DateTime<Utc>,
    deadline: Option<DateTime<Utc>>,
    /// An event that is accepted at this time or later does not send it any more.
    until: Option<DateTime<Utc>>,
    /// Whether it reminds of something ahead instead of announcing the event.
    is_planned: bool,
}

impl PublishEvent {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Accepts an event: when this answers, the event and all that comes of it are committed.
    #[tracing::instrument(level = "debug", name = "publish", skip_all)]
    pub async fn run(&self, caller: &Principal, publish: Publish) -> Result<EventReport, Refusal> {
        self.publish(caller, publish, Strictness::Warn).await
    }

    /// The same, but refuses an event with an address that nothing can be sent to.
    pub async fn run_strictly(&self, caller: &Principal, publish: Publish) -> Result<EventReport, Refusal> {
        self.publish(caller, publish, Strictness::Refuse).await
    }

    async fn publish(
        &self,
        caller: &Principal,
        mut publish: Publish,
        strictness: Strictness,
    ) -> Result<EventReport, Refusal> {
        understand(&mut publish.data);
        let ports = &self.ports;
        access::require_in(ports, caller, Permission::EventsWrite, publish.business.as_ref()).await?;
        if let Some(report) = replay(ports, caller, publish.repeatable.as_ref()).await? {
            return Ok(report);
        }
        self.check(caller, &publish, ports.clock.now())?;
        // Boxed: it is large, and would make every request that may be an event as large.
        unless_overtaken(|| Box::pin(self.accept(caller, publish.clone(), Alongside::default(), strictness)))
            .await
    }

    /// Accepts an event of the service's own together with something else, or refuses both as overtaken: whoever worked them out knows
    /// from what.
    pub(crate) async fn run_alongside(
        &self,
        caller: &Principal,
        publish: Publish,
        alongside: Alongside,
    ) -> Result<EventReport, Refusal> {
        self.check(caller, &publish, self.ports.clock.now())?;
        Box::pin(self.accept(caller, publish, alongside, Strictness::Warn)).await
    }

    /// What would come of an event, from what is known now: the same as [`run`](Self::run), and nothing is done.
    pub(crate) async fn try_out(
        &self,
        caller: &Principal,
        mut publish: Publish,
    ) -> Result<WorkedOut, Refusal> {
        understand(&mut publish.data);
        access::require_in(&self.ports, caller, Permission::EventsWrite, publish.business.as_ref()).await?;
        self.check(caller, &publish, self.ports.clock.now())?;
        Box::pin(self.work_out(caller, publish, Alongside::default())).await
    }

    /// Works out all that comes of an event from what is known now, and commits it.
    async fn accept(
        &self,
        caller: &Principal,
        publish: Publish,
        alongside: Alongside,
        strictness: Strictness,
    ) -> Result<EventReport, Refusal> {
        let WorkedOut { acceptance, report, unusable, .. } =
            self.work_out(caller, publish, alongside).await?;
        match strictness {
            Strictness::Warn => {}
            Strictness::Refuse => Refusal::unless_empty("invalid_data", unusable)?,
        }
        accept(&self.ports, acceptance, report).await
    }

    async fn work_out(
        &self,
        caller: &Principal,
        publish: Publish,
        alongside: Alongside,
    ) -> Result<WorkedOut, Refusal> {
        let (ports, now) = (&self.ports, self.ports.clock.now());
        let Publish { name, business, occurred_at, mut data, silent, repeatable } = publish;
        let appointment = changed_appointment(&name, business.as_ref(), &data)?;
        if let Some(appointment) = &appointment {
            // Conditions and texts see where the appointment stands, also where the caller left it to the event's name.
            data.set("appointment.status", Value::from(appointment.status.as_str()));
        }
        let whole = data.clone();
        let (tenant, is_new) = inline::take_tenant(ports, business.as_ref(), &mut data).await?;
        let cast =
            self.cast(caller, business.as_ref(), tenant.as_ref(), &mut data, appointment.as_ref()).await?;
        let appointment = appointment.map(|appointment| completed(appointment, &cast));
        let triggered = ports.catalogue.triggered_by(&name);
        about::note(&mut data, tenant.as_ref(), triggered.iter().map(|(kind, _)| *kind));
        let mut event = Event {
            id: ports.ids.event(now),
            occurred_at: occurred_at.unwrap_or(now),
            accepted_at: now,
            parts: cast.parts.clone(),
            business: business.filter(|_| !about::is_of_platform(ports, &name)),
            name,
            data,
        };

        let rebooking = if let Some(appointment) = &appointment {
            let zone = tenant.as_ref().map(|tenant| tenant.settings.timezone);
            // A silent event tells nothing, so no reminder may be left out because the event has just said the same.
            let timed_at = if silent { DateTime::UNIX_EPOCH } else { now };
            Some(Rebooking::of(ports, appointment, zone, event.occurred_at, timed_at).await?)
        } else {
            add_known_zone(ports, event.business.as_ref(), &mut event.data).await?;
            None
        };
        alongside.check(rebooking.as_ref())?;
        let mut caused = self.caused(&event, &whole)?;
        caused.retain(|caused| access::may_cause(caller, caused.kind));
        let kinds: Vec<&Kind> = caused.iter().map(|caused| caused.kind).collect();
        let hearing = Hearing {
            business: event.business.as_ref(),
            cast: &cast,
            appointment: appointment.as_ref(),
            data: &event.data,
        };
        let audiences = audience::find(ports, &kinds, hearing).await?;
        let announcement = Announcement::of(ports, &event, rebooking.as_ref(), &cast.people, silent).await?;
        let wanted = wanted(&caused, &audiences, rebooking.as_ref(), &announcement);
        let setting = Setting { event: event.id, data: &whole, business: tenant.as_ref(), now };
        let (mut notifications, mut messages) = channels::plan(ports, setting, &wanted).await?;
        unusable::leave_out(&cast.unusable, &notifications, &mut messages);
        let rebooked = match (&rebooking, &tenant) {
            (Some(rebooking), Some(tenant)) => {
                rebooking.plan(ports, event.id, tenant, &cast.people, now).await?
            }
            (None, _) | (_, None) => Rebooked::default(),
        };
        notifications.extend(rebooked.notifications);
        messages.extend(rebooked.messages);

        let report = EventReport {
            event_id: event.id,
            notifications: report::notifications(&notifications, &messages),
            warnings: cast.warnings(),
            is_repeated: false,
        };
        let acceptance = Acceptance {
            people: cast.to_store(),
            business: tenant.clone().filter(|_| is_new),
            booking: rebooked.booking,
            vanish: rebooked.vanish,
            settles: alongside.settles,
            passes_on: alongside.passes_on,
            notifications,
            messages,
            idempotency: repeatable.map(|repeatable| repeatable.with_answer(caller.name(), &report)),
            ..Acceptance::of(event)
        };
        let heard = audiences.into_values().flatten().map(|person| (person.id.clone(), person));
        let people = cast.people.into_iter().chain(heard).collect();
        let booking = rebooking.as_ref().and_then(Rebooking::booking).cloned();
        let unusable = cast.unusable.iter().map(|unusable| unusable.problem.clone()).collect();
        Ok(WorkedOut { acceptance, report, tenant, people, booking, unusable })
    }

    /// Refuses what no kind listens to, and data that does not fit the kinds that do.
    fn check(&self, caller: &Principal, publish: &Publish, now: DateTime<Utc>) -> Result<(), Refusal> {
        let catalogue = &self.ports.catalogue;
        let triggered = catalogue.triggered_by(&publish.name);
        if !triggered.iter().any(|(kind, _)| access::may_cause(caller, kind)) {
            let known = self.events_of(caller).join(", ");
            let detail = format!("is not an event of the catalogue; there are: {known}");
            return Err(Refusal::input("unknown_event_type", "/type", detail));
        }
        let mut problems = Vec::new();
        if let Some(occurred_at) = publish.occurred_at {
            match check_time(occurred_at) {
                Ok(time) if time > now + TimeDelta::days(1) => {
                    problems.push(Problem::at("/occurred_at", "must not lie in the future"));
                }
                Ok(_) => {}
                Err(detail) => problems.push(Problem::at("/occurred_at", detail)),
            }
        }
        if needs_business(&triggered) && publish.business.is_none() {
            problems.push(Problem::at("/business_id", "is required for this event"));
        }
        if publish.data.depth() > DEEPEST {
            problems.push(Problem::at("/data", "is nested too deeply (at most 32 levels)"));
        } else {
            problems.extend(catalogue.check_event(&publish.name, &publish.data).iter().map(Problem::in_data));
        }
        Refusal::unless_empty("invalid_data", problems)
    }

    /// The events that a caller may publish.
    fn events_of(&self, caller: &Principal) -> Vec<&str> {
        let catalogue = &self.ports.catalogue;
        let may_publish = |event: &&str| {
            catalogue.triggered_by(event).iter().any(|(kind, _)| access::may_cause(caller, kind))
        };
        catalogue.events().into_iter().filter(may_publish).collect()
    }

    /// Everybody that the event names, in a block of their own or by id.
    async fn cast(
        &self,
        caller: &Principal,
        business: Option<&BusinessId>,
        tenant: Option<&Business>,
        data: &mut Value,
        appointment: Option<&Appointment>,
    ) -> Result<Cast, Refusal> {
        let mut said = inline::take_people(data)?;
        if let Some(tenant) = tenant {
            let blocks = said.values_mut().map(|said| &mut said.block);
            inline::read_national_numbers(blocks, tenant.settings.country());
        }
        let named_clients = clients(data)?;
        let practitioner = data.text_at("appointment.practitioner_id").map(str::parse).transpose();
        let practitioner: Option<PersonId> = practitioner
            .map_err(|error| Refusal::input("invalid_data", "/data/appointment/practitioner_id", error))?;
        let mut named: Vec<(String, PersonId)> =
            named_clients.iter().map(|id| ("/data/appointment/client_ids".to_owned(), id.clone())).collect();
        named.extend(
            practitioner.iter().map(|id| ("/data/appointment/practitioner_id".to_owned(), id.clone())),
        );
        let mut cast = inline::gather_reachable(&self.ports, caller, business, said, &named).await?;
        if let Some(client) = named_clients.first() {
            cast.parts.entry("client".to_owned()).or_insert_with(|| client.clone());
        }
        if let Some(practitioner) = practitioner {
            cast.parts.entry("practitioner".to_owned()).or_insert(practitioner);
        }
        if appointment.is_some() && !cast.parts.contains_key("client") {
            let detail =
                "names no client: send data.client, or data.appointment.client_ids of people who are known";
            return Err(Refusal::input("invalid_data", "/data", detail));
        }
        Ok(cast)
    }

    /// The kinds whose conditions hold, each with its time.
    fn caused<'a>(&'a self, event: &Event, data: &Value) -> Result<Vec<Caused<'a>>, Refusal> {
        let (catalogue, now) = (&self.ports.catalogue, event.accepted_at);
        let mut caused = Vec::new();
        for (kind, trigger) in catalogue.triggered_by(&event.name) {
            // Two triggers of a kind may hold for one event: it is caused once all the same.
            let is_new = caused.iter().all(|caused: &Caused<'_>| caused.kind.name != kind.name);
            if is_new && trigger.when.as_ref().is_none_or(|when| catalogue.holds(when, data, now)) {
                caused.push(times(kind, trigger, event, data)?);
            }
        }
        Ok(caused)
    }
}

impl Alongside {
    /// Refuses what was worked out from another revision of the appointment.
    fn check(&self, rebooking: Option<&Rebooking>) -> Result<(), Refusal> {
        let known = rebooking.and_then(|rebooking| rebooking.known.as_ref());
        let revision = known.map(|known| known.booking.revision);
        if self.revision.is_none() || self.revision == revision {
            return Ok(());
        }
        Err(Refusal::Store(StoreError::Overtaken))
    }
}

/// An appointment with what its event says elsewhere.
fn completed(appointment: Appointment, cast: &Cast) -> Appointment {
    let mut clients = appointment.clients;
    if let Some(client) = cast.parts.get("client").filter(|client| !clients.contains(client)) {
        clients.insert(0, client.clone());
    }
    Appointment {
        clients,
        practitioner: appointment.practitioner.or_else(|| cast.parts.get("practitioner").cloned()),
        ..appointment
    }
}

/// When a kind is sent, and after which time it is of no use: what comes before something, once that began; what comes after, a day
/// later (so that events of long ago ask nobody for a review); what leaves at once, when the event is no news any more.
fn times<'a>(kind: &'a Kind, trigger: &Trigger, event: &Event, data: &Value) -> Result<Caused<'a>, Refusal> {
    let began = match &trigger.until {
        Some(path) => time_at(data, path)?,
        None => None,
    };
    let (due_at, deadline, until) = match &trigger.timing {
        Timing::Now => {
            let stale = event.occurred_at + trigger.news_for;
            (event.accepted_at, began, Some(began.map_or(stale, |began| began.min(stale))))
        }
        Timing::After(span) => {
            let due_at = event.occurred_at + *span;
            let deadline = due_at + TimeDelta::days(1);
            (due_at, Some(deadline), Some(deadline))
        }
        Timing::Before { by, of } => {
            let time = time_at(data, of)?
                .ok_or_else(|| Refusal::input("invalid_data", pointer_to(of), "is required"))?;
            (time - *by, Some(time), None)
        }
    };
    let is_planned = matches!(trigger.timing, Timing::Before { .. });
    Ok(Caused { kind, due_at, deadline, until, is_planned })
}

/// The time at a dotted path of the data; `None` where there is none.
fn time_at(data: &Value, path: &str) -> Result<Option<DateTime<Utc>>, Refusal> {
    let time = data.text_at(path).map(parse_time).transpose();
    time.map_err(|error| Refusal::input("invalid_data", pointer_to(path), error))
}

fn pointer_to(path: &str) -> String {
    format!("/data/{}", path.replace('.', "/"))
}

fn wanted<'a>(
    caused: &'a [Caused<'a>],
    audiences: &'a BTreeMap<&'static str, Vec<Person>>,
    rebooking: Option<&Rebooking>,
    announcement: &Announcement<'_>,
) -> Vec<Wanted<'a>> {
    let booking = rebooking.and_then(Rebooking::booking);
    // What it says of the appointment must hold when it is sent; and should it be held up, it is of no use once an appointment that lay
    // ahead has begun.
    let fence = booking.map(|booking| Fence {
        appointment: booking.appointment.id.clone(),
        revision: booking.revision,
        rule: None,
    });
    let accepted_at = announcement.accepted_at();
    let begins = booking.map(|booking| booking.appointment.starts_at).filter(|time| *time > accepted_at);
    let mut wanted = Vec::new();
    for caused in caused {
        for recipient in audiences.get(caused.kind.audience.as_str()).into_iter().flatten() {
            wanted.push(Wanted {
                kind: caused.kind,
                recipient,
                due_at: caused.due_at,
                deadline: caused.deadline.or(begins),
                channels: None,
                fence: fence.clone(),
                left_out: announcement.withheld(caused.kind, caused.until, caused.is_planned, &recipient.id),
                batch: None,
            });
        }
    }
    wanted
}
