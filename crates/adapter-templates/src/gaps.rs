//! The place of a name that is not there: `Hello {{ recipient.first_name }},` reads `Hello,`.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

/// Stands for the missing name until the text is whole. No text holds it otherwise: it is a noncharacter.
pub(crate) const MARK: char = '\u{ffff}';

/// A first name that is not known. It is false where a text asks for it.
#[derive(Debug)]
pub(crate) struct Unnamed;

impl Object for Unnamed {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        false
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MARK}")
    }
}

/// Whether a value is the first name that is not known.
pub(crate) fn is_unnamed(value: &Value) -> bool {
    value.downcast_object_ref::<Unnamed>().is_some()
}

/// A text in which each missing name is gone with the blank before it or, at the beginning of a line, the one behind it.
pub(crate) fn closed(text: String) -> String {
    if !text.contains(MARK) {
        return text;
    }
    let mut closed = String::with_capacity(text.len());
    let mut parts = text.split(MARK);
    closed.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let kept = closed.trim_end_matches([' ', '\u{a0}', '\u{202f}']).len();
        let is_first = kept == closed.len();
        closed.truncate(kept);
        closed.push_str(if is_first { part.trim_start_matches([' ', ',']) } else { part });
    }
    closed
}

#[cfg(test)]
mod tests {
    use super::closed;

    #[test]
    fn a_missing_name_leaves_no_gap() {
        for (text, expected) in [
            ("Bonjour \u{ffff},", "Bonjour,"),
            ("<td>Hello \u{ffff},</td>", "<td>Hello,</td>"),
            ("Hi \u{ffff}!", "Hi!"),
            ("\u{ffff}, we are open", "we are open"),
            ("Hi \u{ffff}, dear \u{ffff}.", "Hi, dear."),
            ("Bonjour Zoé,", "Bonjour Zoé,"),
        ] {
            assert_eq!(closed(text.to_owned()), expected, "{text:?}");
        }
    }
}
