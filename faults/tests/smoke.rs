//! The faults that are looked at with every run of the tests: a few hundred messages each, the same scenarios as the whole suite's.
//!
//! `CARILLON_BIN` names the binary; scripts/test sets it.

use carillon_faults::fault::provider::{Side, Trouble};
use carillon_faults::{Fault, Level, report};

async fn bounds_hold(fault: Fault) {
    let row = fault.run(Level::SMOKE).await;
    println!("{}\n{}", report::headings(), report::lines(&row));
    assert!(row.holds(), "{}", row.broken.join("; "));
}

macro_rules! smoke {
    ($($requirement:ident: $fault:expr;)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $requirement() {
                bounds_hold($fault).await;
            }
        )+

        #[test]
        fn every_fault_of_the_smoke_level_is_tested() {
            assert_eq!(Fault::smoke(), [$($fault),+]);
        }
    };
}

smoke! {
    a_killed_worker_loses_nothing_and_repeats_only_what_was_in_flight: Fault::WorkerKill;
    with_everything_killed_each_key_makes_one_event_and_nothing_is_lost: Fault::AllKill;
    an_emptied_redis_loses_and_repeats_nothing: Fault::RedisFlush;
    a_crash_of_postgresql_loses_nothing_and_every_request_is_answered: Fault::PostgresRestart;
    processes_that_are_replaced_in_good_order_lose_and_repeat_nothing_and_fail_no_request: Fault::Rolling;
    a_provider_that_fails_for_a_while_loses_nothing: Fault::Provider(Trouble::Errors, Side::Email);
    poisoned_messages_end_as_dead_letters_and_hold_up_no_other: Fault::Poison;
}
