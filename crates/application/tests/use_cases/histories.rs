//! Random histories of appointments: booked, moved, cancelled, reassigned, completed, while rules change, clocks jump and workers die.
//!
//! Whatever the order: what leaves never contradicts what was committed last, each reminder that is due leaves exactly once, and none is
//! missed while the service is up. What an appointment's service is called says in which state and at which time it was stored, so that each text
//! that leaves can be held against the appointment as it is in that moment.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use carillon_application::{KeepMoving, ManageAppointments, ReplanReminders};
use carillon_domain::appointment::AppointmentStatus;
use carillon_domain::business::{LateBooking, LatePolicy, QuietHours, Reminders};
use carillon_domain::reminder::ReminderRule;
use carillon_domain::{Appointment, Channel, Settings, Status};
use carillon_testkit::build;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::world::{World, platform};

/// Appointments of one world: each is a history of its own.
const HISTORIES: usize = 250;
/// Worlds: each has its own rules and its own jumps of the clock.
const WORLDS: u64 = 40;
/// Steps of a world.
const STEPS: usize = 30;
/// Changes at each step.
const CHANGES: usize = 18;

/// Numbers that look random and are the same in every run (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % sides as u64).unwrap_or_default()
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.roll(all.len())]
    }
}

/// What was committed last of an appointment.
#[derive(Debug, Clone)]
struct Known {
    status: AppointmentStatus,
    starts_at: DateTime<Utc>,
    practitioner: &'static str,
}

struct History {
    world: World,
    dice: Dice,
    known: BTreeMap<usize, Known>,
    /// How many e-mails and texts were held against what is known.
    seen: (usize, usize),
    /// Every message that a provider was asked to send.
    sent: BTreeSet<String>,
    /// Whether something ran late on purpose since the last full look.
    outages: usize,
}

impl History {
    async fn new(seed: u64) -> Self {
        let world = World::new().await;
        for person in ["camille", "ines", "lea"] {
            let part = if person == "camille" { "client" } else { "practitioner" };
            world
                .publish(
                    "payment.received",
                    json!({
                        part: {"id": person, "name": "Somebody", "email": format!("{person}@example.com"), "phone": "+33612345678"},
                        "payment": {"id": "p", "amount": 1, "currency": "EUR"}
                    }),
                )
                .await;
        }
        world.drain().await;
        let before = (world.email.calls().len(), world.sms.calls().len());
        Self {
            world,
            dice: Dice(seed),
            known: BTreeMap::new(),
            seen: before,
            sent: BTreeSet::new(),
            outages: 0,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.world.ports.clock.now()
    }

    /// One change of one appointment.
    async fn change(&mut self) {
        use AppointmentStatus::{Cancelled, Completed, Confirmed, Requested};
        let which = self.dice.roll(HISTORIES);
        let now = self.now();
        let minutes = 5 * i64::try_from(self.dice.roll(12 * 24 * 4)).unwrap_or_default();
        let fresh = Known {
            status: *self.dice.of(&[Confirmed, Confirmed, Confirmed, Requested]),
            starts_at: now + TimeDelta::minutes(30 + minutes),
            practitioner: if self.dice.roll(2) == 0 { "ines" } else { "lea" },
        };
        let next = match (self.known.get(&which).cloned(), self.dice.roll(6)) {
            (None, _) | (Some(_), 0 | 1) => fresh,
            (Some(known), 2) => Known { status: Cancelled, ..known },
            (Some(known), 3) => Known { practitioner: fresh.practitioner, ..known },
            (Some(known), 4) if known.starts_at < now => Known { status: Completed, ..known },
            (Some(known), _) => known,
        };
        let appointment = Appointment {
            id: build::id(&format!("a-{which}")),
            business: build::id("salon"),
            status: next.status,
            starts_at: next.starts_at,
            ends_at: None,
            timezone: None,
            service: name(which, &next),
            location: None,
            clients: vec![build::id("camille")],
            practitioner: Some(build::id(next.practitioner)),
            url: None,
        };
        ManageAppointments::new(&self.world.ports).put(&platform(), appointment).await.expect("stored");
        self.known.insert(which, next);
    }

    /// Other rules for all.
    async fn rules(&mut self) {
        let all = ["30m", "1h", "24h", "3d", "1 day before at 18:00", "the same day at 08:00"];
        let mut rules = Vec::new();
        for before in all {
            if self.dice.roll(2) == 0 {
                let channels = vec![*self.dice.of(&[Channel::Email, Channel::Sms])];
                rules.push(ReminderRule {
                    before: before.to_owned(),
                    channels,
                    kind: None,
                    note: BTreeMap::new(),
                });
            }
        }
        let policy = *self.dice.of(&[LatePolicy::Fold, LatePolicy::Skip, LatePolicy::Send]);
        let quiet = QuietHours { from: "21:00".to_owned(), to: "08:00".to_owned() };
        let settings = Settings {
            reminders: Reminders { enabled: self.dice.roll(8) > 0, rules },
            late_booking: LateBooking { policy, spacing: "1h".to_owned() },
            quiet_hours: (self.dice.roll(2) == 0).then_some(quiet),
            ..Settings::default()
        };
        self.world.put_settings(settings).await;
    }

    /// The service runs for a while: what is due leaves on time.
    async fn run(&mut self, minutes: i64) {
        let end = self.now() + TimeDelta::minutes(minutes);
        while let Some(due) = self.world.ports.store.find_next_due().await.expect("a look") {
            if due > end {
                break;
            }
            self.world.clock.advance((due - self.now()).max(TimeDelta::zero()));
            self.deliver().await;
        }
        self.world.clock.advance(end - self.now());
    }

    async fn deliver(&mut self) {
        self.world.drain().await;
        self.check();
    }

    /// A worker claims what is due and dies; another one starts.
    async fn crash(&mut self) {
        let keep_moving = KeepMoving::new(&self.world.ports);
        keep_moving.queue_due().await.expect("queued");
        for channel in Channel::ALL {
            let ready = self.world.ports.queues.of(*channel).pop(3, Duration::ZERO).await.expect("popped");
            let ids: Vec<_> = ready.iter().map(|ready| ready.message).collect();
            let lease = TimeDelta::seconds(30);
            self.world.ports.store.claim(&ids, lease, self.now()).await.expect("a claim");
        }
        self.world.clock.advance(TimeDelta::seconds(31));
        keep_moving.sweep(true).await.expect("a sweep");
        self.deliver().await;
    }

    /// Nothing runs for hours.
    async fn outage(&mut self) {
        let hours = 1 + i64::try_from(self.dice.roll(30)).unwrap_or_default();
        self.world.clock.advance(TimeDelta::hours(hours));
        self.outages += 1;
        KeepMoving::new(&self.world.ports).sweep(true).await.expect("a sweep");
        self.deliver().await;
    }

    /// Holds what has left since the last look against what is known.
    fn check(&mut self) {
        let emails = self.world.email.calls();
        let texts = self.world.sms.calls();
        let new_emails =
            emails.iter().skip(self.seen.0).map(|email| (email.id.message.to_string(), email.text.as_str()));
        let new_texts =
            texts.iter().skip(self.seen.1).map(|sms| (sms.id.message.to_string(), sms.text.as_str()));
        let now = self.now();
        for (id, text) in new_emails.chain(new_texts) {
            assert!(self.sent.insert(id.clone()), "{id} left twice");
            // Texts of one segment say no service: those of e-mail do.
            let Some(service) = text.lines().find_map(|line| line.split_once("<<")?.1.split_once(">>"))
            else {
                continue;
            };
            let which: usize = service.0.split(' ').next().and_then(|n| n.parse().ok()).expect("a number");
            let known = &self.known[&which];
            assert_eq!(format!("<<{}>>", service.0), name(which, known), "a text contradicts what is agreed");
            assert_eq!(known.status, AppointmentStatus::Confirmed, "reminded of what is not agreed: {text}");
            assert!(known.starts_at > now - TimeDelta::minutes(1), "reminded of what is over");
        }
        self.seen = (emails.len(), texts.len());
    }

    /// Nothing is planned that should not be, nothing is missing, and no reminder has left twice.
    async fn settle(&self) {
        let repaired = ReplanReminders::new(&self.world.ports).compare_all().await.expect("a look");
        assert_eq!(repaired.total(), 0, "{repaired:?}");
        for which in self.known.keys() {
            let id = build::id(&format!("a-{which}"));
            let view =
                ManageAppointments::new(&self.world.ports).show(&platform(), &id, None).await.expect("one");
            let mut left = BTreeSet::new();
            for one in &view.booked.reminders {
                let waits_late = one.status == Status::Scheduled && one.due_at <= self.now();
                assert!(!waits_late, "a reminder was missed: {one:?}");
                if one.status == Status::Sent {
                    assert!(left.insert(one.key.clone()), "a reminder left twice: {one:?}");
                }
                if self.outages == 0 {
                    assert_ne!(one.status, Status::Expired, "it was late while everything ran: {one:?}");
                }
            }
        }
    }
}

/// What a service is called: which appointment, and what was agreed.
fn name(which: usize, known: &Known) -> String {
    format!("<<{which} {} {}>>", known.status, known.starts_at.format("%Y-%m-%dT%H:%M"))
}

async fn live(seed: u64) {
    let mut history = History::new(seed).await;
    for step in 0..STEPS {
        for _ in 0..CHANGES {
            history.change().await;
        }
        match history.dice.roll(12) {
            0 => history.rules().await,
            1 => history.crash().await,
            2 if seed.is_multiple_of(2) => history.outage().await,
            _ => {}
        }
        let minutes = 10 * i64::try_from(history.dice.roll(24)).unwrap_or_default();
        history.run(minutes).await;
        if step % 10 == 9 {
            history.settle().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_random_histories_never_contradict_what_was_agreed() {
    let mut worlds = tokio::task::JoinSet::new();
    for seed in 0..WORLDS {
        worlds.spawn(live(seed));
        if !seed.is_multiple_of(2) {
            // Two at a time: as many as there are threads.
            worlds.join_next().await.expect("a world").expect("no panic");
        }
    }
    while let Some(world) = worlds.join_next().await {
        world.expect("no panic");
    }
}
