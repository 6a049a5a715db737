//! What a failure means, by step.
//!
//! | step | reply | decision | because |
//! |---|---|---|---|
//! | any | 421, 4xx with X.3.x | throttled | the server closes, or its own system has too much: RFC 5321 §4.2.3, RFC 3463 §3.4 |
//! | connect, `AUTH`, `MAIL FROM` | other 4xx | throttled | the server refuses us for now, for every recipient |
//! | `RCPT TO`, `DATA`, message | other 4xx | deferred | this recipient is refused for now (greylisting, a full mailbox), also after the message: a negative reply to the dot is not taken |
//! | connect, `AUTH`, `MAIL FROM` | 5xx | credential | we, our password or our sender are refused, whoever the message is for |
//! | any | 530, 534, 535, 538 | credential | authentication wanted: RFC 4954 §6 |
//! | `RCPT TO` | 5xx | rejected; a bad address if the enhanced status says so (RFC 3463 X.1.1, .2, .3, .6, .10, X.2.1), or, without one, for 550, 551, 553 | policy (5.7.x) is no fault of the address |
//! | `DATA`, message | 5xx | rejected | refused for its content |
//! | connect, `AUTH` | STARTTLS or AUTH not offered | credential | to be mended in the configuration; nothing was sent in clear |
//! | up to `DATA` | none: refused, closed, time-out, TLS, nonsense | unavailable | the message itself had not been sent |
//! | message | none | in doubt | the server may have it |
//!
//! The texts hold the step and codes only: servers quote the address.

use std::error::Error as _;

use carillon_ports::SendError;
use lettre::transport::smtp::Error;

use crate::conversation::Step;

/// What a server said, without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    code: u16,
    /// RFC 3463, such as `5.1.1`.
    enhanced: Option<String>,
}

pub(crate) fn sort(step: Step, error: &Error) -> SendError {
    if let Some(reply) = Reply::of(error) {
        return decide(step, &reply);
    }
    match step {
        Step::Connect | Step::Auth if error.is_client() => {
            SendError::Credential(format!("{}: TLS or authentication is not offered", name(step)))
        }
        Step::Connect | Step::Auth | Step::Mail | Step::Rcpt | Step::Data | Step::Message => {
            lost(step, if error.is_tls() { "TLS failed" } else { "no connection, or no sensible answer" })
        }
    }
}

/// A connection that rested too long: the server hung up before it heard `MAIL FROM`. A new one may be tried at once.
pub(crate) fn is_stale(step: Step, error: &Error) -> bool {
    step == Step::Mail && Reply::of(error).is_none_or(|reply| reply.code == 421)
}

/// No answer at this step.
pub(crate) fn lost(step: Step, how: &str) -> SendError {
    let detail = format!("{}: {how}", name(step));
    match step {
        Step::Connect | Step::Auth | Step::Mail | Step::Rcpt | Step::Data => SendError::Unavailable(detail),
        Step::Message => SendError::InDoubt(detail),
    }
}

fn decide(step: Step, reply: &Reply) -> SendError {
    let status = reply.status();
    let detail = format!("{}: {status}", name(step));
    match (reply.code, step) {
        (421, _) => SendError::Throttled { retry_at: None, detail },
        (400..500, _) if reply.blames_system() => SendError::Throttled { retry_at: None, detail },
        (400..500, Step::Rcpt | Step::Data | Step::Message) => SendError::Deferred(detail),
        (400..500, Step::Connect | Step::Auth | Step::Mail) => {
            SendError::Throttled { retry_at: None, detail }
        }
        (..400, _) => SendError::Unavailable(detail),
        (530 | 534 | 535 | 538, _) | (_, Step::Connect | Step::Auth | Step::Mail) => {
            SendError::Credential(detail)
        }
        (_, Step::Rcpt) => SendError::Rejected { code: status, detail, bad_address: reply.blames_address() },
        (_, Step::Data | Step::Message) => SendError::Rejected { code: status, detail, bad_address: false },
    }
}

impl Reply {
    fn of(error: &Error) -> Option<Self> {
        let code = error.status()?.into();
        let words = error.source().map(ToString::to_string).unwrap_or_default();
        let enhanced = words.split_whitespace().next().filter(|word| is_enhanced(word)).map(str::to_owned);
        Some(Self { code, enhanced })
    }

    fn status(&self) -> String {
        match &self.enhanced {
            Some(enhanced) => format!("{} {enhanced}", self.code),
            None => self.code.to_string(),
        }
    }

    /// Whether the server speaks of its own system (RFC 3463 X.3.x), or has no room at all (452 without an enhanced status).
    fn blames_system(&self) -> bool {
        self.enhanced.as_deref().map_or(self.code == 452, |enhanced| enhanced.starts_with("4.3."))
    }

    fn blames_address(&self) -> bool {
        match self.enhanced.as_deref() {
            Some(enhanced) => {
                matches!(enhanced, "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.1")
            }
            None => matches!(self.code, 550 | 551 | 553),
        }
    }
}

/// Three numbers with dots between: the first says failure, the others have at most three digits.
fn is_enhanced(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    let is_number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 3 && matches!(parts[0], "4" | "5") && parts.iter().all(is_number)
}

const fn name(step: Step) -> &'static str {
    match step {
        Step::Connect => "connect",
        Step::Auth => "AUTH",
        Step::Mail => "MAIL FROM",
        Step::Rcpt => "RCPT TO",
        Step::Data => "DATA",
        Step::Message => "message",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: u16, enhanced: &str) -> Reply {
        Reply { code, enhanced: is_enhanced(enhanced).then(|| enhanced.to_owned()) }
    }

    #[test]
    fn every_reply_forces_one_decision() {
        let rejected = |code: &str, step: &str, bad_address| SendError::Rejected {
            code: code.to_owned(),
            detail: format!("{step}: {code}"),
            bad_address,
        };
        let credential = |text: &str| SendError::Credential(text.to_owned());
        let deferred = |text: &str| SendError::Deferred(text.to_owned());
        let throttled = |text: &str| SendError::Throttled { retry_at: None, detail: text.to_owned() };
        let table = [
            (Step::Connect, reply(421, ""), throttled("connect: 421")),
            (Step::Connect, reply(554, ""), credential("connect: 554")),
            (Step::Auth, reply(454, "4.7.0"), throttled("AUTH: 454 4.7.0")),
            (Step::Auth, reply(535, "5.7.8"), credential("AUTH: 535 5.7.8")),
            (Step::Mail, reply(451, ""), throttled("MAIL FROM: 451")),
            (Step::Mail, reply(550, "5.7.1"), credential("MAIL FROM: 550 5.7.1")),
            (Step::Rcpt, reply(450, "4.2.0"), deferred("RCPT TO: 450 4.2.0")),
            (Step::Rcpt, reply(452, "4.2.2"), deferred("RCPT TO: 452 4.2.2")),
            (Step::Rcpt, reply(452, "4.3.1"), throttled("RCPT TO: 452 4.3.1")),
            (Step::Rcpt, reply(452, ""), throttled("RCPT TO: 452")),
            (Step::Rcpt, reply(421, "4.7.0"), throttled("RCPT TO: 421 4.7.0")),
            (Step::Data, reply(451, "4.7.1"), deferred("DATA: 451 4.7.1")),
            (Step::Rcpt, reply(530, "5.7.0"), credential("RCPT TO: 530 5.7.0")),
            (Step::Rcpt, reply(550, ""), rejected("550", "RCPT TO", true)),
            (Step::Rcpt, reply(550, "5.1.1"), rejected("550 5.1.1", "RCPT TO", true)),
            (Step::Rcpt, reply(550, "5.7.1"), rejected("550 5.7.1", "RCPT TO", false)),
            (Step::Rcpt, reply(552, "5.2.2"), rejected("552 5.2.2", "RCPT TO", false)),
            (Step::Rcpt, reply(554, ""), rejected("554", "RCPT TO", false)),
            (Step::Data, reply(503, ""), rejected("503", "DATA", false)),
            (Step::Message, reply(451, ""), deferred("message: 451")),
            (Step::Message, reply(550, ""), rejected("550", "message", false)),
            (Step::Message, reply(554, "5.7.1"), rejected("554 5.7.1", "message", false)),
        ];
        for (step, reply, expected) in table {
            assert_eq!(decide(step, &reply), expected, "{step:?} {reply:?}");
        }
    }

    #[test]
    fn silence_is_a_doubt_only_once_the_message_was_under_way() {
        for step in [Step::Connect, Step::Auth, Step::Mail, Step::Rcpt, Step::Data] {
            assert!(matches!(lost(step, "late"), SendError::Unavailable(_)), "{step:?}");
        }
        assert_eq!(lost(Step::Message, "late"), SendError::InDoubt("message: late".to_owned()));
    }

    #[test]
    fn only_what_is_an_enhanced_status_is_read_as_one() {
        for word in ["5.1.1", "4.7.10"] {
            assert!(is_enhanced(word), "{word}");
        }
        for word in ["", "5.1", "2.0.0", "5.1.1.1", "5.x.1", "5.1.", "<camille@example.com>", "5.1.1234"] {
            assert!(!is_enhanced(word), "{word}");
        }
    }
}
