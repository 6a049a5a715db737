//! Where the curly tags of a text stand: `{{ … }}`, `{% … %}` and `{# … #}`.

use std::ops::Range;

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// All of it, brackets included.
    pub(crate) range: Range<usize>,
    /// What stands between the brackets; nothing for a comment.
    pub(crate) inner: &'a str,
    /// `{% … %}`.
    pub(crate) is_block: bool,
}

/// The tags in order. One that never closes reaches to the end of the text; the engine reports it.
pub(crate) fn tags(source: &str) -> Vec<Tag<'_>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = source[from..].find('{').map(|offset| from + offset) {
        let close = match source.as_bytes().get(start + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                from = start + 1;
                continue;
            }
        };
        let inside = start + 2;
        let end = if close == "#}" {
            source[inside..].find(close).map(|offset| inside + offset)
        } else {
            end_outside_quotes(source, inside, close)
        };
        let (inner_end, after) = end.map_or((source.len(), source.len()), |end| (end, end + 2));
        let inner = if close == "#}" { "" } else { &source[inside..inner_end] };
        found.push(Tag { range: start..after, inner, is_block: close == "%}" });
        from = after;
    }
    found
}

/// The same text with its curly tags blanked out, so that every offset stays.
pub(crate) fn without_tags(body: &str) -> String {
    let mut text = body.to_owned();
    for tag in tags(body) {
        let blank = " ".repeat(tag.range.len());
        text.replace_range(tag.range, &blank);
    }
    text
}

fn end_outside_quotes(source: &str, from: usize, close: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (offset, c) in source[from..].char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if source[from + offset..].starts_with(close) => return Some(from + offset),
            Some(_) | None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bracket_within_quotes_does_not_end_a_tag() {
        let source = r#"a {{ x|default("}}") }} b {% if y %}{# {{ no }} #}{ c"#;
        let inner: Vec<&str> = tags(source).iter().map(|tag| tag.inner.trim()).collect();
        assert_eq!(inner, [r#"x|default("}}")"#, "if y", ""]);
    }
}
