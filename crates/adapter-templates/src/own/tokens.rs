//! Words and marks within curly brackets.

use carillon_domain::own_text::ProblemCode as Code;

use crate::own::limits::{LONGEST_LITERAL, LONGEST_NAME, MOST_TOKENS};
use crate::own::tree::{Fault, Place};

/// One word or mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A dotted name, or a word such as `and`.
    Name(&'a str),
    /// A text in quotes, as it stands between them.
    Text(&'a str),
    Whole(i64),
    /// One of `| ( ) ,`.
    Mark(char),
    /// `==`.
    Equals,
}

/// The tokens of one pair of brackets, each with its offset in the source.
pub(crate) struct Tokens<'a> {
    source: &'a str,
    found: Vec<(usize, Token<'a>)>,
    at: usize,
    end: usize,
}

impl<'a> Tokens<'a> {
    /// Reads `source[from..to]`.
    pub(crate) fn read(source: &'a str, from: usize, to: usize) -> Result<Self, Fault> {
        let mut tokens = Self { source, found: Vec::new(), at: 0, end: to };
        let mut at = from;
        while at < to {
            let rest = &source[at..to];
            let blank = rest.len() - rest.trim_start().len();
            if blank > 0 {
                at += blank;
                continue;
            }
            if tokens.found.len() == MOST_TOKENS {
                return Err(fault(source, at, Code::TooMuch, "this is too long; use several conditions"));
            }
            let (token, length) = token(rest).map_err(|(code, detail)| fault(source, at, code, detail))?;
            tokens.found.push((at, token));
            at += length;
        }
        Ok(tokens)
    }

    /// Takes the next token.
    pub(crate) fn next(&mut self) -> Option<Token<'a>> {
        let token = self.found.get(self.at).map(|(_, token)| *token);
        self.at += 1;
        token
    }

    /// Takes the next token if it is this one.
    pub(crate) fn skip(&mut self, wanted: Token<'_>) -> bool {
        let found = self.found.get(self.at).is_some_and(|(_, token)| *token == wanted);
        self.at += usize::from(found);
        found
    }

    /// Takes the next token, which has to be this one.
    pub(crate) fn expect(&mut self, wanted: Token<'_>) -> Result<(), Fault> {
        if self.skip(wanted) {
            return Ok(());
        }
        let mark = match wanted {
            Token::Mark(mark) => mark.to_string(),
            Token::Name(_) | Token::Text(_) | Token::Whole(_) | Token::Equals => "==".to_owned(),
        };
        Err(self.fault(Code::Syntax, format!("`{mark}` is missing here")))
    }

    /// Nothing may follow.
    pub(crate) fn end(&self, otherwise: &str) -> Result<(), Fault> {
        match self.found.get(self.at) {
            None => Ok(()),
            Some((_, Token::Mark('('))) => {
                Err(self.fault(Code::NotAllowed, "own texts have filters, and no functions"))
            }
            Some((_, Token::Name("is"))) => {
                Err(self.fault(Code::NotAllowed, "write {% if name %} to ask whether there is a value"))
            }
            Some((_, Token::Name("if" | "else" | "in") | Token::Equals)) => {
                Err(self.fault(Code::NotAllowed, otherwise))
            }
            Some((_, Token::Name(_) | Token::Text(_) | Token::Whole(_) | Token::Mark(_))) => {
                Err(self.fault(Code::Syntax, otherwise))
            }
        }
    }

    /// Where the next token stands.
    pub(crate) fn place(&self) -> Place {
        Place::at(self.source, self.found.get(self.at).map_or(self.end, |(offset, _)| *offset))
    }

    /// Where the token stands that was just taken.
    pub(crate) fn place_before(&self) -> Place {
        let before = self.at.checked_sub(1).and_then(|at| self.found.get(at));
        Place::at(self.source, before.map_or(self.end, |(offset, _)| *offset))
    }

    pub(crate) fn fault(&self, code: Code, detail: impl Into<String>) -> Fault {
        Fault::new(self.place(), code, detail)
    }

    pub(crate) fn fault_before(&self, code: Code, detail: impl Into<String>) -> Fault {
        Fault::new(self.place_before(), code, detail)
    }
}

fn fault(source: &str, offset: usize, code: Code, detail: impl Into<String>) -> Fault {
    Fault::new(Place::at(source, offset), code, detail)
}

/// The token that a text begins with, and its length in bytes.
fn token(rest: &str) -> Result<(Token<'_>, usize), (Code, String)> {
    let Some(first) = rest.chars().next() else { return Err((Code::Syntax, "nothing".to_owned())) };
    let while_true = |holds: fn(char) -> bool| rest.find(|c| !holds(c)).unwrap_or(rest.len());
    match first {
        '"' | '\'' => quoted(rest, first),
        '|' | '(' | ')' | ',' => Ok((Token::Mark(first), 1)),
        '=' if rest.starts_with("==") => Ok((Token::Equals, 2)),
        c if c.is_ascii_digit() => {
            let length = while_true(|c| c.is_ascii_digit());
            let number =
                rest[..length].parse().map_err(|_| (Code::Syntax, "this number is too large".to_owned()))?;
            Ok((Token::Whole(number), length))
        }
        c if c.is_ascii_alphabetic() || c == '_' => {
            let length = while_true(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
            let name = &rest[..length];
            if length > LONGEST_NAME {
                return Err((Code::TooLong, format!("a name has at most {LONGEST_NAME} characters")));
            }
            if name.split('.').any(str::is_empty) {
                return Err((Code::Syntax, format!("`{name}` has a dot too many")));
            }
            Ok((Token::Name(name), length))
        }
        c => Err((
            Code::NotAllowed,
            format!("`{c}` is not allowed here: own texts print values and compute nothing"),
        )),
    }
}

fn quoted(rest: &str, quote: char) -> Result<(Token<'_>, usize), (Code, String)> {
    let inside = &rest[1..];
    let Some(length) = inside.find(quote) else {
        return Err((Code::Syntax, "this quotation mark is never closed".to_owned()));
    };
    let text = &inside[..length];
    if text.contains(['\\', '\n']) {
        return Err((Code::NotAllowed, "a text in quotes is one line without `\\`".to_owned()));
    }
    if text.chars().count() > LONGEST_LITERAL {
        return Err((Code::TooLong, format!("a text in quotes has at most {LONGEST_LITERAL} characters")));
    }
    Ok((Token::Text(text), length + 2))
}
