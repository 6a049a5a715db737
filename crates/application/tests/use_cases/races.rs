//! Cancelling at the very moment a reminder is due.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use carillon_application::{DeliverMessages, KeepMoving, ManageAppointments};
use carillon_domain::appointment::AppointmentStatus;
use carillon_domain::{Appointment, Channel, MessageId, Status};
use carillon_testkit::build::{self, now};
use chrono::TimeDelta;

use crate::world::{World, appointment, platform};

/// Appointments that are cancelled, each at another moment around the one at which its reminder is due.
const RACES: usize = 1_000;

fn numbered(race: usize) -> Appointment {
    Appointment {
        id: build::id(&format!("r-{race}")),
        business: build::id("salon"),
        status: AppointmentStatus::Confirmed,
        starts_at: now() + TimeDelta::hours(48),
        ends_at: None,
        timezone: None,
        service: "Coupe".to_owned(),
        location: None,
        clients: vec![build::id("camille")],
        practitioner: None,
        url: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_as_called_off_never_leaves() {
    let world = Arc::new(World::new().await);
    world.publish("appointment.booked", appointment(400, "confirmed")).await;
    world.drain().await;
    let manage = ManageAppointments::new(&world.ports);
    for race in 0..RACES {
        manage.put(&platform(), numbered(race)).await.expect("stored");
    }
    let before = world.email.calls().len();
    world.clock.advance(TimeDelta::hours(24) - TimeDelta::milliseconds(50));

    let delivering = tokio::spawn(deliver(world.clone()));
    let mut answers = BTreeMap::new();
    for race in 0..RACES {
        // The reminders come due a twentieth of the way through.
        if race == RACES / 20 {
            world.clock.advance(TimeDelta::milliseconds(50));
        }
        let view =
            manage.cancel(&platform(), &build::id(&format!("r-{race}")), None).await.expect("cancelled");
        answers.extend(
            view.booked
                .reminders
                .into_iter()
                .filter(|one| one.key.channel == Channel::Email)
                .map(|one| (one.message, one.status)),
        );
    }
    delivering.await.expect("no panic");

    let left: Vec<MessageId> =
        world.email.calls().iter().skip(before).map(|email| email.id.message).collect();
    let called_off = answers.values().filter(|status| **status == Status::Cancelled).count();
    assert_eq!(answers.len(), RACES);
    assert!(!left.is_empty() && called_off > 0, "{} left, {called_off} called off: no race", left.len());
    for message in &left {
        assert_ne!(answers.get(message), Some(&Status::Cancelled), "{message} was called off, and left");
    }
}

/// Delivers in small portions until nothing has been due for a while.
async fn deliver(world: Arc<World>) {
    let senders = world.senders(vec![world.email.clone()]);
    let deliver = DeliverMessages::new(&world.ports, Arc::new(senders));
    let keep_moving = KeepMoving::new(&world.ports);
    let mut idle = 0;
    while idle < 200 {
        keep_moving.queue_due().await.expect("queued");
        let claimed = deliver.claim(Channel::Email, 4, Duration::from_millis(5)).await.expect("a claim");
        idle = if claimed.is_empty() { idle + 1 } else { 0 };
        for one in claimed {
            deliver.deliver(&one).await;
        }
    }
}
