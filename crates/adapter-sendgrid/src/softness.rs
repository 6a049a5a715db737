//! Whether a bounce condemns the address, or only says that it takes nothing for now.

use serde_json::Value;

/// Words by which servers say that a mailbox is full where they give no enhanced status (RFC 3463) that says so.
const FULL: [&str; 6] =
    ["mailbox full", "mailbox is full", "over quota", "overquota", "quota exceeded", "out of storage"];

/// Whether a bounce that SendGrid calls one (`type: bounce`) leaves the address good.
pub(crate) fn is_soft(event: &Value) -> bool {
    let enhanced = enhanced(event);
    let subject = enhanced.as_deref().and_then(|status| status.split_once('.'));
    match subject {
        // For now; or a message too large, the receiving system, time over, a policy: no fault of the address.
        Some(("4", _) | ("5", "2.3" | "4.7")) => true,
        Some(("5", detail)) if detail.starts_with("3.") || detail.starts_with("7.") => true,
        Some(_) | None => is_full(event),
    }
}

/// Whether the address rests after a bounce that leaves it good. What SendGrid calls blocked says as a rule something of the sender.
pub(crate) fn lets_rest(event: &Value) -> bool {
    text(event, "type") == "bounce" || is_full(event)
}

/// Whether the mailbox is full.
fn is_full(event: &Value) -> bool {
    let reason = text(event, "reason").to_lowercase();
    match enhanced(event).as_deref() {
        Some("4.2.2" | "5.2.2") => true,
        Some(status) if !status.ends_with(".0.0") => false,
        Some(_) | None => reason.starts_with("552") || FULL.iter().any(|words| reason.contains(words)),
    }
}

/// The enhanced status: SendGrid's own field, else among the first words of the server's.
fn enhanced(event: &Value) -> Option<String> {
    let words =
        std::iter::once(text(event, "status")).chain(text(event, "reason").split_whitespace().take(3));
    let is_enhanced = |word: &&str| {
        let parts: Vec<&str> = word.split('.').collect();
        parts.len() == 3
            && matches!(parts[0], "4" | "5")
            && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut found: Vec<&str> = words.filter(is_enhanced).collect();
    // A status that says nothing (5.0.0) is less than one that does.
    found.sort_by_key(|status| status.ends_with(".0.0"));
    found.first().map(|status| (*status).to_owned())
}

fn text<'a>(event: &'a Value, name: &str) -> &'a str {
    event.get(name).and_then(Value::as_str).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_bounce_condemns_an_address_only_where_the_address_is_at_fault() {
        let table = [
            ("bounce", "5.1.1", "550 5.1.1 unknown", false),
            ("bounce", "5.1.10", "550 5.1.10 not found", false),
            ("bounce", "5.2.1", "550 5.2.1 disabled", false),
            ("bounce", "5.4.1", "550 5.4.1 access denied", false),
            ("bounce", "5.0.0", "550 no such user", false),
            ("bounce", "", "", false),
            ("bounce", "4.2.2", "452 4.2.2 full", true),
            ("bounce", "5.2.2", "552 5.2.2 full", true),
            ("bounce", "5.0.0", "552 5.2.2 full", true),
            ("bounce", "5.0.0", "550 Mailbox is full", true),
            ("bounce", "", "552 storage", true),
            ("bounce", "4.4.1", "timed out", true),
            ("bounce", "5.4.7", "554 5.4.7 delivery time expired", true),
            ("bounce", "5.7.1", "554 5.7.1 policy", true),
        ];
        for (kind, status, reason, expected) in table {
            let event = json!({"type": kind, "status": status, "reason": reason});
            assert_eq!(is_soft(&event), expected, "{event}");
            assert!(lets_rest(&event));
        }
        for (status, rests) in [("4.7.1", false), ("4.2.2", true), ("5.2.2", true), ("", false)] {
            assert_eq!(lets_rest(&json!({"type": "blocked", "status": status})), rests, "{status}");
        }
    }
}
