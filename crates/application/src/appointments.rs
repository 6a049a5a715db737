//! Appointments, stored as they are told, without a word to anybody: events are what people hear of. Their reminders follow all the same.

use std::collections::{BTreeMap, BTreeSet};

use carillon_domain::appointment::AppointmentStatus;
use carillon_domain::ids::{AppointmentId, BusinessId};
use carillon_domain::{Appointment, Business, Permission, Principal, Reach};
use carillon_ports::appointments::Booked;

use crate::accept::unless_overtaken;
use crate::readiness::{self, Readiness};
use crate::subject::check_time;
use crate::{Ports, Problem, Refusal, access, inline, rebooking, understood};

/// The name of the event behind an appointment that was stored by hand.
pub const STORED: &str = "appointment.stored";

/// An appointment with its reminders, and whether its clients can be reached.
#[derive(Debug, Clone)]
pub struct AppointmentView {
    /// The appointment and its reminders.
    pub booked: Booked,
    /// What to expect of them.
    pub readiness: Vec<Readiness>,
}

/// Stores, shows and cancels appointments.
#[derive(Clone)]
pub struct ManageAppointments {
    ports: Ports,
}

impl ManageAppointments {
    /// Wires the use cases.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Stores an appointment as it is now; `true` when it was new. Storing it again changes nothing.
    pub async fn put(
        &self,
        caller: &Principal,
        mut appointment: Appointment,
    ) -> Result<(AppointmentView, bool), Refusal> {
        appointment.location = appointment.location.map(|location| understood::lines(&location));
        let (ports, id) = (&self.ports, appointment.id.clone());
        let tenant = Some(&appointment.business);
        access::require_in(ports, caller, Permission::AppointmentsWrite, tenant).await?;
        let business = self.business(&appointment.business).await?;
        self.check(caller, &appointment).await?;
        let appointment = completed(appointment, &business);
        let is_new = unless_overtaken(|| self.store(&appointment, &business)).await?;
        access::note(ports, &caller.name(), "appointment.put", Some(business.id.clone()), id.as_str()).await;
        let booked = ports.appointments.find_appointment(&business.id, &id).await?;
        let view = self.view(booked.ok_or(Refusal::NotFound { what: "appointment" })?).await?;
        Ok((view, is_new))
    }

    /// One appointment. Whoever takes part in it may see it.
    pub async fn show(
        &self,
        caller: &Principal,
        id: &AppointmentId,
        business: Option<&BusinessId>,
    ) -> Result<AppointmentView, Refusal> {
        let booked = match caller.person() {
            Some(person) if !caller.may(Permission::AppointmentsWrite) => {
                let named = self.ports.appointments.list_named(id, &Reach::Platform).await?;
                let own = named.into_iter().find(|one| one.booking.appointment.takes_part(person));
                own.ok_or(Refusal::NotFound { what: "appointment" })?
            }
            Some(_) | None => {
                access::require(&self.ports, caller, Permission::AppointmentsWrite).await?;
                self.find(caller, id, business).await?
            }
        };
        self.view(booked).await
    }

    /// Cancels an appointment: its reminders are called off, but for those that have left.
    pub async fn cancel(
        &self,
        caller: &Principal,
        id: &AppointmentId,
        business: Option<&BusinessId>,
    ) -> Result<AppointmentView, Refusal> {
        access::require(&self.ports, caller, Permission::AppointmentsWrite).await?;
        let Booked { booking, reminders } = self.find(caller, id, business).await?;
        let business = self.business(&booking.appointment.business).await?;
        let cancelled = Appointment { status: AppointmentStatus::Cancelled, ..booking.appointment };
        unless_overtaken(|| self.store(&cancelled, &business)).await?;
        access::note(
            &self.ports,
            &caller.name(),
            "appointment.cancelled",
            Some(business.id.clone()),
            id.as_str(),
        )
        .await;
        let now = self.ports.appointments.find_appointment(&business.id, id).await?;
        let booking = now.ok_or(Refusal::NotFound { what: "appointment" })?.booking;
        // What became of the reminders that there were: whoever cancels wants to know what left before.
        let ids: Vec<_> = reminders.iter().map(|one| one.message).collect();
        let reminders = self.ports.appointments.list_reminders(&ids).await?;
        self.view(Booked { booking, reminders }).await
    }

    /// Stores an appointment; `true` when it was new.
    async fn store(&self, appointment: &Appointment, business: &Business) -> Result<bool, Refusal> {
        let now = self.ports.clock.now();
        let rebooking = rebooking::store(&self.ports, appointment, business, STORED, now).await?;
        Ok(rebooking.known.is_none())
    }

    async fn business(&self, id: &BusinessId) -> Result<Business, Refusal> {
        self.ports.directory.find_business(id).await?.ok_or_else(|| {
            Refusal::input("unknown_business", "/business_id", "is not known: PUT /v1/businesses/{id} first")
        })
    }

    /// The appointment of that id within the caller's reach.
    async fn find(
        &self,
        caller: &Principal,
        id: &AppointmentId,
        business: Option<&BusinessId>,
    ) -> Result<Booked, Refusal> {
        let reach = match business {
            Some(business) => {
                access::require_business(&self.ports, caller, Some(business)).await?;
                Reach::Business(business.clone())
            }
            None => caller.reach.clone(),
        };
        let mut named = self.ports.appointments.list_named(id, &reach).await?;
        if named.len() > 1 {
            let detail = "is needed: several businesses have an appointment of this id";
            return Err(Refusal::input("ambiguous_appointment", "business_id", detail));
        }
        named.pop().ok_or(Refusal::NotFound { what: "appointment" })
    }

    async fn check(&self, caller: &Principal, said: &Appointment) -> Result<(), Refusal> {
        let mut problems = Vec::new();
        for (field, time) in [("starts_at", Some(said.starts_at)), ("ends_at", said.ends_at)] {
            if let Some(Err(detail)) = time.map(check_time) {
                problems.push(Problem::at(format!("/{field}"), detail));
            }
        }
        if said.ends_at.is_some_and(|ends_at| ends_at < said.starts_at) {
            problems.push(Problem::at("/ends_at", "must not be before starts_at"));
        }
        if let Err(detail) = inline::check_name(&said.service) {
            problems.push(Problem::at("/service", detail));
        }
        if let Some(Err(detail)) = said.location.as_deref().map(inline::check_place) {
            problems.push(Problem::at("/location", detail));
        }
        let is_link =
            |url: &String| url.len() <= 2_048 && (url.starts_with("https://") || url.starts_with("http://"));
        if said.url.as_ref().is_some_and(|url| !is_link(url)) {
            problems.push(Problem::at("/action_url", "must be a http or https address"));
        }
        if said.clients.is_empty() {
            problems.push(Problem::at("/client_ids", "must name at least one client"));
        }
        Refusal::unless_empty("invalid_appointment", problems)?;
        let clients = said.clients.iter().map(|id| ("/client_ids".to_owned(), id.clone()));
        let practitioner = said.practitioner.iter().map(|id| ("/practitioner_id".to_owned(), id.clone()));
        let named: Vec<_> = clients.chain(practitioner).collect();
        inline::gather(&self.ports, caller, Some(&said.business), BTreeMap::new(), &named).await?;
        Ok(())
    }

    async fn view(&self, booked: Booked) -> Result<AppointmentView, Refusal> {
        let readiness = readiness::of(&self.ports, &booked).await?;
        Ok(AppointmentView { booked, readiness })
    }
}

/// With the zone of the business where it has none of its own, and nobody named twice.
fn completed(mut appointment: Appointment, business: &Business) -> Appointment {
    let mut seen = BTreeSet::new();
    appointment.clients.retain(|client| seen.insert(client.clone()));
    appointment.timezone.get_or_insert(business.settings.timezone);
    appointment
}
