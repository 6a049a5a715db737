//! An e-mail as it goes over the wire (RFC 5322, RFC 2046), with its texts readable rather than encoded.

use carillon_application::mailbox::Letter;

const BOUNDARY: &str = "=_carillon";

/// The header fields, in the order in which mail programs write them.
pub(crate) fn fields(letter: &Letter, subject: &str) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("From", letter.from.clone().unwrap_or_default()),
        ("To", letter.to.clone()),
        ("Subject", subject.to_owned()),
        ("Date", letter.at.to_rfc2822()),
    ];
    fields.extend(letter.headers.iter().cloned());
    fields.push(("MIME-Version", "1.0".to_owned()));
    fields.push(("Content-Type", format!("multipart/alternative; boundary=\"{BOUNDARY}\"")));
    fields
}

/// The whole message: plain text first, as the least wanted alternative, then HTML.
pub(crate) fn source(letter: &Letter, subject: &str, text: &str, html: &str) -> String {
    let mut lines: Vec<String> =
        fields(letter, subject).into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
    for (subtype, body) in [("plain", text), ("html", html)] {
        lines.push(String::new());
        lines.push(format!("--{BOUNDARY}"));
        lines.push(format!("Content-Type: text/{subtype}; charset=utf-8"));
        lines.push("Content-Transfer-Encoding: 8bit".to_owned());
        lines.push(String::new());
        lines.push(body.trim_end().to_owned());
    }
    lines.push(String::new());
    lines.push(format!("--{BOUNDARY}--"));
    lines.join("\n")
}
