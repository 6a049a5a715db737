//! A text cut into pieces in the order they are written: texts, placeholders, the parts of conditions, and marks of the body.

use std::ops::Range;

use carillon_domain::own_text::ProblemCode as Code;

use crate::own::expression;
use crate::own::limits::{MOST_BRANCHES, MOST_MARKS, MOST_PLACEHOLDERS};
use crate::own::links;
use crate::own::tokens::{Token, Tokens};
use crate::own::tree::{Condition, Fault, Node, Place};
use crate::tags::{Tag, tags};

/// A piece with its byte offset.
pub(crate) struct Piece {
    pub(crate) at: usize,
    pub(crate) what: What,
}

/// What a piece is.
pub(crate) enum What {
    /// A text, a placeholder or a link.
    Node(Node),
    If(Condition),
    Elif(Condition),
    Else,
    Endif,
    /// `**`.
    Bold,
}

/// Cuts a text. Marks of emphasis and links count only where the part has them.
pub(crate) fn cut(source: &str, is_marked: bool) -> Result<Vec<Piece>, Fault> {
    let mut cutter = Cutter {
        source,
        tags: tags(source),
        next: 0,
        at: 0,
        is_marked,
        pieces: Vec::new(),
        counts: Counts::default(),
    };
    while cutter.at < source.len() {
        cutter.step()?;
    }
    Ok(cutter.pieces)
}

#[derive(Default)]
struct Counts {
    placeholders: usize,
    branches: usize,
    marks: usize,
}

struct Cutter<'a> {
    source: &'a str,
    tags: Vec<Tag<'a>>,
    /// The first tag that is not yet cut.
    next: usize,
    at: usize,
    is_marked: bool,
    pieces: Vec<Piece>,
    counts: Counts,
}

impl Cutter<'_> {
    /// Takes the text up to the next tag or mark, and that with it.
    fn step(&mut self) -> Result<(), Fault> {
        let end = self.tags.get(self.next).map_or(self.source.len(), |tag| tag.range.start);
        let mut from = self.at;
        while let Some(mark) = self.mark(from..end) {
            if self.source[mark..].starts_with("**") {
                self.push_text(self.at..mark);
                self.push(mark, What::Bold)?;
                self.at = mark + 2;
                return Ok(());
            }
            if let Some(link) = links::find(self.source, mark, &self.tags[self.next..])? {
                self.push_text(self.at..mark);
                self.counts.placeholders += link.placeholders;
                self.push(mark, What::Node(link.node))?;
                self.at = link.end;
                self.next += link.tags;
                return Ok(());
            }
            from = mark + 1;
        }
        if let Some(tag) = self.tags.get(self.next).cloned() {
            return self.tag(&tag);
        }
        self.push_text(self.at..end);
        self.at = end;
        Ok(())
    }

    /// The next mark. Looks no further than to the first, so that a row of brackets is read once.
    fn mark(&self, within: Range<usize>) -> Option<usize> {
        let text = self.source.get(within.clone()).filter(|_| self.is_marked)?;
        let mut candidates = text.match_indices(['[', '*']);
        let found = candidates.find(|(at, mark)| *mark == "[" || text[*at..].starts_with("**"));
        found.map(|(at, _)| within.start + at)
    }

    fn tag(&mut self, tag: &Tag<'_>) -> Result<(), Fault> {
        let what = read(self.source, tag)?;
        let is_block = !matches!(what, What::Node(_));
        let whole_line = if is_block { line_of(self.source, &tag.range, self.at) } else { None };
        let taken = whole_line.unwrap_or_else(|| tag.range.clone());
        self.push_text(self.at..taken.start);
        self.push(tag.range.start, what)?;
        self.at = taken.end;
        self.next += 1;
        Ok(())
    }

    fn push_text(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            let what = What::Node(Node::Text(self.source[range.clone()].to_owned()));
            self.pieces.push(Piece { at: range.start, what });
        }
    }

    fn push(&mut self, at: usize, what: What) -> Result<(), Fault> {
        match &what {
            What::Node(Node::Print(_)) => self.counts.placeholders += 1,
            What::Node(Node::Link { .. }) | What::Bold => self.counts.marks += 1,
            What::If(_) | What::Elif(_) | What::Else => self.counts.branches += 1,
            What::Node(Node::Text(_) | Node::If(_) | Node::Bold(_)) | What::Endif => {}
        }
        let Counts { placeholders, branches, marks } = self.counts;
        for (count, most, name) in [
            (placeholders, MOST_PLACEHOLDERS, "placeholders"),
            (branches, MOST_BRANCHES, "conditions"),
            (marks, MOST_MARKS, "marks of emphasis and links"),
        ] {
            if count > most {
                let detail = format!("a text has at most {most} {name}");
                return Err(Fault::new(Place::at(self.source, at), Code::TooMuch, detail));
            }
        }
        self.pieces.push(Piece { at, what });
        Ok(())
    }
}

/// Reads one tag.
pub(crate) fn read(source: &str, tag: &Tag<'_>) -> Result<What, Fault> {
    let (start, end) = (tag.range.start, tag.range.end);
    let fault = |code, detail: String| Fault::new(Place::at(source, start), code, detail);
    let (open, close) = (&source[start..start + 2], if tag.is_block { "%}" } else { "}}" });
    if open == "{#" {
        return Err(fault(Code::NotAllowed, "own texts have no comments".to_owned()));
    }
    if end < start + 4 || !source[..end].ends_with(close) {
        return Err(fault(Code::Syntax, format!("`{open}` is never closed by `{close}`")));
    }
    let mut tokens = Tokens::read(source, start + 2, end - 2)?;
    if !tag.is_block {
        return Ok(What::Node(Node::Print(expression::print(&mut tokens)?)));
    }
    match tokens.next() {
        Some(Token::Name("if")) => Ok(What::If(expression::condition(&mut tokens)?)),
        Some(Token::Name("elif")) => Ok(What::Elif(expression::condition(&mut tokens)?)),
        Some(Token::Name(word @ ("else" | "endif"))) => {
            tokens.end("nothing else stands here")?;
            Ok(if word == "else" { What::Else } else { What::Endif })
        }
        Some(Token::Name(_) | Token::Text(_) | Token::Whole(_) | Token::Mark(_) | Token::Equals) | None => Err(fault(
            Code::NotAllowed,
            "own texts have conditions (if, elif, else, endif), and nothing that repeats, sets or includes".to_owned(),
        )),
    }
}

/// The whole line of a tag that stands on it alone: it leaves no empty line behind.
fn line_of(source: &str, tag: &Range<usize>, from: usize) -> Option<Range<usize>> {
    let start = source[..tag.start].rfind('\n').map_or(0, |newline| newline + 1);
    let after = &source[tag.end..];
    let rest = after.find('\n').map_or(after.len(), |newline| newline + 1);
    let alone =
        start >= from && source[start..tag.start].trim().is_empty() && after[..rest].trim().is_empty();
    alone.then_some(start..tag.end + rest)
}
