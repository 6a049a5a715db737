//! Twilio's error codes.

/// What a code asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// This number will never take a message from us.
    BadAddress,
    /// This message is refused for good.
    Refused,
    /// Too much at once.
    Throttled,
    /// Twilio's own trouble, or the handset's: try again.
    Fault,
    /// Our account, sender, registration or callback is not in order: nobody's message failed.
    Ours,
}

use Verdict::{BadAddress, Fault, Ours, Refused, Throttled};

/// From Twilio's error dictionary (twilio.com/docs/api/errors). Codes marked * are from memory, not from a page that was read; all
/// verdicts are our own judgement. Codes below 30000 answer the request itself; those from 30000 on come mostly with receipts, and
/// stand here because Twilio moves codes between the two.
const TABLE: &[(u32, Verdict, &str)] = &[
    (20003, Ours, "authentication failed"),
    (20404, Ours, "no such account *"),
    (20429, Throttled, "too many requests at once"),
    (20500, Fault, "internal error"),
    (20503, Fault, "internal error *"),
    (21211, BadAddress, "not a valid number"),
    (21212, Ours, "sender not valid"),
    (21408, Refused, "region not enabled for the account"),
    (21601, Ours, "sender not SMS-capable"),
    (21602, Refused, "no body"),
    (21603, Ours, "no sender"),
    (21606, Ours, "sender not ours, or not for this destination"),
    (21609, Ours, "status callback not valid"),
    (21610, BadAddress, "the person replied STOP"),
    (21611, Throttled, "the sender's queue is full"),
    (21612, Refused, "cannot be reached from this sender"),
    (21614, BadAddress, "not a mobile number"),
    (21617, Refused, "body too long"),
    (21619, Refused, "no body"),
    (21659, Ours, "sender not ours"),
    (21660, Ours, "sender belongs to another account *"),
    (21703, Ours, "the messaging service has no sender *"),
    (30001, Throttled, "queue overflow"),
    (30002, Ours, "account suspended"),
    (30003, Fault, "handset unreachable"),
    (30004, Refused, "blocked by the person or the carrier"),
    (30005, BadAddress, "unknown handset"),
    (30006, BadAddress, "landline or unreachable carrier"),
    (30007, Refused, "filtered for its content"),
    (30008, Fault, "unknown error"),
    (30022, Throttled, "rate of the campaign exceeded"),
    (30023, Throttled, "daily cap of the brand reached *"),
    (30026, Throttled, "rate limit"),
    (30027, Throttled, "daily cap of the carrier reached"),
    (30032, Ours, "toll-free number not verified"),
    (30034, Ours, "number not registered"),
    (30035, Ours, "campaign misconfigured *"),
    (30036, Refused, "expired"),
    (30037, Ours, "outbound messaging disabled"),
    (30040, Ours, "sender not registered in the country"),
    (30041, Ours, "sender not registered in the country"),
    (30410, Fault, "provider time-out *"),
    (30450, Refused, "blocked as SMS pumping"),
    (30453, Refused, "blocked as SMS pumping"),
    (30454, Refused, "limit of the account"),
    (30500, Fault, "provider error"),
    (63017, Throttled, "rate of the channel"),
    (63018, Throttled, "rate of the channel *"),
];

/// What a code asks for, and its meaning in our own words; `None` for a code that is not in the table.
pub(crate) fn look_up(code: u32) -> Option<(Verdict, &'static str)> {
    let index = TABLE.binary_search_by_key(&code, |row| row.0).ok()?;
    let (_, verdict, meaning) = TABLE[index];
    Some((verdict, meaning.trim_end_matches(" *")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_every_row_is_found() {
        assert!(TABLE.is_sorted_by(|a, b| a.0 < b.0));
        assert!(TABLE.iter().all(|row| look_up(row.0).is_some_and(|(verdict, _)| verdict == row.1)));
        assert_eq!(look_up(21211), Some((BadAddress, "not a valid number")));
        assert_eq!(look_up(1), None);
    }
}
