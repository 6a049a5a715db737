//! From what a business wrote to a tree, whatever the kind and the language.

use std::iter::Peekable;
use std::vec::IntoIter;

use carillon_domain::OwnText;
use carillon_domain::own_text::{ProblemCode as Code, TextPart};

use crate::own::html;
use crate::own::letters;
use crate::own::limits::{DEEPEST, LARGEST_FIXED};
use crate::own::pieces::{self, Piece, What};
use crate::own::tree::{Branch, Fault, Node, Place};

/// A text that can be made.
#[derive(Debug)]
pub(crate) struct Compiled {
    parts: Vec<(TextPart, Vec<Node>)>,
}

impl Compiled {
    /// The tree of a part; empty where the text has no such part.
    pub(crate) fn part(&self, part: TextPart) -> &[Node] {
        self.parts.iter().find(|(found, _)| *found == part).map_or(&[], |(_, nodes)| nodes)
    }

    /// Each part with its tree.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (TextPart, &[Node])> {
        self.parts.iter().map(|(part, nodes)| (*part, nodes.as_slice()))
    }
}

/// Compiles all parts, or says of each what is wrong with it first.
pub(crate) fn compile(text: &OwnText) -> Result<Compiled, Vec<(TextPart, Fault)>> {
    let (mut parts, mut faults) = (Vec::new(), Vec::new());
    for (part, source) in text.parts() {
        let is_marked = matches!((text, part), (OwnText::Email { .. }, TextPart::Body));
        match tree(part, source, is_marked) {
            Ok(nodes) => parts.push((part, nodes)),
            Err(fault) => faults.push((part, fault)),
        }
    }
    if faults.is_empty() { Ok(Compiled { parts }) } else { Err(faults) }
}

fn tree(part: TextPart, source: &str, is_marked: bool) -> Result<Vec<Node>, Fault> {
    check_size(part, source)?;
    let source = source.replace("\r\n", "\n");
    if source.trim().is_empty() {
        return Err(Fault::new(Place::START, Code::Empty, "write something here"));
    }
    if let Some((offset, c)) = source.char_indices().find(|(_, c)| letters::is_refused(*c)) {
        let detail = format!("the character U+{:04X} cannot be seen here; remove it", u32::from(c));
        return Err(Fault::new(Place::at(&source, offset), Code::InvisibleCharacter, detail));
    }
    let mut parser =
        Parser { pieces: pieces::cut(&source, is_marked)?.into_iter().peekable(), source: &source };
    let nodes = parser.nodes(0, false)?;
    if let Some(stray) = parser.pieces.next() {
        let detail =
            "this belongs to no {% if %}: one is missing before, or there is an {% endif %} too many";
        return Err(parser.fault(stray.at, Code::Syntax, detail));
    }
    if html::fixed(&nodes) > LARGEST_FIXED {
        let detail =
            format!("this makes more than {LARGEST_FIXED} bytes of HTML without any values; shorten it");
        return Err(Fault::new(Place::START, Code::TooLong, detail));
    }
    Ok(nodes)
}

/// The first part of which more is written than fits; nothing is read of such a text, nor kept.
pub(crate) fn too_long(text: &OwnText) -> Option<(TextPart, Fault)> {
    text.parts().into_iter().find_map(|(part, source)| Some((part, check_size(part, source).err()?)))
}

fn check_size(part: TextPart, source: &str) -> Result<(), Fault> {
    let longest = part.longest();
    let (size, unit) = match part {
        TextPart::Subject | TextPart::Title => (source.chars().take(longest + 1).count(), "characters"),
        TextPart::Body | TextPart::Text => (source.len(), "bytes"),
    };
    if size <= longest {
        return Ok(());
    }
    Err(Fault::new(Place::START, Code::TooLong, format!("at most {longest} {unit}, placeholders included")))
}

struct Parser<'a> {
    pieces: Peekable<IntoIter<Piece>>,
    source: &'a str,
}

impl Parser<'_> {
    /// Takes nodes up to what closes them, which is left.
    fn nodes(&mut self, depth: usize, in_bold: bool) -> Result<Vec<Node>, Fault> {
        let mut nodes = Vec::new();
        while let Some(piece) = self.pieces.next_if(|piece| opens(&piece.what, in_bold)) {
            if depth > DEEPEST {
                let detail = format!("conditions and emphasis nest at most {DEEPEST} deep");
                return Err(self.fault(piece.at, Code::TooMuch, detail));
            }
            let node = match piece.what {
                What::Node(node) => node,
                What::Bold => self.bold(piece.at, depth)?,
                What::If(condition) => {
                    let first = Branch { condition: Some(condition), nodes: self.nodes(depth + 1, false)? };
                    self.branches(piece.at, first, depth)?
                }
                // `opens` lets none of them through; they close what came before.
                What::Elif(_) | What::Else | What::Endif => continue,
            };
            nodes.push(node);
        }
        Ok(nodes)
    }

    fn bold(&mut self, at: usize, depth: usize) -> Result<Node, Fault> {
        let inside = self.nodes(depth + 1, true)?;
        match self.pieces.next() {
            Some(Piece { what: What::Bold, .. }) => Ok(Node::Bold(inside)),
            Some(_) | None => Err(self.fault(
                at,
                Code::Syntax,
                "`**` has no partner; both stand inside or both outside of the same condition",
            )),
        }
    }

    fn branches(&mut self, at: usize, first: Branch, depth: usize) -> Result<Node, Fault> {
        let mut branches = vec![first];
        loop {
            let is_last = branches.last().is_some_and(|branch| branch.condition.is_none());
            let condition = match self.pieces.next() {
                Some(Piece { what: What::Endif, .. }) => return Ok(Node::If(branches)),
                Some(Piece { what: What::Elif(condition), .. }) if !is_last => Some(condition),
                Some(Piece { what: What::Else, .. }) if !is_last => None,
                Some(piece) => {
                    return Err(self.fault(piece.at, Code::Syntax, "after {% else %} comes {% endif %}"));
                }
                None => return Err(self.fault(at, Code::Syntax, "this {% if %} has no {% endif %}")),
            };
            branches.push(Branch { condition, nodes: self.nodes(depth + 1, false)? });
        }
    }

    fn fault(&self, at: usize, code: Code, detail: impl Into<String>) -> Fault {
        Fault::new(Place::at(self.source, at), code, detail)
    }
}

/// Whether a piece belongs to the nodes that are being taken, rather than closing them.
const fn opens(what: &What, in_bold: bool) -> bool {
    match what {
        What::Node(_) | What::If(_) => true,
        What::Bold => !in_bold,
        What::Elif(_) | What::Else | What::Endif => false,
    }
}
