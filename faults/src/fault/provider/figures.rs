//! How much a provider in trouble was called, and what the other channel felt of it.

use std::time::{Duration, Instant};

use carillon_testkit::providers::Call;
use tokio::time::sleep;

use crate::evidence::Evidence;
use crate::fault::provider::Side;
use crate::level::Level;
use crate::row::Row;

/// Calls to the provider in trouble that a message may cost on average over the run.
const MOST_CALLS: f64 = 1.5;
/// How much later the other channel may be than when all was well …
const MOST_DELAY: f64 = 2.0;
/// … if that is more than this: less is the machine's own noise.
const NOISE: Duration = Duration::from_millis(50);

/// A part of the run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    from: Instant,
    to: Instant,
}

/// The figures of a run.
pub(super) struct Figures {
    calls: f64,
    quiet: Duration,
    in_trouble: Duration,
}

impl Span {
    /// From now until so much later.
    pub(super) async fn while_waiting(time: Duration) -> Self {
        let from = Instant::now();
        sleep(time).await;
        Self { from, to: Instant::now() }
    }
}

impl Figures {
    /// Works them out.
    pub(super) fn of(evidence: &Evidence, side: Side, quiet: Span, in_trouble: Span) -> Self {
        let calls: &[Call] = match side {
            Side::Email => &evidence.emails,
            Side::Sms => &evidence.texts,
        };
        let messages = evidence.promised().filter(|promised| promised.channel == side.channel()).count();
        Self {
            calls: number(calls.len()) / number(messages.max(1)),
            quiet: p99(evidence, side, quiet),
            in_trouble: p99(evidence, side, in_trouble),
        }
    }

    /// Notes them, and breaks the row where they are too bad.
    pub(super) fn judge(&self, level: Level, row: &mut Row) {
        let Self { calls, quiet, in_trouble } = self;
        let ratio = in_trouble.as_secs_f64() / quiet.as_secs_f64().max(0.001);
        row.notes.push(format!("{calls:.2} calls a message; the other channel's p99 {in_trouble:.1?}, {ratio:.1} × its quiet {quiet:.1?}"));
        row.must(*calls <= MOST_CALLS, || format!("{calls:.2} calls a message, more than {MOST_CALLS}"));
        let is_late = ratio > MOST_DELAY && in_trouble.saturating_sub(*quiet) > NOISE;
        row.must(!level.is_timed() || !is_late, || format!("the other channel was {ratio:.1} × as late"));
    }
}

/// Of a hundred messages of the other channel that were accepted within the span, how long the second-longest took to its provider. One
/// that was there before the answer took no time.
fn p99(evidence: &Evidence, side: Side, span: Span) -> Duration {
    let taken = evidence.taken();
    let others = evidence.promised().filter(|promised| promised.channel != side.channel());
    let within = others.filter(|promised| promised.at >= span.from && promised.at < span.to);
    let arrivals = within.filter_map(|promised| Some((promised.at, taken.get(promised.id.as_str())?.0)));
    let mut times: Vec<Duration> = arrivals.map(|(at, first)| first.saturating_duration_since(at)).collect();
    times.sort_unstable();
    let place = (times.len() * 99).div_ceil(100).saturating_sub(1);
    times.get(place).copied().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "counts of a run are far below 2^52")]
fn number(count: usize) -> f64 {
    count as f64
}
