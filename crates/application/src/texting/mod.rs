//! Text messages that people send back: understood, acted on, answered.
//!
//! Data flow:
//!
//! ```text
//! provider ─► keep (sealed, once a name; the provider's own STOP and START hold from here)
//!   ─► who writes, to which business, of which appointment ─► decide ─► settle   one transaction: answer + what follows + event, if any
//!   ─► the provider's answer carries ours
//! staff must read it ─► pass on   one transaction: event + note that they were told; at most once a minute and number, what came since together
//! ```
//!
//! | word | what follows |
//! |---|---|
//! | OUI, YES | a requested appointment is confirmed (`appointment.confirmed`); an agreed one is noted as confirmed again |
//! | NON, ANNULER | `appointment.cancellation_requested`: staff decide, nothing is called off |
//! | STOP, ARRET | the business writes no more to the number, and marketing consent is withdrawn; nobody writes where no business is known |
//! | START | that is lifted, and what STOP had withdrawn is given again |
//! | AIDE, HELP | who writes, how to reach them, how to stop |
//! | a reaction ("Liked “…”", "A aimé « … »"), emoji only, a picture without a word, nothing | nothing; it is kept |
//! | anything else | staff read it |
//!
//! It is the business whose text message went to that number last, within 90 days, and the appointment that its text messages spoke of.
//! Where several were spoken of lately, or two readings are possible, the person is asked back; the numbers of a question are kept with it.
//! That a number of ours belongs to one business, so that whoever writes to it means that business, is future work.
//!
//! What if we die …
//!
//! | at | then |
//! |---|---|
//! | before it is kept | nothing happened; the provider gets no answer, and repeats if it is told to |
//! | between keeping and settling | the same text coming again settles it, or else [`AnswerTexts::catch_up`] within seconds |
//! | after settling, before the answer | the same text coming again gets the same answer, and nothing happens twice |
//! | between settling and passing on | [`PassOnTexts`] finds what waits |
//!
//! Two processes that settle the same text at once: one commits, the other finds what became of it. Twilio answers STOP, START and HELP by
//! itself in some settings without telling us: then it drops our answer to a stopped number (21610), and both hold all the same.

mod answers;
mod choosing;
mod consents;
mod events;
mod pass_on;
mod replying;
mod said;
mod settle;
mod wish;
mod writer;

pub use pass_on::PassOnTexts;
pub use settle::AnswerTexts;

/// In whose name the audit trail tells of texts.
const ACTOR: &str = "texts";
