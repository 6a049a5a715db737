//! A letterbox that is filled by hand.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use carillon_application::mailbox::{Attachment, Content, Letter, Letterbox, Try};
use carillon_domain::Channel;
use carillon_domain::ids::MessageId;
use chrono::{DateTime, Utc};
use tokio::sync::watch;
use uuid::Uuid;

/// Keeps what a test puts on it, the oldest first.
pub(crate) struct ShelvedLetterbox {
    letters: Mutex<Vec<Letter>>,
    newest: watch::Sender<u64>,
}

impl ShelvedLetterbox {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self { letters: Mutex::default(), newest: watch::Sender::new(0) }
    }

    /// Puts an e-mail there and answers its number.
    pub(crate) fn email(&self, at: DateTime<Utc>, to: &str, subject: &str, html: &str, text: &str) -> u64 {
        let headers = vec![
            ("Message-ID", "<018f2b6e.1@lilas.example>".to_owned()),
            ("List-Unsubscribe", "<https://notifications.example/u/t0ken>".to_owned()),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ];
        let content =
            Content::Email { subject: subject.to_owned(), html: html.to_owned(), text: text.to_owned() };
        let from = Some("Salon des Lilas <bonjour@lilas.example>".to_owned());
        self.put(at, Channel::Email, from, to, headers, content)
    }

    /// Adds a file to a message that is there.
    pub(crate) fn attach(&self, seq: u64, attachment: &Attachment) {
        let mut letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        for letter in letters.iter_mut().filter(|letter| letter.seq == seq) {
            letter.attachments.push(attachment.clone());
        }
    }

    /// Puts a text message there and answers its number.
    pub(crate) fn sms(&self, at: DateTime<Utc>, to: &str, text: &str) -> u64 {
        self.put(at, Channel::Sms, None, to, Vec::new(), Content::Sms { text: text.to_owned() })
    }

    fn put(
        &self,
        at: DateTime<Utc>,
        channel: Channel,
        from: Option<String>,
        to: &str,
        headers: Vec<(&'static str, String)>,
        content: Content,
    ) -> u64 {
        let mut letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        let seq = *self.newest.borrow() + 1;
        let id = Try { message: MessageId(Uuid::from_u128(u128::from(seq))), attempt: 1 };
        let (to, attachments) = (to.to_owned(), Vec::new());
        letters.push(Letter { seq, at, id, channel, from, to, headers, content, attachments });
        self.newest.send_replace(seq);
        seq
    }

    fn after(&self, seq: u64) -> Vec<Letter> {
        let letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        letters.iter().filter(|letter| letter.seq > seq).cloned().collect()
    }
}

#[async_trait]
impl Letterbox for ShelvedLetterbox {
    fn list_letters(&self, limit: usize) -> Vec<Letter> {
        self.after(0).into_iter().rev().take(limit).collect()
    }

    fn find_letter(&self, seq: u64) -> Option<Letter> {
        self.after(0).into_iter().find(|letter| letter.seq == seq)
    }

    fn clear_letters(&self) {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn next_letters(&self, after: u64, wait: Duration) -> Vec<Letter> {
        let mut arrivals = self.newest.subscribe();
        let arrived = async {
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
