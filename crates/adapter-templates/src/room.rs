//! Room in an e-mail: mail programs cut off what is longer, with the link to unsubscribe at its end. So a list that is too long for it
//! loses its last entries, and says how many.

use carillon_domain::Value;
use carillon_ports::catalogue::RenderError;
use carillon_ports::content::Content;

/// The most bytes of HTML: Gmail cuts off at 102 kB.
pub(crate) const MOST_HTML: usize = 98_000;
/// How often a list is made shorter. Each time it is cut by the part that is too much, so two or three are enough.
const MOST_CUTS: usize = 12;

/// The whole e-mail where it fits, else one of a shorter list under the same subject. What fits in no case is left as it is.
pub(crate) fn fitting(
    whole: Content,
    data: &Value,
    make: impl Fn(&Value, usize) -> Result<Content, RenderError>,
) -> Result<Content, RenderError> {
    let Some(mut length) = too_long(&whole) else { return Ok(whole) };
    let Some(entries) = longest_list(data) else { return Ok(whole) };
    let mut kept = entries;
    for _ in 0..MOST_CUTS {
        kept = (kept * MOST_HTML / length).min(kept.saturating_sub(1)).max(1);
        let shorter = make(&shortened(data, kept), entries - kept)?;
        match too_long(&shorter) {
            None => return Ok(with_subject_of(whole, shorter)),
            Some(_) if kept == 1 => return Ok(with_subject_of(whole, shorter)),
            Some(still) => length = still,
        }
    }
    Ok(whole)
}

fn too_long(content: &Content) -> Option<usize> {
    match content {
        Content::Email { html, .. } => Some(html.len()).filter(|length| *length > MOST_HTML),
        Content::Sms { .. } | Content::InApp { .. } => None,
    }
}

/// The subject counts the whole list.
fn with_subject_of(whole: Content, shorter: Content) -> Content {
    match (whole, shorter) {
        (Content::Email { subject, .. }, Content::Email { html, text, .. }) => {
            Content::Email { subject, html, text }
        }
        (_, shorter) => shorter,
    }
}

/// How many entries the longest list has.
fn longest_list(data: &Value) -> Option<usize> {
    match data {
        Value::List(items) => Some(items.len()).filter(|count| *count > 1),
        Value::Map(items) => items.values().filter_map(longest_list).max(),
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::Text(_) => None,
    }
}

/// The same data with lists of at most so many entries.
fn shortened(data: &Value, most: usize) -> Value {
    match data {
        Value::List(items) => Value::List(items.iter().take(most).cloned().collect()),
        Value::Map(items) => {
            Value::Map(items.iter().map(|(name, value)| (name.clone(), shortened(value, most))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::Text(_) => data.clone(),
    }
}
