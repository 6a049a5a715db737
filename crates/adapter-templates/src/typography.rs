//! Blanks that do not break: French sets one before a colon, and a line must not begin with it.

use crate::tags::tags;

/// Makes the blanks before and after certain marks unbreakable, in the text of an MJML body only: neither within its elements'
/// brackets nor within curly tags.
pub(crate) fn without_breaks(body: &str, before: &str, after: &str) -> String {
    let mut tags = tags(body).into_iter().map(|tag| tag.range).peekable();
    let mut whole = String::with_capacity(body.len());
    let mut in_element = false;
    let mut last = '\n';
    for (at, c) in body.char_indices() {
        while tags.next_if(|tag| tag.end <= at).is_some() {}
        if tags.peek().is_some_and(|tag| tag.contains(&at)) {
            whole.push(c);
            last = '\n';
            continue;
        }
        in_element |= c == '<';
        if !in_element && before.contains(c) && last == ' ' {
            whole.pop();
            whole.push('\u{a0}');
        }
        whole.push(if !in_element && c == ' ' && after.contains(last) { '\u{a0}' } else { c });
        in_element &= c != '>';
        last = c;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_blanks_of_the_text_hold_and_those_of_the_markup_stay() {
        let body = r#"<p style="color : red">Ici : « {{ a ? b : c }} » {% if x %} ? {% endif %}</p>"#;
        let expected = "<p style=\"color : red\">Ici\u{a0}: «\u{a0}{{ a ? b : c }}\u{a0}» {% if x %}\u{a0}? {% endif %}</p>";
        assert_eq!(without_breaks(body, ":;!?»", "«"), expected);
        assert_eq!(without_breaks(body, "", ""), body);
    }
}
