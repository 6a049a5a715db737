//! Invisible characters, which copying from other programs brings along.

/// Whether a sign takes no room: marks of direction, joiners, the byte order mark, the soft hyphen.
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A text without blanks and invisible signs at its ends.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

#[cfg(test)]
mod tests {
    use super::trim;

    #[test]
    fn what_nobody_sees_is_left_out_at_the_ends() {
        for (text, expected) in [
            ("\u{200b}", ""),
            ("\u{feff} a\u{200d}b \u{202c}", "a\u{200d}b"),
            ("\u{2066}Zoé\u{2069}", "Zoé"),
            ("\u{a0}\u{3164}", ""),
        ] {
            assert_eq!(trim(text), expected, "{text:?}");
        }
    }
}
