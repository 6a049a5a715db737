//! What providers do when they are in trouble.

use std::time::Duration;

use carillon_testkit::providers::Behaviour;
use chrono::TimeDelta;

use crate::booking;
use crate::fault::provider::Side;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Every answer is 500.
    Errors,
    /// Every answer is 429, with every form of saying when to come back.
    Throttling,
    /// No answer at all.
    Silence,
    /// A status at once, and a body of a byte a second.
    Trickle,
    /// Bodies that never end.
    Endless,
    /// The connection is reset once the request was read.
    Resets,
    /// 2xx with something else than a provider says.
    Garbage,
}

impl Trouble {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Errors,
        Self::Throttling,
        Self::Silence,
        Self::Trickle,
        Self::Endless,
        Self::Resets,
        Self::Garbage,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Errors => "500s",
            Self::Throttling => "429",
            Self::Silence => "silent",
            Self::Trickle => "trickle",
            Self::Endless => "endless",
            Self::Resets => "resets",
            Self::Garbage => "garbage",
        }
    }

    /// What the provider does, in turn. Where a caller cannot know whether the message was taken, it is every other time.
    pub(super) fn behaviours(self, side: Side) -> Vec<Behaviour> {
        let taken = match side {
            Side::Email => 202,
            Side::Sms => 201,
        };
        let status = |status| soon(Behaviour::status(status));
        match self {
            Self::Errors => vec![status(500)],
            Self::Throttling => throttling(),
            Self::Silence => vec![Behaviour::hang(), Behaviour::hang().but_takes_it()],
            Self::Trickle => vec![
                Behaviour::trickle(taken, Duration::from_secs(1)).but_takes_it(),
                Behaviour::trickle(503, Duration::from_secs(1)),
            ],
            Self::Endless => vec![
                soon(Behaviour::endless_body(taken)).but_takes_it(),
                soon(Behaviour::endless_body(500)),
                soon(Behaviour::endless_body(200)).but_takes_it(),
            ],
            Self::Resets => vec![soon(Behaviour::reset()), soon(Behaviour::reset()).but_takes_it()],
            Self::Garbage => vec![
                status(taken).body("<html><body>It works!</body></html>").but_takes_it(),
                status(taken).but_takes_it(),
                status(taken).body(r#"{"sid": "SM"#).but_takes_it(),
                status(200).body("<html><body>It works!</body></html>").but_takes_it(),
                status(200),
            ],
        }
    }
}

/// Three seconds as a number, as a date and as a time, nothing, nonsense, and a day.
fn throttling() -> Vec<Behaviour> {
    let at = booking::now() + TimeDelta::seconds(40);
    let date = at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let refusal = || soon(Behaviour::status(429));
    vec![
        refusal().header("Retry-After", "3"),
        refusal().header("Retry-After", &date),
        refusal().header("X-RateLimit-Reset", &at.timestamp().to_string()),
        refusal(),
        refusal().header("Retry-After", "when it suits you"),
        refusal().header("Retry-After", "86400"),
    ]
}

fn soon(behaviour: Behaviour) -> Behaviour {
    behaviour.after_between(Duration::from_millis(20), Duration::from_millis(200))
}
