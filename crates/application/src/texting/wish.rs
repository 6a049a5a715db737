//! What a text asks for, in the light of what passed before.

use carillon_domain::inbound::{Meaning, Understood};
use carillon_ports::receipts::OptOut;
use carillon_ports::texting::{Permit, Reply};
use chrono::{DateTime, Utc};

use super::choosing::{Chosen, Mention, choose};
use super::said::Said;
use super::writer::Writer;

/// What a text asks for.
pub(super) enum Wish<'a> {
    /// An answer to what we wrote, about one appointment.
    Reply(Reply, &'a Mention),
    /// The same, about one of several.
    Which(Reply, Vec<&'a Mention>),
    /// It can mean more than one thing.
    Unclear,
    /// No more, or again.
    Permit(Permit),
    /// Who is this?
    Help,
    /// Nothing: a reaction, a picture, an empty text.
    Nothing,
    /// A human must read it.
    Message,
}

/// Reads a wish out of what is said. Where the provider has understood it, that counts; but it takes a YES for a
/// START, which we may have asked for.
pub(super) fn wish<'a>(
    said: &Said,
    opt_out: Option<OptOut>,
    writer: &'a Writer,
    now: DateTime<Utc>,
) -> Wish<'a> {
    match opt_out {
        Some(OptOut::Stop) => return Wish::Permit(Permit::Withdrawn),
        Some(OptOut::Help) => return Wish::Help,
        Some(OptOut::Start) => {
            let agrees = said.understood == Understood::Clear(Meaning::Yes);
            return match reply(Reply::Yes, said.number, writer, now) {
                wish @ Wish::Reply(..) if agrees => wish,
                _ => Wish::Permit(Permit::Given),
            };
        }
        None => {}
    }
    match &said.understood {
        Understood::Clear(Meaning::Stop) => Wish::Permit(Permit::Withdrawn),
        Understood::Clear(Meaning::Start) => Wish::Permit(Permit::Given),
        Understood::Clear(Meaning::Help) => Wish::Help,
        Understood::Clear(Meaning::Yes) => reply(Reply::Yes, said.number, writer, now),
        Understood::Clear(Meaning::No) => reply(Reply::No, said.number, writer, now),
        Understood::Unclear { .. } => Wish::Unclear,
        Understood::Reaction => Wish::Nothing,
        Understood::Other => match (said.number, &writer.known.question) {
            (Some(number), Some(question)) => reply(question.reply, Some(number), writer, now),
            (Some(_), None) | (None, _) => Wish::Message,
        },
    }
}

fn reply(reply: Reply, number: Option<usize>, writer: &Writer, now: DateTime<Utc>) -> Wish<'_> {
    let Some(business) = &writer.business else { return Wish::Message };
    let question = writer.known.question.as_ref();
    match choose(reply, number, &writer.mentions, question, &business.id, now) {
        Chosen::One(meant) => Wish::Reply(reply, meant),
        Chosen::Several(several) => Wish::Which(reply, several),
        Chosen::Nothing => Wish::Message,
    }
}
