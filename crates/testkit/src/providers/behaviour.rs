//! How a fake provider behaves.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

/// How a fake provider treats one request, once it has read all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behaviour {
    pub(crate) latency: Duration,
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
}

impl Behaviour {
    const fn of(manner: Manner, keeps: bool) -> Self {
        Self { latency: Duration::ZERO, manner, keeps }
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

    /// The message is taken all the same: what the caller sees is a lie or a loss. Such a message counts as delivered, so a test
    /// finds out who sends it twice.
    #[must_use]
    pub const fn but_takes_it(mut self) -> Self {
        self.keeps = true;
        self
    }
}

/// What a fake is told to do: a sequence first, then always the same.
#[derive(Debug)]
pub(crate) struct Orders(Mutex<(VecDeque<Behaviour>, Behaviour)>);

impl Default for Orders {
    fn default() -> Self {
        Self(Mutex::new((VecDeque::new(), Behaviour::accept())))
    }
}

impl Orders {
    pub(crate) fn always(&self, behaviour: Behaviour) {
        self.0.lock().expect("no panic while held").1 = behaviour;
    }

    pub(crate) fn queue(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        self.0.lock().expect("no panic while held").0.extend(behaviours);
    }

    pub(crate) fn next(&self) -> Behaviour {
        let mut orders = self.0.lock().expect("no panic while held");
        orders.0.pop_front().unwrap_or_else(|| orders.1.clone())
    }
}
