//! Characters that nobody sees. They hide what a text says (bidirectional overrides, Unicode TR 36 §2.10.3), or break lines where
//! none should be.

use std::borrow::Cow;

use crate::own::limits::LONGEST_VALUE;

/// What no own text may hold, line breaks and tabs apart: controls, and characters that turn the order of others around or that
/// nobody sees. Joiners and direction marks (U+200C to U+200F) may be: Persian, Hebrew and emoji need them.
pub(crate) fn is_refused(c: char) -> bool {
    let control = c.is_control() && c != '\n' && c != '\t';
    control
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A value as a text may show it: cut, without what nobody sees, and with plain line breaks.
pub(crate) fn clean(value: &str, longest: usize) -> Cow<'_, str> {
    let value = first(value, longest.min(LONGEST_VALUE));
    let harmless = |c: char| !is_refused(c) && !matches!(c, '\u{200c}'..='\u{200f}' | '\t');
    if value.chars().all(harmless) {
        return Cow::Borrowed(value);
    }
    let lines = value.replace("\r\n", "\n");
    let kept = lines.chars().filter_map(|c| match c {
        '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\t' => Some(' '),
        c => harmless(c).then_some(c),
    });
    Cow::Owned(kept.collect())
}

/// The first so many characters.
pub(crate) fn first(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_loses_what_nobody_sees_and_keeps_what_people_write() {
        let table = [
            ("Zoë O'Brien-Łuczak 王 👩\u{200d}⚕️", "Zoë O'Brien-Łuczak 王 👩⚕️"),
            ("a\r\nb\rc\u{2028}d", "a\nb\nc\nd"),
            ("gpj.\u{202e}exe\u{202c}", "gpj.exe"),
            ("\u{2066}x\u{2069}\u{200b}\u{feff}\u{0}\u{1b}[2J", "x[2J"),
            ("a\tb", "a b"),
        ];
        for (value, shown) in table {
            assert_eq!(clean(value, 100), shown, "{value:?}");
        }
        assert_eq!(clean(&"é".repeat(5_000), 9_999).chars().count(), LONGEST_VALUE);
    }
}
