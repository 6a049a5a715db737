//! What Twilio is told to do with a text message that it brought (`TwiML`).

/// Sends a text back, or does nothing.
pub(crate) fn reply(text: Option<&str>) -> String {
    match text {
        Some(text) => format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><Response><Message>{}</Message></Response>"#,
            escaped(text)
        ),
        None => "<Response/>".to_owned(),
    }
}

/// A text within an element. XML has no way at all to write most control characters: they are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\n' | '\t' => escaped.push(character),
            '\u{fffe}' | '\u{ffff}' => {}
            _ if character.is_control() => {}
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_a_text_whatever_it_holds() {
        assert_eq!(reply(None), "<Response/>");
        let hostile = "A & B</Message><Redirect>http://example.com</Redirect>\u{0}\u{1b}é\n";
        let expected = "A &amp; B&lt;/Message&gt;&lt;Redirect&gt;http://example.com&lt;/Redirect&gt;é\n";
        let whole = format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><Response><Message>{expected}</Message></Response>"#
        );
        assert_eq!(reply(Some(hostile)), whole);
    }
}
