//! What a client can hear, and how often it did.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::Response;
use serde_json::Value;

/// What came of one request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// 202, with its report.
    Accepted(Value),
    /// 429.
    Throttled,
    /// 5xx.
    Failed(u16),
    /// Another status, with what it said: the same request would be answered so again.
    Rejected(u16, String),
    /// Nobody listens at the address.
    Refused,
    /// The connection was reset: the server closed it, or its door, without having read the request.
    Reset,
    /// The connection broke otherwise before the answer was complete.
    Broken(String),
    /// No answer within the client's patience.
    Hung,
}

/// How often each was heard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// 429.
    pub throttled: usize,
    /// 5xx.
    pub failed: usize,
    /// Other statuses.
    pub rejected: usize,
    /// Connections refused.
    pub refused: usize,
    /// Connections reset.
    pub reset: usize,
    /// Connections that broke otherwise.
    pub broken: usize,
    /// Requests without an answer.
    pub hung: usize,
    /// The longest time to an answer or its failure.
    pub longest: Duration,
    /// How the first connection broke.
    pub first_break: Option<String>,
}

impl Answer {
    /// Reads what came.
    pub async fn of(response: Result<Response, reqwest::Error>) -> Self {
        match response {
            Ok(response) => Self::read(response).await,
            Err(error) => Self::without_status(&error),
        }
    }

    async fn read(response: Response) -> Self {
        let status = response.status().as_u16();
        let text = match response.text().await {
            Ok(text) => text,
            Err(error) => return Self::without_status(&error),
        };
        match (status, serde_json::from_str(&text)) {
            (202, Ok(report)) => Self::Accepted(report),
            (429, _) => Self::Throttled,
            (500.., _) => Self::Failed(status),
            (_, _) => Self::Rejected(status, text),
        }
    }

    fn without_status(error: &reqwest::Error) -> Self {
        if error.is_timeout() {
            Self::Hung
        } else if is_caused_by(error, io::ErrorKind::ConnectionRefused) {
            Self::Refused
        } else if is_caused_by(error, io::ErrorKind::ConnectionReset) {
            Self::Reset
        } else {
            Self::Broken(story(error))
        }
    }
}

impl Tally {
    /// Counts an answer that took so long.
    pub fn note(&mut self, answer: &Answer, took: Duration) {
        self.longest = self.longest.max(took);
        match answer {
            Answer::Accepted(_) => {}
            Answer::Throttled => self.throttled += 1,
            Answer::Failed(_) => self.failed += 1,
            Answer::Rejected(..) => self.rejected += 1,
            Answer::Refused => self.refused += 1,
            Answer::Reset => self.reset += 1,
            Answer::Hung => self.hung += 1,
            Answer::Broken(how) => {
                self.broken += 1;
                self.first_break.get_or_insert_with(|| how.clone());
            }
        }
    }

    /// In words, what was not accepted; empty if there was nothing else.
    pub fn told(&self) -> String {
        let counts = [
            (self.throttled, "429"),
            (self.failed, "5xx"),
            (self.rejected, "other statuses"),
            (self.refused, "refused"),
            (self.reset, "reset"),
            (self.broken, "broken off"),
            (self.hung, "unanswered"),
        ];
        let told: Vec<String> = counts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        told.join(", ")
    }
}

fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = error.source();
    std::iter::from_fn(move || {
        let cause: &'a (dyn Error + 'static) = next?;
        next = cause.source();
        Some(cause)
    })
}

fn is_caused_by(error: &reqwest::Error, kind: io::ErrorKind) -> bool {
    causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|cause| cause.kind() == kind)
}

/// The innermost cause, which names what happened.
fn story(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}
