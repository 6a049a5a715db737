//! What somebody means who answers a text message, in French or English.
//!
//! A reaction ("Liked “…”", an emoji, a picture, nothing at all) is no answer, whatever it quotes. Three rules come before all others. A text that begins with STOP is an opt-out, whatever follows: who wants to be left alone need not
//! write it well. Nothing else is acted upon unless it is the whole of the text, apart from courtesies. And where two readings are
//! possible, none is chosen: the caller asks back.

mod lexicon;
mod nearness;
mod reaction;
mod reading;
mod spelling;

pub use reading::understand;

/// What a text can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// No more messages to this number. CANCEL is one too, though it could mean an appointment: providers act upon it before we see it.
    Stop,
    /// Messages again. Providers also take a YES for it: only the caller knows whether the number is stopped.
    Start,
    /// Who is this, and how does one make it stop?
    Help,
    /// Agreed, to whatever was asked last.
    Yes,
    /// Not agreed, to whatever was asked last.
    No,
}

/// What was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Understood {
    /// This, and nothing else.
    Clear(Meaning),
    /// Perhaps one of these, in the order in which they came up. There is at least one. Nothing may be done but ask, or show it to a human.
    Unclear {
        /// What it could mean, each once.
        candidates: Vec<Meaning>,
    },
    /// A reaction to a message, emoji only, or nothing: nobody expects an answer.
    Reaction,
    /// None of all these: a message for a human.
    Other,
}
