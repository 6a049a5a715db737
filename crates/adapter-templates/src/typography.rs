//! Typography: blanks that do not break, for French sets one before a colon and a line must not begin with it; apostrophes.

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

/// Makes typographic apostrophes of the straight ones between letters, neither within an element's brackets nor within curly tags.
/// Authors of texts write the straight one; SMS change it back.
pub(crate) fn with_apostrophes(text: &str) -> String {
    let mut tags = tags(text).into_iter().map(|tag| tag.range).peekable();
    let mut whole = String::with_capacity(text.len());
    let mut in_element = false;
    let mut last = ' ';
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        while tags.next_if(|tag| tag.end <= at).is_some() {}
        let in_tag = tags.peek().is_some_and(|tag| tag.contains(&at));
        in_element |= c == '<' && !in_tag;
        // Before a name in curly brackets it is one as well.
        let goes_on = characters.peek().is_some_and(|(_, next)| next.is_alphabetic() || *next == '{');
        let is_one = c == '\'' && !in_tag && !in_element && last.is_alphabetic() && goes_on;
        whole.push(if is_one { '’' } else { c });
        in_element &= c != '>' || in_tag;
        last = if in_tag { ' ' } else { c };
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

    #[test]
    fn apostrophes_of_the_text_are_typographic_and_quotes_of_markup_stay() {
        let body = r#"<p style="font: 'x'y">C'est d'{{ a|default('n') }} 'mot' don't</p>{% if a == 'l' %}l'été{% endif %}"#;
        let expected = r#"<p style="font: 'x'y">C’est d’{{ a|default('n') }} 'mot' don’t</p>{% if a == 'l' %}l’été{% endif %}"#;
        assert_eq!(with_apostrophes(body), expected);
    }
}
