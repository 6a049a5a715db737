use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use carillon_domain::Channel;
use carillon_domain::ids::{BatchId, BusinessId};
use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_796_112_000 + second, 0).expect("a time in range")
}

fn ready(id: u128, class: Class, party: u8) -> Ready {
    Ready {
        message: MessageId(Uuid::from_u128(id)),
        class,
        business: (party > 0).then(|| format!("business {party}").parse().expect("a short name")),
        channel: Channel::Email,
        pace: None,
    }
}

fn paced(id: u128, party: u8, batch: u128, per_minute: u32) -> Ready {
    let pace = Some(Pace { batch: BatchId(Uuid::from_u128(batch)), per_minute });
    Ready { pace, ..ready(id, Class::Bulk, party) }
}

fn ids(list: &[Ready]) -> Vec<u128> {
    list.iter().map(|ready| ready.message.0.as_u128()).collect()
}

#[test]
fn a_paced_id_keeps_its_place_within_its_business() {
    let mut lanes = Lanes::new();
    for ready in [paced(1, 1, 7, 60), paced(2, 1, 7, 60), ready(3, Class::Bulk, 1), ready(4, Class::Bulk, 1)]
    {
        lanes.add(ready, at(0));
    }
    assert_eq!(ids(&lanes.take(2, at(0))), [1, 3]);
    assert_eq!(ids(&lanes.take(2, at(1))), [2, 4]);
}

#[test]
fn one_batch_keeps_one_pace_over_several_businesses() {
    let mut lanes = Lanes::new();
    for (id, party) in [(1, 1), (2, 2), (3, 3)] {
        lanes.add(paced(id, party, 7, 60), at(0));
    }
    for second in 0..3 {
        assert_eq!(lanes.take(9, at(second)).len(), 1);
    }
}

#[test]
fn the_next_release_is_known_while_only_paced_work_waits() {
    let mut lanes = Lanes::new();
    assert_eq!(lanes.next_release(), None);
    lanes.add(paced(1, 1, 7, 6), at(0));
    lanes.add(paced(2, 1, 7, 6), at(0));
    assert!(lanes.any_ready());
    assert_eq!(lanes.take(9, at(0)).len(), 1);
    assert!(!lanes.any_ready());
    assert_eq!(lanes.next_release(), Some(at(10)));
    assert_eq!(lanes.take(9, at(10)).len(), 1);
    assert_eq!(lanes.next_release(), None);
}

#[test]
fn a_batch_that_is_through_is_forgotten_once_its_pace_is_free_again() {
    let mut lanes = Lanes::new();
    lanes.add(paced(1, 1, 7, 6), at(0));
    lanes.take(1, at(0));
    lanes.take(1, at(9));
    assert!(!lanes.gates.is_empty());
    lanes.take(1, at(10));
    assert!(lanes.gates.is_empty());
}

#[test]
fn a_million_ids_of_a_thousand_businesses_go_through_in_seconds() {
    let started = std::time::Instant::now();
    let mut lanes = Lanes::new();
    let businesses: Vec<BusinessId> =
        (0..1_000).map(|number| format!("business {number}").parse().expect("a short name")).collect();
    for (id, business) in (0..1_000_000).zip(businesses.iter().cycle()) {
        lanes.add(Ready { business: Some(business.clone()), ..ready(id, Class::Bulk, 0) }, at(0));
    }
    let mut left = 0;
    loop {
        let taken = lanes.take(100, at(0)).len();
        if taken == 0 {
            break;
        }
        left += taken;
    }
    assert_eq!(left, 1_000_000);
    // Unoptimised on a loaded machine this takes a few seconds; with a step of O(n) an id it would take days.
    assert!(started.elapsed().as_secs() < 120, "took {:?}", started.elapsed());
}

/// What happens to the lanes.
#[derive(Debug, Clone)]
enum Step {
    Add { id: u128, class: Class, party: u8, batch: Option<(u128, u32)> },
    Take(usize),
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let batch = prop_oneof![Just(None), (0..3_u128, prop_oneof![Just(0_u32), 1..200_u32]).prop_map(Some)];
    let class = proptest::sample::select(Class::ALL);
    let step = prop_oneof![
        6 => (0..60_u128, class, 0..4_u8, batch)
            .prop_map(|(id, class, party, batch)| Step::Add { id, class, party, batch }),
        3 => (0..6_usize).prop_map(Step::Take),
        1 => (0..30_i64).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 0..150)
}

fn message(id: u128, class: Class, party: u8, batch: Option<(u128, u32)>) -> Ready {
    match batch {
        Some((batch, per_minute)) if class == Class::Bulk => paced(id, party, batch, per_minute),
        Some(_) | None => ready(id, class, party),
    }
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_leaves_twice(steps in steps()) {
        let mut lanes = Lanes::new();
        let mut waiting: BTreeMap<u128, Ready> = BTreeMap::new();
        let mut second = 0;
        let check = |lanes: &mut Lanes, waiting: &mut BTreeMap<u128, Ready>, max, second| {
            for ready in lanes.take(max, at(second)) {
                prop_assert_eq!(waiting.remove(&ready.message.0.as_u128()), Some(ready));
            }
            Ok(())
        };
        for step in steps {
            match step {
                Step::Add { id, class, party, batch } => {
                    let ready = message(id, class, party, batch);
                    let is_new = !waiting.contains_key(&id);
                    prop_assert_eq!(lanes.add(ready.clone(), at(second)), is_new);
                    waiting.entry(id).or_insert(ready);
                }
                Step::Take(max) => check(&mut lanes, &mut waiting, max, second)?,
                Step::Wait(seconds) => second += seconds,
            }
            let held: u64 = lanes.depths().iter().map(|(_, depth)| depth).sum();
            prop_assert_eq!(usize::try_from(held), Ok(waiting.len()));
        }
        while let Some(seconds) = (!waiting.is_empty()).then_some(60) {
            let before = waiting.len();
            second += seconds;
            check(&mut lanes, &mut waiting, usize::MAX, second)?;
            prop_assert!(waiting.len() < before, "something waits for ever");
        }
        prop_assert_eq!(lanes.depths().iter().map(|(_, depth)| depth).sum::<u64>(), 0);
    }

    #[test]
    fn nothing_leaves_before_something_more_urgent_that_may_leave(
        arrivals in proptest::collection::vec((proptest::sample::select(Class::ALL), 0..4_u8), 0..80),
        max in 1..9_usize,
    ) {
        let mut lanes = Lanes::new();
        let mut waiting: BTreeMap<Class, usize> = BTreeMap::new();
        for (id, (class, party)) in (0..).zip(arrivals) {
            lanes.add(ready(id, class, party), at(0));
            *waiting.entry(class).or_default() += 1;
            if id % 5 == 0 {
                for taken in lanes.take(max, at(0)) {
                    let most_urgent = waiting.iter().find(|(_, count)| **count > 0).map(|(class, _)| *class);
                    prop_assert_eq!(Some(taken.class), most_urgent);
                    waiting.entry(taken.class).and_modify(|count| *count -= 1);
                }
            }
        }
    }

    #[test]
    fn while_k_businesses_wait_each_is_served_once_in_any_k(
        queues in proptest::collection::vec(1..40_usize, 1..8),
        maxima in proptest::collection::vec(1..6_usize, 1..60),
    ) {
        let mut lanes = Lanes::new();
        let mut left_of: HashMap<Option<BusinessId>, usize> = HashMap::new();
        let mut id = 0;
        for (party, count) in (0_u8..).zip(&queues) {
            for _ in 0..*count {
                lanes.add(ready(id, Class::Immediate, party), at(0));
                id += 1;
            }
            left_of.insert(ready(0, Class::Immediate, party).business, *count);
        }
        let mut round: HashSet<Option<BusinessId>> = HashSet::new();
        for taken in maxima.iter().flat_map(|max| lanes.take(*max, at(0))) {
            prop_assert!(round.insert(taken.business.clone()), "served twice in a round");
            *left_of.get_mut(&taken.business).expect("it was pushed") -= 1;
            // Whoever still waits must have been served before anybody is served again.
            if round.len() >= left_of.values().filter(|left| **left > 0).count()
                && left_of.iter().all(|(party, left)| *left == 0 || round.contains(party))
            {
                round.clear();
            }
        }
    }

    #[test]
    fn a_batch_never_leaves_faster_than_its_pace(
        per_minute in 1..2_000_u32,
        waits in proptest::collection::vec(0..2_000_i64, 1..30),
    ) {
        let mut lanes = Lanes::new();
        for id in 0..1_000 {
            lanes.add(paced(id, 1, 7, per_minute), at(0));
        }
        let burst = i64::from((per_minute / 60).max(1));
        let (mut elapsed, mut left) = (0, 0_i64);
        let mut seen = BTreeSet::new();
        for wait in waits {
            elapsed += wait;
            let taken = lanes.take(usize::MAX, at(0) + TimeDelta::milliseconds(elapsed));
            left += i64::try_from(taken.len()).expect("few");
            seen.extend(ids(&taken));
            prop_assert!(left <= elapsed * i64::from(per_minute) / 60_000 + burst);
        }
        prop_assert_eq!(i64::try_from(seen.len()), Ok(left));
    }
}
