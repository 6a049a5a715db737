//! The body of an e-mail as HTML: paragraphs, line breaks, emphasis, links, and a button for a link that is a paragraph of its own.
//! All that a business or a value says is escaped here; all markup there is stands in this file.

use crate::engine::entity;
use crate::own::limits::LARGEST_OUTPUT;
use crate::own::tree::Node;
use crate::own::walk::Page;
use crate::typography;

const FIRST: &str = "<p style=\"margin: 0\">";
const NEXT: &str = "<p style=\"margin: 16px 0 0\">";
const END: &str = "</p>\n";
const BREAK: &str = "<br />";
const BOLD: [&str; 2] = ["<strong>", "</strong>"];
/// What a line break of the text can cost at most: two of them make a paragraph.
const COST_OF_BREAK: usize = (NEXT.len() + END.len()).div_ceil(2);

/// How the e-mail of a business looks.
pub(crate) struct Look<'a> {
    /// `#rrggbb`.
    pub(crate) accent: &'a str,
    /// What is written on it.
    pub(crate) accent_text: &'a str,
    /// Marks before which a line does not break.
    pub(crate) no_break_before: &'a str,
    /// Marks after which a line does not break.
    pub(crate) no_break_after: &'a str,
}

/// How many bytes of HTML a tree makes at most without its values and links, whichever way its conditions turn out.
pub(crate) fn fixed(nodes: &[Node]) -> usize {
    nodes
        .iter()
        .map(|node| match node {
            Node::Text(text) => text.chars().map(cost).sum(),
            Node::If(branches) => branches.iter().map(|branch| fixed(&branch.nodes)).sum(),
            Node::Bold(inside) => BOLD[0].len() + BOLD[1].len() + fixed(inside),
            Node::Print(_) | Node::Link { .. } => 0,
        })
        .sum()
}

/// What a character costs at most; a blank may become unbreakable.
fn cost(c: char) -> usize {
    match c {
        '\n' => COST_OF_BREAK,
        ' ' => '\u{a0}'.len_utf8(),
        c => entity(c).map_or(c.len_utf8(), str::len),
    }
}

/// A body that is being written.
pub(crate) struct HtmlPage<'a> {
    look: Look<'a>,
    done: String,
    paragraph: String,
    /// Line breaks that were read since something was written.
    breaks: usize,
    bold: usize,
    /// The one link that the paragraph consists of, as long as it does.
    lone_link: Option<(String, String)>,
    has_words: bool,
    /// Bytes that values and links may still take.
    room: usize,
    is_full: bool,
}

impl<'a> HtmlPage<'a> {
    /// An empty body for a tree of this fixed size.
    pub(crate) fn new(look: Look<'a>, fixed: usize) -> Self {
        Self {
            look,
            done: String::new(),
            paragraph: String::new(),
            breaks: 0,
            bold: 0,
            lone_link: None,
            has_words: false,
            room: LARGEST_OUTPUT.saturating_sub(fixed + FIRST.len() + END.len()),
            is_full: false,
        }
    }

    /// The HTML.
    pub(crate) fn finish(mut self) -> String {
        self.end_paragraph();
        self.done
    }

    fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        let button = self.lone_link.take().filter(|_| !self.has_words);
        let is_empty = button.is_none() && !self.has_words;
        self.has_words = false;
        if is_empty {
            return;
        }
        self.done.push_str(if self.done.is_empty() { FIRST } else { NEXT });
        match button {
            Some((label, address)) => self.done.push_str(&self.button(&label, &address)),
            None => self.done.push_str(paragraph.trim()),
        }
        self.done.push_str(END);
    }

    /// Writes the line breaks that were read, now that something follows. Emphasis does not reach over paragraphs.
    fn settle(&mut self) {
        if self.breaks >= 2 && self.bold == 0 {
            self.end_paragraph();
        } else if self.breaks > 0 && self.has_content() {
            self.paragraph.push_str(BREAK);
        }
        self.breaks = 0;
    }

    fn has_content(&self) -> bool {
        self.has_words || self.lone_link.is_some()
    }

    fn words(&mut self, html: &str) {
        self.settle();
        self.has_words |= !html.trim().is_empty();
        self.paragraph.push_str(html);
    }

    /// Takes room for a value or a link.
    fn takes(&mut self, bytes: usize) -> bool {
        let left = self.room.checked_sub(bytes).filter(|_| !self.is_full);
        self.is_full = left.is_none();
        self.room = left.unwrap_or(self.room);
        left.is_some()
    }

    fn button(&self, label: &str, address: &str) -> String {
        let Look { accent, accent_text, .. } = self.look;
        format!(
            "<a href=\"{address}\" style=\"display: inline-block; margin: 6px 0; padding: 14px 26px; border-radius: 10px; background: {accent}; color: {accent_text}; font-weight: 600; line-height: 1.3; text-decoration: none\">{label}</a>"
        )
    }
}

impl Page for HtmlPage<'_> {
    fn text(&mut self, text: &str) {
        for (index, line) in text.split('\n').enumerate() {
            self.breaks += usize::from(index > 0);
            // A line of blanks is an empty one, but a blank between two values is not.
            if line.is_empty() || (self.breaks > 0 && line.trim().is_empty()) {
                continue;
            }
            let line = escaped(line);
            let (before, after) = (self.look.no_break_before, self.look.no_break_after);
            self.words(&typography::without_breaks(&line, before, after));
        }
    }

    fn value(&mut self, value: &str) {
        let mut html = String::new();
        let mut empty = 0;
        for line in value.trim().lines() {
            empty = if line.trim().is_empty() { empty + 1 } else { 0 };
            if empty > 1 {
                continue;
            }
            if !html.is_empty() {
                html.push_str(BREAK);
            }
            html.push_str(&escaped(line));
        }
        if !html.is_empty() && self.takes(html.len() + BREAK.len()) {
            self.words(&html);
        }
    }

    fn is_full(&self) -> bool {
        self.is_full
    }

    fn open_bold(&mut self) {
        self.settle();
        self.bold += 1;
        self.paragraph.push_str(BOLD[0]);
    }

    fn close_bold(&mut self) {
        self.bold -= 1;
        self.paragraph.push_str(BOLD[1]);
    }

    fn link(&mut self, label: &str, address: Option<&str>) {
        let Some(address) = address.filter(|_| !label.is_empty()) else { return self.value(label) };
        let (label, address) = (escaped(label), escaped(address));
        let html =
            format!("<a href=\"{address}\" style=\"color: inherit; text-decoration: underline\">{label}</a>");
        // A button is the longest that it can become.
        if !self.takes(self.button(&label, &address).len() + NEXT.len() + END.len()) {
            return;
        }
        self.settle();
        let is_first = !self.has_content();
        self.has_words |= !is_first;
        self.lone_link = is_first.then_some((label, address));
        self.paragraph.push_str(&html);
    }
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match entity(c) {
            Some(entity) => html.push_str(entity),
            None => html.push(c),
        }
    }
    html
}
