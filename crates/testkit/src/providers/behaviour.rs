//! How a fake provider behaves.

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use crate::providers::http::Received;

/// How a fake provider treats one request, once it has read all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behaviour {
    pub(crate) latency: Duration,
    /// So much longer at most.
    spread: Duration,
    pub(crate) manner: Manner,
    pub(crate) keeps: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Manner {
    Accept,
    Answer { status: u16, headers: Vec<(String, String)>, body: String },
    Close,
    Reset,
    Hang,
    EndlessBody { status: u16 },
    Trickle { status: u16, every: Duration },
}

impl Behaviour {
    const fn of(manner: Manner, keeps: bool) -> Self {
        Self { latency: Duration::ZERO, spread: Duration::ZERO, manner, keeps }
    }

    /// Takes the message and answers as the real provider does.
    pub const fn accept() -> Self {
        Self::of(Manner::Accept, true)
    }

    /// Answers with this status and an empty body, and does not take the message unless [`Behaviour::but_takes_it`].
    pub const fn status(status: u16) -> Self {
        Self::of(Manner::Answer { status, headers: Vec::new(), body: String::new() }, false)
    }

    /// Closes the connection instead of answering.
    pub const fn close() -> Self {
        Self::of(Manner::Close, false)
    }

    /// Resets the connection (RST) instead of answering.
    pub const fn reset() -> Self {
        Self::of(Manner::Reset, false)
    }

    /// Never answers.
    pub const fn hang() -> Self {
        Self::of(Manner::Hang, false)
    }

    /// Answers with this status and a body that never ends.
    pub const fn endless_body(status: u16) -> Self {
        Self::of(Manner::EndlessBody { status }, false)
    }

    /// Answers with this status at once, and with a byte of a body that never ends at each of these intervals.
    pub const fn trickle(status: u16, every: Duration) -> Self {
        Self::of(Manner::Trickle { status, every }, false)
    }

    /// With this body; for [`Behaviour::status`] only.
    #[must_use]
    pub fn body(mut self, text: &str) -> Self {
        if let Manner::Answer { body, .. } = &mut self.manner {
            text.clone_into(body);
        }
        self
    }

    /// With this header field; for [`Behaviour::status`] only.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Manner::Answer { headers, .. } = &mut self.manner {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Waits before it does so.
    #[must_use]
    pub const fn after(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Waits for a random time between these before it does so.
    #[must_use]
    pub const fn after_between(mut self, shortest: Duration, longest: Duration) -> Self {
        self.latency = shortest;
        self.spread = longest.saturating_sub(shortest);
        self
    }

    /// The message is taken all the same: what the caller sees is a lie or a loss. Such a message counts as delivered, so a test
    /// finds out who sends it twice.
    #[must_use]
    pub const fn but_takes_it(mut self) -> Self {
        self.keeps = true;
        self
    }
}

/// What a fake does with some requests whatever else it is told, by what they are.
type Exception = Box<dyn Fn(&Received) -> Option<Behaviour> + Send>;

/// What a fake is told to do: exceptions first, then a sequence, then always the same few in turn.
#[derive(Default)]
pub(crate) struct Orders(Mutex<Told>);

#[derive(Default)]
struct Told {
    exception: Option<Exception>,
    first: VecDeque<Behaviour>,
    in_turn: VecDeque<Behaviour>,
    random: RandomState,
    number: u64,
}

impl Orders {
    pub(crate) fn always(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        self.told().in_turn = behaviours.into_iter().collect();
    }

    pub(crate) fn queue(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        self.told().first.extend(behaviours);
    }

    pub(crate) fn except(&self, exception: impl Fn(&Received) -> Option<Behaviour> + Send + 'static) {
        self.told().exception = Some(Box::new(exception));
    }

    /// What to do with this request; its latency is final.
    pub(crate) fn next(&self, request: &Received) -> Behaviour {
        let mut told = self.told();
        let exception = told.exception.as_ref().and_then(|exception| exception(request));
        let mut behaviour = exception.or_else(|| told.first.pop_front()).unwrap_or_else(|| told.turn());
        if !behaviour.spread.is_zero() {
            behaviour.latency += told.share_of(behaviour.spread);
        }
        behaviour
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().expect("no panic while held")
    }
}

impl Told {
    fn turn(&mut self) -> Behaviour {
        let Some(behaviour) = self.in_turn.pop_front() else { return Behaviour::accept() };
        self.in_turn.push_back(behaviour.clone());
        behaviour
    }

    /// A random part of a time.
    fn share_of(&mut self, time: Duration) -> Duration {
        self.number += 1;
        let thousandths = self.random.hash_one(self.number) % 1_001;
        time * u32::try_from(thousandths).unwrap_or_default() / 1_000
    }
}
