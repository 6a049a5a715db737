//! What an own text is made of once it is read: a finite tree, walked at most once for each thing that is made of it. Nothing in it
//! repeats, calls or computes, so what it can cost is known from its size.

use carillon_domain::own_text::ProblemCode;

/// Where something stands in a part of a text; both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: usize,
    /// In characters.
    pub(crate) column: usize,
}

impl Place {
    /// The very beginning.
    pub(crate) const START: Self = Self { line: 1, column: 1 };

    /// The place of a byte offset.
    pub(crate) fn at(source: &str, offset: usize) -> Self {
        let before = source.get(..offset).unwrap_or(source);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self { line: 1 + before.matches('\n').count(), column: 1 + before[line_start..].chars().count() }
    }
}

/// Something that is wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) place: Place,
    pub(crate) code: ProblemCode,
    pub(crate) detail: String,
}

impl Fault {
    pub(crate) fn new(place: Place, code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { place, code, detail: detail.into() }
    }
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// What the business wrote, line breaks included.
    Text(String),
    /// A value.
    Print(Print),
    /// The first branch whose condition holds.
    If(Vec<Branch>),
    /// Emphasis.
    Bold(Vec<Node>),
    /// A link.
    Link {
        /// Texts and values, nothing else.
        label: Vec<Node>,
        /// Where it leads.
        target: Target,
    },
}

/// One way that a condition can turn out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Branch {
    /// `None` for `else`.
    pub(crate) condition: Option<Condition>,
    pub(crate) nodes: Vec<Node>,
}

/// `{{ name|filter }}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Print {
    pub(crate) name: Name,
    pub(crate) filters: Vec<PlacedFilter>,
}

/// A dotted name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) path: String,
    pub(crate) place: Place,
}

/// A filter where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlacedFilter {
    pub(crate) filter: Filter,
    pub(crate) place: Place,
}

/// What makes a value readable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Filter {
    Date,
    Day,
    ShortDate,
    Time,
    Money(Currency),
    Number,
    Percent,
    Plural {
        one: String,
        other: String,
    },
    Upper,
    Lower,
    Title,
    /// French: `d’Atelier`, `de Martin`.
    De,
    /// French: `qu’Atelier`, `que Martin`.
    Que,
    Default(String),
}

/// Where a currency comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Currency {
    Fixed(String),
    Of(Name),
}

/// What stands after `if`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// The value is there, and neither empty, zero nor false.
    Given(Name),
    /// The value is this one.
    Equals(Name, Literal),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// A value as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Literal {
    Text(String),
    Whole(i64),
    Flag(bool),
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// As written; checked.
    Fixed(String),
    /// What a value says; checked when the text is made.
    Of(Name),
}
