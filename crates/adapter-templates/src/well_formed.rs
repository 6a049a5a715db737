//! Whether the elements of a body open and close as they should: MJML's parser takes any closing for the right one, and any element
//! for one of HTML.

use crate::error::line_at;
use crate::tags::without_tags;

/// The elements of MJML that stand in the column of an e-mail.
const MJML: [&str; 8] =
    ["mj-text", "mj-button", "mj-table", "mj-divider", "mj-raw", "mj-image", "mj-spacer", "mj-social"];
/// Elements of HTML that have no end.
const VOID: [&str; 5] = ["br", "hr", "img", "wbr", "col"];

/// Checks a body; the error has its line and what is wrong there.
pub(crate) fn check(body: &str) -> Result<(), (usize, String)> {
    let text = without_tags(body);
    let mut open: Vec<(&str, usize)> = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find('<').map(|offset| from + offset) {
        let end = text[start..].find('>').map_or(text.len(), |offset| start + offset);
        let inside = text[start + 1..end].trim();
        from = end;
        if inside.starts_with('!') {
            continue;
        }
        let line = line_at(body, start);
        let name = inside.trim_start_matches('/').split([' ', '\n', '\t', '/']).next().unwrap_or_default();
        if inside.starts_with('/') {
            close(name, line, &mut open)?;
        } else if name.starts_with("mj-") && !MJML.contains(&name) {
            return Err((line, format!("there is no element `<{name}>`")));
        } else if !inside.ends_with('/') && !VOID.contains(&name) {
            open.push((name, line));
        }
    }
    open.pop().map_or(Ok(()), |(name, line)| Err((line, format!("`<{name}>` is never closed"))))
}

fn close(name: &str, line: usize, open: &mut Vec<(&str, usize)>) -> Result<(), (usize, String)> {
    match open.pop() {
        None => Err((line, format!("`</{name}>` closes nothing"))),
        Some((opened, line)) if opened != name => {
            Err((line, format!("`<{opened}>` is closed by `</{name}>`")))
        }
        Some(_) => Ok(()),
    }
}
