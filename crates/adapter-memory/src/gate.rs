//! The pace of bulk batches: each batch is one line before a gate that opens at the batch's rate.

use std::collections::{BTreeSet, HashMap, VecDeque};

use carillon_domain::ids::BatchId;
use carillon_ports::ready::{Pace, Ready};
use chrono::{DateTime, TimeDelta, Utc};

/// An id with the number of its arrival.
pub(crate) type Arrived = (u64, Ready);

const MINUTE: u64 = 60_000_000_000;

/// All batches with a pace. At most one id of a batch is out in the lanes at a time: its next one comes out when that one has
/// left, so a batch that waits behind more urgent work saves up no more than its burst.
#[derive(Debug, Default)]
pub(crate) struct Gates {
    by_batch: HashMap<BatchId, Gate>,
    /// Batches whose next id may come out at that time.
    shut: BTreeSet<(DateTime<Utc>, BatchId)>,
    /// Empty batches, which may be forgotten at that time. Until then they are remembered: the rest of a batch that arrives in
    /// pieces must not get a fresh burst with each piece.
    resting: BTreeSet<(DateTime<Utc>, BatchId)>,
}

#[derive(Debug)]
struct Gate {
    per_minute: u32,
    line: VecDeque<Arrived>,
    /// When the next one would be due if all had left evenly (the "theoretical arrival time" of GCRA).
    even: DateTime<Utc>,
    phase: Phase,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    /// One id is out in the lanes.
    Out,
    /// In `shut`.
    Shut,
    /// In `resting` under this time.
    Resting(DateTime<Utc>),
}

impl Gate {
    fn interval(&self) -> TimeDelta {
        let nanos = MINUTE.div_ceil(u64::from(self.per_minute.max(1)));
        TimeDelta::nanoseconds(i64::try_from(nanos).unwrap_or(i64::MAX))
    }

    /// A batch may be ahead of its even rate by one second's worth: enough to hand out several at once where the rate is high,
    /// too little for a provider or a telephone network to notice.
    fn opens_at(&self) -> DateTime<Utc> {
        let ahead = i32::try_from((self.per_minute / 60).max(1) - 1).unwrap_or(i32::MAX);
        self.even - self.interval() * ahead
    }
}

impl Gates {
    /// Puts an id into the line of its batch, and answers the id that may come out at once because of it.
    pub(crate) fn add(&mut self, pace: Pace, arrived: Arrived, now: DateTime<Utc>) -> Option<Arrived> {
        let gate = self.by_batch.entry(pace.batch).or_insert_with(|| Gate {
            per_minute: pace.per_minute,
            line: VecDeque::new(),
            even: now,
            phase: Phase::Resting(now),
        });
        gate.per_minute = pace.per_minute;
        gate.line.push_back(arrived);
        match gate.phase {
            Phase::Out | Phase::Shut => None,
            Phase::Resting(until) => {
                self.resting.remove(&(until, pace.batch));
                self.advance(pace.batch, now)
            }
        }
    }

    /// Notes that the id of a batch that was out has left, and answers the next one if it may come out at once.
    pub(crate) fn left(&mut self, batch: BatchId, now: DateTime<Utc>) -> Option<Arrived> {
        let gate = self.by_batch.get_mut(&batch)?;
        gate.even = gate.even.max(now) + gate.interval();
        self.advance(batch, now)
    }

    /// Answers every id that may come out by now, and forgets batches that are as good as new.
    pub(crate) fn open(&mut self, now: DateTime<Utc>) -> Vec<Arrived> {
        while let Some((_, batch)) = pop_due(&mut self.resting, now) {
            self.by_batch.remove(&batch);
        }
        let mut out = Vec::new();
        while let Some((_, batch)) = pop_due(&mut self.shut, now) {
            out.extend(self.advance(batch, now));
        }
        out
    }

    /// When the next id may come out; `None` while no batch is held back.
    pub(crate) fn next_opening(&self) -> Option<DateTime<Utc>> {
        self.shut.first().map(|(at, _)| *at)
    }

    /// Whether no batch is remembered.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.by_batch.is_empty()
    }

    /// Moves a batch on from where it stood; it must be in none of the two schedules.
    fn advance(&mut self, batch: BatchId, now: DateTime<Utc>) -> Option<Arrived> {
        let gate = self.by_batch.get_mut(&batch)?;
        if gate.line.is_empty() {
            gate.phase = Phase::Resting(gate.even);
            self.resting.insert((gate.even, batch));
            return None;
        }
        let opens_at = gate.opens_at();
        if opens_at > now {
            gate.phase = Phase::Shut;
            self.shut.insert((opens_at, batch));
            return None;
        }
        gate.phase = Phase::Out;
        gate.line.pop_front()
    }
}

fn pop_due(
    schedule: &mut BTreeSet<(DateTime<Utc>, BatchId)>,
    now: DateTime<Utc>,
) -> Option<(DateTime<Utc>, BatchId)> {
    if schedule.first().is_some_and(|(at, _)| *at <= now) { schedule.pop_first() } else { None }
}
