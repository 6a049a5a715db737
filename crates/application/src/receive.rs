//! A provider calls: verify, read, keep, answer. What was kept is applied afterwards ([`ApplyReceipts`](crate::ApplyReceipts)); only texts of
//! people are settled at once ([`crate::texting`]), for the answer carries what they are told.
//!
//! What if we crash? Before the commit: the provider gets no answer and repeats, or the receipt is lost as if it had never been sent.
//! After it: the receipt is kept, and whoever runs next applies it.

use std::sync::{Arc, Mutex, PoisonError};

use carillon_ports::ReceiptSource;
pub use carillon_ports::receipts::Callback;
use carillon_ports::receipts::{Forged, InboundSms};
use carillon_ports::texting::TextName;
use chrono::{DateTime, TimeDelta, Utc};

use crate::{AnswerTexts, PassOnTexts, Ports, Refusal, measure};

/// How often a refused callback is worth a line of the log: whoever can reach us can send many.
const SELDOM: TimeDelta = TimeDelta::minutes(1);

/// By which door a callback comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// SendGrid's events.
    SendGrid,
    /// The states of text messages, from Twilio.
    TwilioStates,
    /// Text messages that people send, from Twilio.
    TwilioInbound,
}

/// Who reads what comes in by each door. `None` where nothing is configured to verify it with: then nothing is believed.
#[derive(Clone, Default)]
pub struct Doors {
    /// SendGrid's events.
    pub sendgrid: Option<Arc<dyn ReceiptSource>>,
    /// The states of text messages, from Twilio.
    pub twilio_states: Option<Arc<dyn ReceiptSource>>,
    /// Text messages that people send, from Twilio.
    pub twilio_inbound: Option<Arc<dyn ReceiptSource>>,
}

impl Doors {
    fn of(&self, door: Door) -> Option<&dyn ReceiptSource> {
        match door {
            Door::SendGrid => self.sendgrid.as_deref(),
            Door::TwilioStates => self.twilio_states.as_deref(),
            Door::TwilioInbound => self.twilio_inbound.as_deref(),
        }
    }
}

impl Door {
    /// The provider's name.
    pub const fn provider(self) -> &'static str {
        match self {
            Self::SendGrid => "sendgrid",
            Self::TwilioStates | Self::TwilioInbound => "twilio",
        }
    }
}

/// What became of the events of a callback. `Debug` would show what somebody is told: there is none.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Received {
    /// Kept, to be applied.
    pub kept: usize,
    /// Known already.
    pub repeated: usize,
    /// Not for us.
    pub passed_over: usize,
    /// Not understood.
    pub unreadable: usize,
    /// What whoever sent a text message is answered.
    pub answer: Option<String>,
}

/// Takes what providers call us for.
#[derive(Clone)]
pub struct ReceiveReceipts {
    ports: Ports,
    refused: Arc<Mutex<Refused>>,
}

/// Callbacks that were refused since the last line about them.
#[derive(Default)]
struct Refused {
    since: u64,
    last_line: Option<DateTime<Utc>>,
}

impl ReceiveReceipts {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), refused: Arc::default() }
    }

    /// Keeps what a callback holds, or answers `None` if it is not believed: then nothing of it was used.
    #[tracing::instrument(level = "debug", name = "receive", skip_all, fields(webhook.provider = door.provider()))]
    pub async fn run(&self, door: Door, callback: &Callback) -> Result<Option<Received>, Refusal> {
        let source = self.ports.doors.of(door).ok_or(Forged::NotConfigured);
        let opened = match source.and_then(|source| source.open(callback)) {
            Ok(opened) => opened,
            Err(why) => {
                self.refuse(door, why);
                return Ok(None);
            }
        };
        let brought = opened.receipts.len();
        let receipts = self.ports.receipts.keep(opened.receipts, self.ports.clock.now()).await?;
        // Those that name no message of ours: other programs may send by the same account.
        let unmatched = brought.saturating_sub(receipts.new + receipts.repeated);
        let names: Vec<TextName> = opened.inbound.iter().map(name).collect();
        let texts = self.ports.receipts.keep_inbound(opened.inbound).await?;
        let mut received = Received {
            kept: receipts.new + texts.new,
            repeated: receipts.repeated + texts.repeated,
            passed_over: opened.passed_over + unmatched,
            unreadable: opened.unreadable,
            answer: None,
        };
        received.note(door);
        for name in &names {
            received.answer = AnswerTexts::new(&self.ports).answer(name).await?.or(received.answer);
        }
        self.pass_on(!names.is_empty()).await;
        Ok(Some(received))
    }

    /// Tells staff at once of what they must read. Whoever looks for it later tells them if this fails: the sender need not know.
    async fn pass_on(&self, is_text: bool) {
        if !is_text {
            return;
        }
        if let Err(error) = PassOnTexts::new(&self.ports).run().await {
            tracing::warn!(%error, "text messages could not be passed on yet");
        }
    }

    /// Says so in the log once in a while, with how many there were.
    fn refuse(&self, door: Door, why: Forged) {
        let (provider, now) = (door.provider(), self.ports.clock.now());
        measure::webhook_events(provider, "forged", 1);
        tracing::debug!(webhook.provider = provider, webhook.outcome = "forged", %why, "a callback is refused");
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.since += 1;
        if refused.last_line.is_none_or(|last| now - last >= SELDOM || now < last) {
            tracing::warn!(webhook.provider = provider, %why, refused = refused.since, "callbacks are refused");
            *refused = Refused { since: 0, last_line: Some(now) };
        }
    }
}

fn name(text: &InboundSms) -> TextName {
    TextName { provider: text.provider.to_owned(), provider_id: text.provider_id.clone() }
}

impl Received {
    fn note(&self, door: Door) {
        let Self { kept, repeated, passed_over, unreadable, .. } = *self;
        let provider = door.provider();
        for (outcome, count) in
            [("kept", kept), ("repeated", repeated), ("passed_over", passed_over), ("unreadable", unreadable)]
        {
            measure::webhook_events(provider, outcome, count);
        }
        tracing::debug!(
            webhook.provider = door.provider(),
            kept,
            repeated,
            passed_over,
            unreadable,
            "a callback is taken"
        );
        if unreadable > 0 {
            tracing::warn!(
                webhook.provider = door.provider(),
                unreadable,
                "events of a callback cannot be read"
            );
        }
    }
}
