//! Plain text whose web addresses can be clicked.

/// A stretch of text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// To read.
    Plain(&'a str),
    /// To click: `http:` or `https:` and nothing else, so that no text can make a link that runs a script.
    Link(&'a str),
}

/// Splits a text at its web addresses, and loses nothing of it.
pub(crate) fn linked(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((start, end)) = next_link(rest) {
        if start > 0 {
            parts.push(Part::Plain(&rest[..start]));
        }
        parts.push(Part::Link(&rest[start..end]));
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        parts.push(Part::Plain(rest));
    }
    parts
}

fn next_link(text: &str) -> Option<(usize, usize)> {
    let start = ["https://", "http://"].iter().filter_map(|scheme| text.find(scheme)).min()?;
    let stops = |c: char| c.is_whitespace() || c.is_control() || "<>\"'()[]{}|\\^`".contains(c);
    let length = text[start..].find(stops).unwrap_or(text.len() - start);
    // A full stop after an address ends the sentence, not the address.
    let address = text[start..start + length].trim_end_matches(['.', ',', ';', ':', '!', '?', '…']);
    Some((start, start + address.len()))
}

#[cfg(test)]
mod tests {
    use super::Part::{Link, Plain};
    use super::linked;

    #[test]
    fn web_addresses_and_nothing_else_become_links() {
        let table = [
            ("", vec![]),
            ("no link", vec![Plain("no link")]),
            (
                "Voir https://a.fr/x?y=1. Merci",
                vec![Plain("Voir "), Link("https://a.fr/x?y=1"), Plain(". Merci")],
            ),
            ("(http://a.fr)", vec![Plain("("), Link("http://a.fr"), Plain(")")]),
            ("http://é.frhttps", vec![Link("http://é.frhttps")]),
            ("javascript:alert(1)", vec![Plain("javascript:alert(1)")]),
            ("<https://a.fr><b>", vec![Plain("<"), Link("https://a.fr"), Plain("><b>")]),
            ("http://…", vec![Link("http://"), Plain("…")]),
        ];
        for (text, parts) in table {
            assert_eq!(linked(text), parts, "{text}");
        }
    }
}
