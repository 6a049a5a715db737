//! Why what an event announces is not sent: the request is silent, the event is about the past, or it says nothing new.

use std::collections::BTreeMap;

use carillon_domain::appointment::{Change, says_by_its_name};
use carillon_domain::ids::KindName;
use carillon_domain::{Event, Kind, Person, PersonId, Reach, Reason, Value};
use carillon_ports::Catalogue;
use carillon_ports::appointments::Told;
use chrono::{DateTime, Utc};

use crate::rebooking::Rebooking;
use crate::subject::parse_time;
use crate::{Ports, Refusal};

/// What decides whether an event's announcements are sent.
pub(crate) struct Announcement<'a> {
    event: &'a Event,
    catalogue: &'a dyn Catalogue,
    is_silent: bool,
    is_late: bool,
    /// What the event says besides the appointment, by dotted paths.
    besides: Vec<String>,
    /// What recipients were told who were told of the appointment as the event leaves it.
    told: BTreeMap<PersonId, Before>,
}

/// What a recipient was told before.
struct Before {
    kind: KindName,
    /// The data of that event; null where it is not needed, or its person was erased.
    data: Value,
}

impl<'a> Announcement<'a> {
    /// Reads what recipients were told, where the event changes nothing of the appointment that they can see.
    pub(crate) async fn of(
        ports: &'a Ports,
        event: &'a Event,
        rebooking: Option<&Rebooking>,
        people: &BTreeMap<PersonId, Person>,
        is_silent: bool,
    ) -> Result<Self, Refusal> {
        let same = rebooking.filter(|rebooking| {
            let speaks = rebooking
                .booking()
                .is_some_and(|booking| says_by_its_name(&event.name, &booking.appointment));
            rebooking.shows_no_change() && !speaks
        });
        let (besides, told) = match same {
            Some(rebooking) => {
                let besides = besides(event, rebooking, people);
                let told = told(ports, rebooking, !besides.is_empty()).await?;
                (besides, told)
            }
            None => (Vec::new(), BTreeMap::new()),
        };
        let is_late = rebooking.is_some_and(|rebooking| rebooking.change == Change::Late);
        Ok(Self { event, catalogue: &*ports.catalogue, is_silent, is_late, besides, told })
    }

    /// When the event was accepted.
    pub(crate) fn accepted_at(&self) -> DateTime<Utc> {
        self.event.accepted_at
    }

    /// Why a kind is not sent to a recipient, or `None` if it is. `until` is the time up to which the kind is of use; a kind that is
    /// `planned` for a time ahead is a reminder, not an announcement of the event.
    pub(crate) fn withheld(
        &self,
        kind: &Kind,
        until: Option<DateTime<Utc>>,
        is_planned: bool,
        recipient: &PersonId,
    ) -> Option<Reason> {
        if self.is_late {
            Some(Reason::Superseded)
        } else if is_planned {
            None
        } else if self.is_silent {
            Some(Reason::Silent)
        } else if until.is_some_and(|until| until <= self.accepted_at()) {
            Some(Reason::PastAppointment)
        } else if self.told.get(recipient).is_some_and(|before| self.repeats(before, kind)) {
            Some(Reason::Unchanged)
        } else {
            None
        }
    }

    /// Whether a kind says nothing of the event that the recipient was not told before.
    fn repeats(&self, before: &Before, kind: &Kind) -> bool {
        let mut said = self.besides.iter().filter(|path| self.can_show(&kind.name, path));
        said.all(|path| self.can_show(&before.kind, path) && self.event.data.at(path) == before.data.at(path))
    }

    /// Whether the texts of a kind can show what stands at a path of the data: it is in the kind's schema.
    fn can_show(&self, kind: &KindName, path: &str) -> bool {
        let name = path.split('.').next().unwrap_or(path);
        let schema = self
            .catalogue
            .schema(kind)
            .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok());
        schema.is_some_and(|schema| schema["properties"].get(name).is_some())
    }
}

/// What an event says besides the appointment: a reason, and what the appointment was before, unless that is what it is now.
fn besides(event: &Event, rebooking: &Rebooking, people: &BTreeMap<PersonId, Person>) -> Vec<String> {
    let Value::Map(data) = &event.data else { return Vec::new() };
    let appointment = rebooking.booking().map(|booking| &booking.appointment);
    let is_so_now = |name: &str, said: &Value| {
        let (Some(appointment), Some(said)) = (appointment, said.as_text()) else { return false };
        let practitioner = appointment.practitioner.as_ref().and_then(|id| people.get(id));
        match name {
            "starts_at" => parse_time(said) == Ok(appointment.starts_at),
            "ends_at" => parse_time(said).ok() == appointment.ends_at,
            "service" => said == appointment.service,
            "practitioner_name" => practitioner.is_some_and(|person| person.name == said),
            _ => false,
        }
    };
    let mut found = Vec::new();
    for (name, said) in data.iter().filter(|(name, _)| !matches!(name.as_str(), "appointment" | "action_url"))
    {
        if let ("previous", Value::Map(parts)) = (name.as_str(), said) {
            let parts = parts.iter().filter(|(part, said)| !is_so_now(part, said));
            found.extend(parts.map(|(part, _)| format!("{name}.{part}")));
        } else {
            found.push(name.clone());
        }
    }
    found
}

/// The recipients who were told of the appointment as it was before the event, with what they were told if that is needed.
async fn told(
    ports: &Ports,
    rebooking: &Rebooking,
    with_data: bool,
) -> Result<BTreeMap<PersonId, Before>, Refusal> {
    let Some(known) = rebooking.known.as_ref().map(|known| &known.booking) else {
        return Ok(BTreeMap::new());
    };
    let told = ports.appointments.list_told(&known.appointment.business, &known.appointment.id).await?;
    let mut data = BTreeMap::new();
    let mut found = BTreeMap::new();
    for (person, Told { event, kind, .. }) in
        told.into_iter().filter(|(_, told)| told.revision >= known.revision)
    {
        if with_data && !data.contains_key(&event) {
            let shown = ports.history.find_event(event, &Reach::Platform).await?;
            data.insert(event, shown.map(|(event, _)| event.data).unwrap_or_default());
        }
        found.insert(person, Before { kind, data: data.get(&event).cloned().unwrap_or_default() });
    }
    Ok(found)
}
