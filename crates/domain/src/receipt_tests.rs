use proptest::prelude::*;

use super::*;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
}

fn known(attempt: u32, said: Said) -> Known<'static> {
    Known { attempt, provider: "sendgrid", said, at: at(i64::from(attempt)) }
}

fn status(known: &[Known<'_>]) -> (Status, Option<Reason>) {
    let settled = settled(known).unwrap();
    (settled.status, settled.reason)
}

#[test]
fn of_all_that_is_said_of_a_try_the_highest_holds() {
    use Said::{
        Blocked, Bounced, Clicked, Deferred, Delivered, Dropped, Failed, MachineOpened, Processed, Sent,
        Undelivered,
    };
    let no = |reason| (Status::Undelivered, Some(reason));
    let table: &[(&[Said], _)] = &[
        (&[Processed], (Status::Sent, None)),
        (&[Sent, Deferred], (Status::Sent, None)),
        (&[Processed, Deferred, Delivered], (Status::Delivered, None)),
        (&[Delivered, Bounced], no(Reason::Bounced)),
        (&[Delivered, Blocked], no(Reason::Undelivered)),
        (&[Processed, Dropped], no(Reason::Undelivered)),
        (&[Sent, Undelivered], no(Reason::Undelivered)),
        (&[Failed], no(Reason::Undelivered)),
        (&[Undelivered, Delivered], (Status::Delivered, None)),
        (&[Processed, MachineOpened], (Status::Delivered, None)),
        (&[Clicked], (Status::Delivered, None)),
    ];
    for (said, expected) in table {
        let all: Vec<_> = said.iter().map(|said| known(1, *said)).collect();
        assert_eq!(status(&all), *expected, "{said:?}");
    }
    assert_eq!(settled(&[]), None);
    let elsewhere = Known { attempt: 0, ..known(1, Deferred) };
    assert_eq!(settled(&[elsewhere]), None, "a deferral says nothing new");
    assert_eq!(status(&[elsewhere, known(1, Bounced)]), no(Reason::Bounced));
}

#[test]
fn it_arrived_if_any_try_did_and_is_open_while_any_try_is() {
    let bounced = known(1, Said::Bounced);
    assert_eq!(status(&[bounced, known(2, Said::Processed)]), (Status::Sent, None));
    assert_eq!(status(&[known(2, Said::Bounced), known(1, Said::Delivered)]), (Status::Delivered, None));
    let by_another = Known { provider: "smtp", ..known(1, Said::Processed) };
    assert_eq!(status(&[known(1, Said::Dropped), by_another]), (Status::Sent, None));
}

#[test]
fn a_machine_that_opens_is_not_counted_and_what_was_returned_has_not_arrived() {
    let all = [known(1, Said::Delivered), known(2, Said::MachineOpened), known(3, Said::Opened)];
    let settled_all = settled(&all).unwrap();
    assert_eq!((settled_all.delivered_at, settled_all.opened_at), (Some(at(1)), Some(at(3))));
    assert_eq!(settled(&all[1..2]).unwrap().opened_at, None);
    let returned = settled(&[known(1, Said::Delivered), known(1, Said::Bounced)]).unwrap();
    assert_eq!((returned.taken_at, returned.delivered_at), (at(1), None));
}

#[test]
fn whoever_called_it_off_has_the_last_word_and_nothing_leads_back_to_sending() {
    for said in Said::ALL {
        let Some(settled) = settled(&[known(1, *said)]) else { continue };
        for status in [Status::Cancelled, Status::Expired, Status::Suppressed] {
            assert_eq!(settled.status_after(status), status);
        }
        for status in [Status::Queued, Status::Scheduled, Status::Sending, Status::InDoubt, Status::Failed] {
            assert_eq!(settled.status_after(status), settled.status, "{status}");
        }
        for status in [Status::Sent, Status::Delivered, Status::Undelivered] {
            assert_eq!(settled.status_after(status), settled.status, "{status}");
            assert!(!settled.status.may_become(Status::Queued));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn the_order_and_the_number_of_times_do_not_matter(
        said in prop::collection::vec((1..4_u32, 0..2_usize, 0..Said::ALL.len()), 1..12),
        order in prop::collection::vec(any::<prop::sample::Index>(), 24),
        starts in prop::sample::select(vec![Status::Sent, Status::InDoubt, Status::Queued, Status::Failed, Status::Cancelled]),
    ) {
        let all: Vec<Known<'_>> = said
            .iter()
            .enumerate()
            .map(|(second, (attempt, provider, said))| Known {
                attempt: *attempt,
                provider: ["sendgrid", "smtp"][*provider],
                said: Said::ALL[*said],
                at: at(i64::try_from(second).unwrap()),
            })
            .collect();
        let end = settled(&all);
        let (mut seen, mut status) = (Vec::new(), starts);
        // Some of them, some twice; then the rest.
        for one in order.iter().map(|index| *index.get(&all)).chain(all.iter().copied()) {
            seen.push(one);
            status = settled(&seen).map_or(status, |settled| settled.status_after(status));
        }
        prop_assert_eq!(settled(&seen), end);
        prop_assert_eq!(status, end.map_or(starts, |end| end.status_after(starts)));
    }
}

#[test]
fn what_does_not_say_which_try_counts_to_the_last_one() {
    let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let one = |attempt, said| Known { attempt, provider: "sendgrid", said, at };
    let known =
        [one(1, Said::Processed), one(2, Said::Processed), one(1, Said::Failed), one(0, Said::Bounced)];
    let settled = settled(&known).unwrap();
    assert_eq!((settled.status, settled.reason), (Status::Undelivered, Some(Reason::Bounced)));
}

#[test]
fn soft_bounces_in_a_row_let_an_address_rest_for_longer_each_time() {
    let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    let (mut rest, mut at, mut hours) = (None, start, Vec::new());
    for _ in 0..6 {
        let next = Rest::after(rest, at);
        hours.push((next.until - at).num_hours());
        assert_eq!(Rest::after(Some(next), at + TimeDelta::hours(1)), next, "in flight before the rest");
        at = next.until + TimeDelta::minutes(1);
        rest = Some(next);
    }
    assert_eq!(hours, [4, 24, 72, 168, 720, 720]);
    let later = at + TimeDelta::days(31);
    assert_eq!(Rest::after(rest, later), Rest { times: 1, until: later + TimeDelta::hours(4) });
}
