//! Lengths of time as people write them in rules and catalogue files: `30m`, `24h`, `3d`.

use chrono::TimeDelta;

/// A text that is no length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a length of time such as 30m, 24h or 3d (at most 400 days)")]
pub struct SpanError;

/// Reads `<number><s|m|h|d>`: elapsed time, so that `1d` is 24 hours whatever the clocks do.
pub fn parse(text: &str) -> Result<TimeDelta, SpanError> {
    let (digits, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or(SpanError)?;
    let seconds_each = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(SpanError),
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(SpanError);
    }
    let seconds = digits.parse::<i64>().ok().and_then(|n| n.checked_mul(seconds_each)).ok_or(SpanError)?;
    if !(1..=400 * 86_400).contains(&seconds) {
        return Err(SpanError);
    }
    Ok(TimeDelta::seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_and_nonsense_refused() {
        for (text, minutes) in [("30m", 30), ("24h", 1_440), ("3d", 4_320), ("120s", 2)] {
            assert_eq!(parse(text), Ok(TimeDelta::minutes(minutes)));
        }
        for text in ["", "h", "24", "-1h", "+1h", "1.5h", "0h", "401d", "99999999999999999999h", "2é"] {
            assert_eq!(parse(text), Err(SpanError), "{text:?}");
        }
    }
}
