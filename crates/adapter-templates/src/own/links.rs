//! `[label](address)`: the label has texts and placeholders, the address is written out or one placeholder.

use std::ops::Range;

use carillon_domain::own_text::ProblemCode as Code;

use crate::own::limits::LONGEST_ADDRESS;
use crate::own::pieces::{What, read};
use crate::own::tree::{Fault, Node, Place, Target};
use crate::tags::Tag;

/// A link in a text.
pub(crate) struct Found {
    pub(crate) node: Node,
    /// Where the text goes on.
    pub(crate) end: usize,
    /// How many tags it holds.
    pub(crate) tags: usize,
    pub(crate) placeholders: usize,
}

/// The link that an opening bracket begins, if it begins one; `tags` are those after it. What looks like one and leads nowhere safe
/// is a fault.
pub(crate) fn find(source: &str, open: usize, tags: &[Tag<'_>]) -> Result<Option<Found>, Fault> {
    let Some((close, in_label)) = end_of_label(source, open, tags) else { return Ok(None) };
    let address = close + 2;
    let next = tags.get(in_label);
    let blank = source[address..].len() - source[address..].trim_start_matches(' ').len();
    let (target, end, in_address) = if let Some(tag) = next.filter(|tag| tag.range.start == address + blank) {
        (placeholder(source, tag)?, end_after(source, tag.range.end)?, 1)
    } else {
        let limit = next.map_or(source.len(), |tag| tag.range.start);
        let Some(length) = source[address..limit].find([')', '\n']) else {
            return Err(bad(source, address, "an address is written out, or it is one placeholder"));
        };
        (written(source, address..address + length)?, end_after(source, address + length)?, 0)
    };
    let label = label(source, open + 1..close, &tags[..in_label])?;
    let placeholders = in_address + label.iter().filter(|node| matches!(node, Node::Print(_))).count();
    let node = Node::Link { label, target };
    Ok(Some(Found { node, end, tags: in_label + in_address, placeholders }))
}

/// Where `](` stands and how many placeholders come before; `None` where the bracket is a bracket. Another bracket ends the search,
/// so that a row of them costs no more than its length.
fn end_of_label(source: &str, open: usize, tags: &[Tag<'_>]) -> Option<(usize, usize)> {
    let mut from = open + 1;
    for count in 0..=tags.len() {
        let tag = tags.get(count);
        let limit = tag.map_or(source.len(), |tag| tag.range.start);
        if let Some(offset) = source.get(from..limit)?.find(['[', ']', '\n']) {
            let at = from + offset;
            return source[at..].starts_with("](").then_some((at, count));
        }
        let tag = tag.filter(|tag| !tag.is_block)?;
        from = tag.range.end;
    }
    None
}

fn label(source: &str, range: Range<usize>, tags: &[Tag<'_>]) -> Result<Vec<Node>, Fault> {
    let mut nodes = Vec::new();
    let mut from = range.start;
    for tag in tags {
        nodes.extend(text(source, from..tag.range.start));
        match read(source, tag)? {
            What::Node(node) => nodes.push(node),
            What::If(_) | What::Elif(_) | What::Else | What::Endif | What::Bold => {}
        }
        from = tag.range.end;
    }
    nodes.extend(text(source, from..range.end));
    let is_empty = nodes.iter().all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()));
    if is_empty { Err(bad(source, range.start, "this link says nothing; write a label")) } else { Ok(nodes) }
}

fn text(source: &str, range: Range<usize>) -> Option<Node> {
    (!range.is_empty()).then(|| Node::Text(source[range].to_owned()))
}

fn placeholder(source: &str, tag: &Tag<'_>) -> Result<Target, Fault> {
    match read(source, tag)? {
        What::Node(Node::Print(print)) if print.filters.is_empty() => Ok(Target::Of(print.name)),
        What::Node(_) | What::If(_) | What::Elif(_) | What::Else | What::Endif | What::Bold => Err(bad(
            source,
            tag.range.start,
            "an address takes a placeholder without filters: ({{ action_url }})",
        )),
    }
}

fn written(source: &str, range: Range<usize>) -> Result<Target, Fault> {
    match safe(source[range.clone()].trim()) {
        Some(address) => Ok(Target::Fixed(address.to_owned())),
        None => Err(bad(source, range.start, "an address begins with https://, mailto: or tel:")),
    }
}

fn end_after(source: &str, at: usize) -> Result<usize, Fault> {
    let blank = source[at..].len() - source[at..].trim_start_matches(' ').len();
    if source[at + blank..].starts_with(')') {
        Ok(at + blank + 1)
    } else {
        Err(bad(
            source,
            at,
            "`)` is missing at the end of this address, which is written out or one placeholder",
        ))
    }
}

fn bad(source: &str, offset: usize, detail: &str) -> Fault {
    Fault::new(Place::at(source, offset), Code::BadLink, detail)
}

/// An address that a link may lead to: `https://` with something behind it, `mailto:` or `tel:`, in characters that URLs have.
/// Everything else runs something, or looks like what it is not.
pub(crate) fn safe(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once(':')?;
    let leads = match scheme.to_ascii_lowercase().as_str() {
        "https" => rest.strip_prefix("//").is_some_and(|host| host.starts_with(char::is_alphanumeric)),
        "mailto" | "tel" => !rest.is_empty(),
        _ => false,
    };
    let plain = |c: char| c.is_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    (leads && address.len() <= LONGEST_ADDRESS && address.chars().all(plain)).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_a_page_a_mailbox_or_a_telephone_and_runs_nothing() {
        for address in
            ["https://a.example/x?y=1&z=é#f", "HTTPS://a.example", "mailto:a@b.example", "tel:+33478000000"]
        {
            assert_eq!(safe(address), Some(address));
        }
        for address in [
            "http://a.example",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "https:a",
            "https://",
            "https:///x",
            "//a.example",
            "/x",
            "vbscript:x",
            "file:///etc/passwd",
            "java\nscript:x",
            "https://a.example/\"x",
            "https://a.example/ x",
            "https://a.example\\@b.example",
            "mailto:",
            "",
        ] {
            assert_eq!(safe(address), None, "{address:?}");
        }
    }
}
