//! The development mailbox: keeps e-mails and text messages in memory for the eye instead of sending them.
//!
//! Architecture invariant: nothing leaves the process, and only the newest [`CAPACITY`] are kept. It is both senders and the
//! letterbox that the console and the demo read, so what they show is what the worker handed over.
//!
//! To show one more thing of a message: a field of the port's `Letter`, filled in `letter.rs`.

mod letter;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use carillon_ports::email::OutgoingEmail;
use carillon_ports::mailbox::Letter;
use carillon_ports::provider::{SendError, Taken};
use carillon_ports::sms::OutgoingSms;
use carillon_ports::{Clock, EmailSender, Letterbox, SmsSender};
use tokio::sync::watch;

/// How the mailbox is called among providers.
pub const NAME: &str = "mailbox";

/// How many are kept.
pub const CAPACITY: usize = 500;

/// Keeps e-mails and text messages instead of sending them.
pub struct DevelopmentMailbox {
    clock: Arc<dyn Clock>,
    /// The newest at the front.
    letters: Mutex<VecDeque<Letter>>,
    /// The newest number, for those who wait.
    newest: watch::Sender<u64>,
}

impl DevelopmentMailbox {
    /// An empty one.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, letters: Mutex::default(), newest: watch::Sender::new(0) }
    }

    fn keep(&self, letter: Letter) -> Taken {
        let mut letters = self.letters();
        // Numbered under the lock, so that the numbers stand in order.
        let seq = *self.newest.borrow() + 1;
        letters.push_front(Letter { seq, ..letter });
        letters.truncate(CAPACITY);
        self.newest.send_replace(seq);
        Taken { provider_id: Some(format!("mailbox-{seq}")) }
    }

    fn letters(&self) -> MutexGuard<'_, VecDeque<Letter>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn after(&self, seq: u64) -> Vec<Letter> {
        let letters = self.letters();
        let mut later: Vec<Letter> = letters.iter().take_while(|letter| letter.seq > seq).cloned().collect();
        later.reverse();
        later
    }
}

#[async_trait]
impl EmailSender for DevelopmentMailbox {
    fn provider(&self) -> &'static str {
        NAME
    }

    async fn send(&self, email: &OutgoingEmail) -> Result<Taken, SendError> {
        Ok(self.keep(letter::of_email(email, self.clock.now())))
    }
}

#[async_trait]
impl SmsSender for DevelopmentMailbox {
    fn provider(&self) -> &'static str {
        NAME
    }

    async fn send(&self, sms: &OutgoingSms) -> Result<Taken, SendError> {
        Ok(self.keep(letter::of_sms(sms, self.clock.now())))
    }
}

#[async_trait]
impl Letterbox for DevelopmentMailbox {
    fn list_letters(&self, limit: usize) -> Vec<Letter> {
        self.letters().iter().take(limit).cloned().collect()
    }

    fn find_letter(&self, seq: u64) -> Option<Letter> {
        self.letters().iter().find(|letter| letter.seq == seq).cloned()
    }

    fn clear_letters(&self) {
        self.letters().clear();
    }

    async fn next_letters(&self, after: u64, wait: Duration) -> Vec<Letter> {
        // Subscribed before looking: one that arrives in between wakes us at once.
        let mut arrivals = self.newest.subscribe();
        let arrived = async {
            // Looks again after each arrival, because a cleared mailbox can be empty although its number is higher.
            loop {
                let letters = self.after(after);
                if !letters.is_empty() || arrivals.changed().await.is_err() {
                    return letters;
                }
            }
        };
        tokio::time::timeout(wait, arrived).await.unwrap_or_default()
    }
}
