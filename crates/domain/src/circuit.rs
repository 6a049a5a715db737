//! When a provider is not asked any more, and when again: a circuit breaker (M. Nygard, "Release It!").
//!
//! Closed: everything is asked. Open: nothing, until a wait is over. Half open: one call at a time tries whether it works again. Paused:
//! our credentials are not accepted, or an operator says so; the first is looked at again by itself, the second by hand alone.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::channel::named;
use crate::reason::UnknownName;

/// So many failures at least, …
const FAILURES: u32 = 5;
/// … and at least one call in so many, within this and the last span, open the circuit.
const SHARE: u32 = 2;
/// How long calls are counted together.
const SPAN: TimeDelta = TimeDelta::seconds(10);
/// The first wait of an open circuit; it doubles …
const FIRST_WAIT: TimeDelta = TimeDelta::seconds(2);
/// … up to this, so that whoever is well again is asked within half a minute.
const LONGEST_WAIT: TimeDelta = TimeDelta::seconds(20);
/// The longest that a provider can ask us to stay away from it as a whole.
const LONGEST_ASKED: TimeDelta = TimeDelta::seconds(60);
/// How long refused credentials rest before one call tries them again.
const CREDENTIAL_WAIT: TimeDelta = TimeDelta::seconds(60);
/// So many good calls in a row close a half open circuit.
const GOOD_CALLS: u32 = 2;

/// How a call ended, as far as it tells whether the provider works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallEnd {
    /// It answered for this message, whatever it said of it.
    Answered,
    /// It failed, or did not answer.
    Failed,
    /// It wants to be left alone, perhaps until a time.
    Throttled(Option<DateTime<Utc>>),
    /// It does not accept our credentials, or is not at the configured address.
    Unauthorized,
}

/// What a circuit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Asked freely.
    Closed,
    /// One call at a time.
    HalfOpen,
    /// Not asked, for it failed.
    Open,
    /// Not asked, for it said when to come back.
    Throttled,
    /// Not asked, for it does not accept our credentials.
    Unauthorized,
    /// Not asked, for an operator says so.
    Paused,
}
named!(State {
    Closed => "closed", HalfOpen => "half_open", Open => "open", Throttled => "throttled", Unauthorized => "unauthorized",
    Paused => "paused"
});

impl State {
    /// Whether somebody should look: the provider is not asked, by no wish of its own or of ours.
    pub const fn is_down(self) -> bool {
        match self {
            Self::Open | Self::Unauthorized => true,
            Self::Closed | Self::HalfOpen | Self::Throttled | Self::Paused => false,
        }
    }
}

/// The leave to make a call; goes with it and comes back with its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leave {
    is_probe: bool,
    epoch: u64,
}

/// Whether a provider is asked.
#[derive(Debug, Clone)]
pub struct Circuit {
    state: State,
    since: DateTime<Utc>,
    /// When to look again; none where only an operator decides.
    until: Option<DateTime<Utc>>,
    wait: TimeDelta,
    is_probing: bool,
    good: u32,
    counted: Counted,
    /// Rises with each change, so that calls which began before it change nothing after it.
    epoch: u64,
}

/// Calls of this span and the one before it.
#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    began_at: DateTime<Utc>,
    calls: [u32; 2],
    failures: [u32; 2],
}

impl Counted {
    fn add(&mut self, failed: bool, now: DateTime<Utc>) {
        if now - self.began_at >= SPAN * 2 {
            *self = Self { began_at: now, ..Self::default() };
        } else if now - self.began_at >= SPAN {
            let (calls, failures) = ([0, self.calls[0]], [0, self.failures[0]]);
            *self = Self { began_at: now, calls, failures };
        }
        self.calls[0] += 1;
        self.failures[0] += u32::from(failed);
    }

    fn is_too_bad(&self) -> bool {
        let (calls, failures) = (self.calls.iter().sum::<u32>(), self.failures.iter().sum::<u32>());
        failures >= FAILURES && failures * SHARE >= calls
    }
}

impl Circuit {
    /// A closed one.
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            state: State::Closed,
            since: now,
            until: None,
            wait: FIRST_WAIT,
            is_probing: false,
            good: 0,
            counted: Counted::default(),
            epoch: 0,
        }
    }

    /// What it is, and since when.
    pub const fn state(&self) -> (State, DateTime<Utc>) {
        (self.state, self.since)
    }

    /// How many calls it would let through now, of at most so many.
    pub fn room(&self, most: usize, now: DateTime<Utc>) -> usize {
        match self.state {
            State::Closed => most,
            State::HalfOpen => usize::from(!self.is_probing).min(most),
            State::Open | State::Throttled | State::Unauthorized | State::Paused => {
                usize::from(self.until.is_some_and(|until| until <= now)).min(most)
            }
        }
    }

    /// Asks for leave to make a call; `Err` says when to ask again.
    pub fn ask(&mut self, now: DateTime<Utc>) -> Result<Leave, DateTime<Utc>> {
        match self.state {
            State::Closed => return Ok(Leave { is_probe: false, epoch: self.epoch }),
            State::HalfOpen if !self.is_probing => {}
            // Whoever probes answers within seconds.
            State::HalfOpen => return Err(now + FIRST_WAIT),
            State::Open | State::Throttled | State::Unauthorized | State::Paused => match self.until {
                Some(until) if until <= now => self.become_state(State::HalfOpen, None, now),
                Some(until) => return Err(until),
                None => return Err(now + LONGEST_WAIT),
            },
        }
        self.is_probing = true;
        Ok(Leave { is_probe: true, epoch: self.epoch })
    }

    /// Notes how a call ended.
    pub fn note(&mut self, leave: Leave, end: CallEnd, now: DateTime<Utc>) {
        if leave.epoch != self.epoch {
            return;
        }
        if leave.is_probe {
            self.is_probing = false;
        }
        match end {
            CallEnd::Unauthorized => {
                self.become_state(State::Unauthorized, Some(now + CREDENTIAL_WAIT), now);
            }
            CallEnd::Throttled(Some(until)) => {
                self.become_state(State::Throttled, Some(until.min(now + LONGEST_ASKED)), now);
            }
            CallEnd::Answered if leave.is_probe => {
                self.good += 1;
                if self.good >= GOOD_CALLS {
                    self.wait = FIRST_WAIT;
                    self.become_state(State::Closed, None, now);
                }
            }
            CallEnd::Failed | CallEnd::Throttled(None) if leave.is_probe => self.open(now),
            CallEnd::Answered => self.counted.add(false, now),
            CallEnd::Failed | CallEnd::Throttled(None) => {
                self.counted.add(true, now);
                if self.counted.is_too_bad() {
                    self.open(now);
                }
            }
        }
    }

    /// Gives a leave back unused.
    pub fn give_back(&mut self, leave: Leave) {
        if leave.epoch == self.epoch && leave.is_probe {
            self.is_probing = false;
        }
    }

    /// An operator wants it not to be asked.
    pub fn pause(&mut self, now: DateTime<Utc>) {
        if self.state != State::Paused {
            self.become_state(State::Paused, None, now);
        }
    }

    /// An operator wants it to be asked again, from now on: one call tries first, unless it is asked anyhow.
    pub fn resume(&mut self, now: DateTime<Utc>) {
        if self.state != State::Closed {
            self.wait = FIRST_WAIT;
            self.become_state(State::HalfOpen, None, now);
        }
    }

    fn open(&mut self, now: DateTime<Utc>) {
        let until = now + self.wait;
        self.wait = (self.wait * 2).min(LONGEST_WAIT);
        self.become_state(State::Open, Some(until), now);
    }

    /// An outage lasts from its first failure until calls flow again: looking whether it is over does not begin it anew.
    fn become_state(&mut self, state: State, until: Option<DateTime<Utc>>, now: DateTime<Utc>) {
        if self.state == State::Closed || state == State::Closed || state == State::Paused {
            self.since = now;
        }
        (self.state, self.until) = (state, until);
        (self.is_probing, self.good, self.counted) = (false, 0, Counted::default());
        self.epoch += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn calls(circuit: &mut Circuit, end: CallEnd, count: usize, now: DateTime<Utc>) {
        for _ in 0..count {
            let leave = circuit.ask(now).expect("leave");
            circuit.note(leave, end, now);
        }
    }

    fn opened() -> Circuit {
        let mut circuit = Circuit::new(at(0));
        calls(&mut circuit, CallEnd::Failed, 5, at(0));
        circuit
    }

    #[test]
    fn a_few_failures_among_many_good_calls_open_nothing() {
        let mut circuit = Circuit::new(at(0));
        calls(&mut circuit, CallEnd::Answered, 10, at(0));
        calls(&mut circuit, CallEnd::Failed, 9, at(0));
        assert_eq!(circuit.state().0, State::Closed);
        calls(&mut circuit, CallEnd::Failed, 1, at(1));
        assert_eq!(circuit.state(), (State::Open, at(1)));
    }

    #[test]
    fn failures_long_ago_are_forgotten() {
        let mut circuit = Circuit::new(at(0));
        for second in [0, 15, 30, 45, 60, 75, 90] {
            calls(&mut circuit, CallEnd::Failed, 2, at(second));
        }
        assert_eq!(circuit.state().0, State::Closed);
    }

    #[test]
    fn an_open_circuit_is_tried_by_one_call_at_a_time_and_closes_after_two_good_ones() {
        let mut circuit = opened();
        assert_eq!((circuit.ask(at(1)), circuit.room(64, at(1))), (Err(at(2)), 0));
        assert_eq!(circuit.room(64, at(2)), 1);
        let first = circuit.ask(at(2)).expect("a probe");
        assert!(circuit.ask(at(2)).is_err());
        circuit.note(first, CallEnd::Answered, at(3));
        assert_eq!(circuit.state(), (State::HalfOpen, at(0)));
        calls(&mut circuit, CallEnd::Answered, 1, at(3));
        assert_eq!((circuit.state(), circuit.room(64, at(3))), ((State::Closed, at(3)), 64));
    }

    #[test]
    fn each_failed_probe_doubles_the_wait_up_to_twenty_seconds() {
        let (mut circuit, mut now, mut waits) = (opened(), at(0), Vec::new());
        for _ in 0..6 {
            let until = circuit.ask(now).expect_err("a wait");
            waits.push((until - now).num_seconds());
            now = until;
            calls(&mut circuit, CallEnd::Failed, 1, now);
        }
        assert_eq!((waits, circuit.state()), (vec![2, 4, 8, 16, 20, 20], (State::Open, at(0))));
    }

    #[test]
    fn calls_that_began_before_it_opened_change_nothing_after() {
        let mut circuit = Circuit::new(at(0));
        let late = circuit.ask(at(0)).expect("leave");
        calls(&mut circuit, CallEnd::Failed, 5, at(0));
        circuit.note(late, CallEnd::Unauthorized, at(1));
        assert_eq!(circuit.state().0, State::Open);
    }

    #[test]
    fn one_refusal_of_credentials_pauses_at_once_and_is_looked_at_again_by_itself() {
        let mut circuit = Circuit::new(at(0));
        calls(&mut circuit, CallEnd::Unauthorized, 1, at(0));
        assert_eq!((circuit.ask(at(59)), circuit.state().0), (Err(at(60)), State::Unauthorized));
        calls(&mut circuit, CallEnd::Answered, 2, at(60));
        assert_eq!(circuit.state().0, State::Closed);
    }

    #[test]
    fn an_operators_pause_ends_by_hand_alone() {
        let mut circuit = Circuit::new(at(0));
        circuit.pause(at(0));
        assert!(circuit.ask(at(1_000_000)).is_err());
        circuit.resume(at(1_000_000));
        calls(&mut circuit, CallEnd::Answered, 2, at(1_000_000));
        assert_eq!(circuit.state().0, State::Closed);
    }

    #[test]
    fn who_asks_to_be_left_alone_is_within_a_minute() {
        let mut circuit = Circuit::new(at(0));
        calls(&mut circuit, CallEnd::Throttled(Some(at(7))), 1, at(0));
        assert_eq!((circuit.ask(at(1)), circuit.state().0.is_down()), (Err(at(7)), false));
        calls(&mut circuit, CallEnd::Throttled(Some(at(86_400))), 1, at(7));
        assert_eq!(circuit.ask(at(8)), Err(at(67)));
    }

    #[test]
    fn a_probe_that_is_given_back_leaves_room_for_the_next() {
        let mut circuit = opened();
        let probe = circuit.ask(at(2)).expect("a probe");
        circuit.give_back(probe);
        assert!(circuit.ask(at(2)).is_ok());
    }

    proptest! {
        #[test]
        fn whatever_happens_a_working_provider_is_asked_again_within_a_minute(ends in proptest::collection::vec((0..5_u8, 0..30_i64), 0..60)) {
            let (mut circuit, mut now) = (Circuit::new(at(0)), at(0));
            for (end, later) in ends {
                now += TimeDelta::seconds(later);
                let Ok(leave) = circuit.ask(now) else { continue };
                let end = match end {
                    0 => CallEnd::Answered,
                    1 => CallEnd::Failed,
                    2 => CallEnd::Throttled(None),
                    3 => CallEnd::Throttled(Some(now + TimeDelta::hours(5))),
                    _ => CallEnd::Unauthorized,
                };
                circuit.note(leave, end, now);
            }
            now += TimeDelta::seconds(60);
            for _ in 0..2 {
                let leave = circuit.ask(now).expect("leave");
                circuit.note(leave, CallEnd::Answered, now);
            }
            prop_assert_eq!(circuit.state().0, State::Closed);
        }
    }
}
