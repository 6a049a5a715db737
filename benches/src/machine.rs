//! What a CPU second is worth. On a shared machine that changes within minutes, by half or double: a thread times the same piece of
//! work twice a second, and figures named `normalised` are divided by how slow it was. Those are the ones to compare between runs;
//! a rate can only be normalised as far as the CPU limits it.

use std::hint::black_box;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The CPU time, in milliseconds, that the work takes on the machine that counts as 1.0.
const REFERENCE: f64 = 10.0;
/// How much work: about 10 ms of an ordinary server core of 2023.
const ROUNDS: u32 = 1_200_000;
/// Words of the table that the work walks over: more than a first-level cache holds.
const WORDS: usize = 32 * 1024;

/// Times the work until it is dropped.
#[derive(Debug, Clone, Default)]
pub(crate) struct Machine(Arc<Mutex<Vec<(Instant, f64)>>>);

impl Machine {
    /// Starts the thread; it ends with the process.
    pub(crate) fn watch() -> Self {
        let machine = Self::default();
        let samples = Arc::downgrade(&machine.0);
        std::thread::spawn(move || {
            let mut table = vec![1_u64; WORDS];
            while let Some(samples) = samples.upgrade() {
                let took = timed(&mut table);
                samples.lock().unwrap_or_else(PoisonError::into_inner).push((Instant::now(), took));
                drop(samples);
                std::thread::sleep(Duration::from_millis(500));
            }
        });
        machine
    }

    /// How slow the machine was from then until now: 1.0 is the reference, 2.0 half as fast.
    pub(crate) fn slowness(&self, since: Instant) -> f64 {
        let samples = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let margin = Duration::from_millis(600);
        let of_span: Vec<f64> = samples
            .iter()
            .filter(|(at, _)| *at + margin >= since)
            .map(|(_, milliseconds)| milliseconds / REFERENCE)
            .collect();
        let count = u32::try_from(of_span.len()).unwrap_or(u32::MAX);
        if count == 0 { 1.0 } else { of_span.iter().sum::<f64>() / f64::from(count) }
    }
}

/// The CPU milliseconds that one piece of work took; time spent waiting for a processor is not in it.
fn timed(table: &mut [u64]) -> f64 {
    let before = on_processor();
    black_box(work(table));
    (on_processor() - before) / 1e6
}

/// Nanoseconds that this thread was on a processor.
fn on_processor() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0.0)
}

/// Arithmetic and memory, four chains at once: neighbours on a shared core are felt in both.
fn work(table: &mut [u64]) -> u64 {
    let mut chains = [1_u64, 2, 3, 5];
    for _ in 0..ROUNDS {
        for chain in &mut chains {
            *chain ^= *chain << 13;
            *chain ^= *chain >> 7;
            *chain ^= *chain << 17;
            let place = usize::try_from(*chain).unwrap_or_default() % WORDS;
            table[place] = table[place].wrapping_add(*chain);
            *chain = chain.wrapping_add(table[place] | 1);
        }
    }
    chains.iter().fold(0, |sum, chain| sum ^ chain)
}
