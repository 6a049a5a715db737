//! An e-mail as it goes over the wire (RFC 5322, RFC 2046), with its texts and files readable rather than encoded.

use carillon_application::mailbox::{Attachment, Letter};

/// Around the whole.
const BOUNDARY: &str = "=_carillon";
/// Around the texts, where files stand beside them.
const TEXTS: &str = "=_carillon_texts";

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
    let kind = if letter.attachments.is_empty() { "alternative" } else { "mixed" };
    fields.push(("Content-Type", multipart(kind, BOUNDARY)));
    fields
}

/// The whole message: plain text first, as the least wanted alternative, then HTML, then files.
pub(crate) fn source(letter: &Letter, subject: &str, text: &str, html: &str) -> String {
    let mut lines: Vec<String> =
        fields(letter, subject).into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
    if letter.attachments.is_empty() {
        lines.extend(texts(text, html, BOUNDARY));
    } else {
        lines.extend([String::new(), format!("--{BOUNDARY}")]);
        lines.push(format!("Content-Type: {}", multipart("alternative", TEXTS)));
        lines.extend(texts(text, html, TEXTS));
        lines.extend(letter.attachments.iter().flat_map(file));
        lines.extend([String::new(), format!("--{BOUNDARY}--")]);
    }
    lines.join("\n")
}

fn multipart(kind: &str, boundary: &str) -> String {
    format!("multipart/{kind}; boundary=\"{boundary}\"")
}

fn texts(text: &str, html: &str, boundary: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for (subtype, body) in [("plain", text), ("html", html)] {
        lines.push(String::new());
        lines.push(format!("--{boundary}"));
        lines.push(format!("Content-Type: text/{subtype}; charset=utf-8"));
        lines.push("Content-Transfer-Encoding: 8bit".to_owned());
        lines.push(String::new());
        lines.push(body.trim_end().to_owned());
    }
    lines.push(String::new());
    lines.push(format!("--{boundary}--"));
    lines
}

/// A file that is text is shown, any other counted.
fn file(attachment: &Attachment) -> [String; 7] {
    let body = match std::str::from_utf8(&attachment.bytes) {
        Ok(text) => text.replace("\r\n", "\n").trim_end().to_owned(),
        Err(_) => format!("({} bytes)", attachment.bytes.len()),
    };
    [
        String::new(),
        format!("--{BOUNDARY}"),
        format!("Content-Type: {}", attachment.media_type),
        format!("Content-Disposition: attachment; filename=\"{}\"", attachment.file_name),
        "Content-Transfer-Encoding: 8bit".to_owned(),
        String::new(),
        body,
    ]
}
