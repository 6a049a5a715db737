//! What a compiled text says to the schema of its kind: unknown names, values of the wrong type, what may be absent.

use carillon_domain::own_text::{ProblemCode as Code, TextPart, TextProblem};

use crate::money;
use crate::own::limits::MOST_PROBLEMS;
use crate::own::names::{Known, Names};
use crate::own::shape::Shape;
use crate::own::tree::{Condition, Currency, Fault, Filter, Literal, Name, Node, Place, Print, Target};

/// Checks one part; the problems are added.
pub(crate) fn check(part: TextPart, nodes: &[Node], names: Names<'_>, problems: &mut Vec<TextProblem>) {
    let mut checker = Checker { names, part, given: Vec::new(), problems };
    checker.nodes(nodes);
}

/// A problem of a part.
pub(crate) fn problem(part: TextPart, fault: Fault) -> TextProblem {
    let Fault { place: Place { line, column }, code, detail } = fault;
    TextProblem { part, line, column, code, detail }
}

struct Checker<'a> {
    names: Names<'a>,
    part: TextPart,
    /// The names that are there, by the conditions around.
    given: Vec<String>,
    problems: &'a mut Vec<TextProblem>,
}

impl Checker<'_> {
    fn add(&mut self, place: Place, code: Code, detail: String) {
        let problem = problem(self.part, Fault { place, code, detail });
        if self.problems.len() < MOST_PROBLEMS && !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(_) => {}
                Node::Print(print) => self.print(print),
                Node::Bold(inside) => self.nodes(inside),
                Node::Link { label, target } => {
                    self.nodes(label);
                    self.target(target);
                }
                Node::If(branches) => {
                    let before = self.given.len();
                    for branch in branches {
                        let inside = self.given.len();
                        if let Some(condition) = &branch.condition {
                            self.condition(condition);
                            self.given.extend(given(condition, true));
                        }
                        self.nodes(&branch.nodes);
                        self.given.truncate(inside);
                        // What comes after is only reached where this condition does not hold.
                        if let Some(condition) = &branch.condition {
                            self.given.extend(given(condition, false));
                        }
                    }
                    self.given.truncate(before);
                }
            }
        }
    }

    fn find(&mut self, name: &Name) -> Option<Known> {
        let found = self.names.find(&name.path);
        if found.is_none() && self.problems.len() < MOST_PROBLEMS {
            let near = self.names.nearest(&name.path);
            let advice = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            let detail = format!("`{}` is not known to {}{advice}", name.path, self.names.kind.name);
            self.add(name.place, Code::UnknownName, detail);
        }
        found
    }

    fn print(&mut self, print: &Print) {
        let Some(known) = self.find(&print.name) else { return };
        let path = &print.name.path;
        let place = print.name.place;
        if matches!(known.shape, Shape::Group | Shape::List | Shape::Flag) {
            let detail =
                format!("`{path}` is {} and cannot be printed; use it in a condition", known.shape.words());
            return self.add(place, Code::WrongType, detail);
        }
        self.filters(print, &known.shape);
        let has_default = print.filters.iter().any(|placed| matches!(placed.filter, Filter::Default(_)));
        if !has_default {
            self.presence(&print.name, &known);
        }
        let advice = match known.shape {
            Shape::Time => "a time reads like 2026-12-03T14:30:00+01:00; add |date or |time",
            Shape::Money => "an amount in minor units reads like 4500; add |money(…)",
            Shape::Text { .. }
            | Shape::Choice(_)
            | Shape::Url
            | Shape::Number { .. }
            | Shape::Flag
            | Shape::Group
            | Shape::List => return,
        };
        let is_formatted = print.filters.iter().any(|placed| !matches!(placed.filter, Filter::Default(_)));
        if !is_formatted {
            self.add(place, Code::Unformatted, format!("`{path}`: {advice}"));
        }
    }

    fn filters(&mut self, print: &Print, shape: &Shape) {
        let mut shape = shape.clone();
        for placed in &print.filters {
            match shape.filtered(&placed.filter) {
                Ok(made) => shape = made,
                Err(takes) => {
                    let detail =
                        format!("this filter takes {takes}; `{}` is {} here", print.name.path, shape.words());
                    return self.add(placed.place, Code::WrongType, detail);
                }
            }
            let Filter::Money(currency) = &placed.filter else { continue };
            match currency {
                Currency::Of(name) => {
                    if let Some(known) = self.find(name) {
                        self.presence(name, &known);
                    }
                }
                Currency::Fixed(code) if !money::is_code(code) => {
                    let detail = "the currency is no code of ISO 4217, such as EUR".to_owned();
                    self.add(placed.place, Code::WrongType, detail);
                }
                Currency::Fixed(_) => {}
            }
        }
    }

    fn target(&mut self, target: &Target) {
        let Target::Of(name) = target else { return };
        if let Some(known) = self.find(name)
            && known.shape != Shape::Url
        {
            let detail = format!("a link leads to an address; `{}` is {}", name.path, known.shape.words());
            self.add(name.place, Code::BadLink, detail);
        } else if let Some(known) = self.names.find(&name.path) {
            self.presence(name, &known);
        }
    }

    /// Warns of a name that may be absent and that no condition around makes sure of.
    fn presence(&mut self, name: &Name, known: &Known) {
        let is_sure = |optional: &String| {
            self.given.iter().any(|given| {
                given
                    .strip_prefix(optional.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        if let Some(absent) = known.optional.iter().find(|optional| !is_sure(optional)) {
            let detail = format!(
                "`{absent}` may be absent, and nothing stands here then; put {{% if {absent} %}} … {{% endif %}} around it"
            );
            self.add(name.place, Code::MayBeAbsent, detail);
        }
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Given(name) => _ = self.find(name),
            Condition::Not(inner) => self.condition(inner),
            Condition::All(inner) | Condition::Any(inner) => {
                for inner in inner {
                    self.condition(inner);
                }
            }

            Condition::Equals(name, literal) => {
                let Some(known) = self.find(name) else { return };
                let detail = match (&known.shape, literal) {
                    (Shape::Choice(choices), Literal::Text(text)) if choices.contains(text) => return,
                    (Shape::Choice(choices), _) => format!("it is one of: {}", choices.join(", ")),
                    (Shape::Text { .. } | Shape::Url | Shape::Time, Literal::Text(_))
                    | (Shape::Number { .. } | Shape::Money, Literal::Whole(_))
                    | (Shape::Flag, Literal::Flag(_)) => return,
                    (shape, _) => format!("it is {}", shape.words()),
                };
                self.add(name.place, Code::NeverTrue, format!("`{}` is never that; {detail}", name.path));
            }
        }
    }
}

/// The names that are surely there where a condition turns out so.
fn given(condition: &Condition, holds: bool) -> Vec<String> {
    match (condition, holds) {
        (Condition::Given(name) | Condition::Equals(name, _), true) => vec![name.path.clone()],
        (Condition::Not(inner), holds) => given(inner, !holds),
        (Condition::All(inner), true) | (Condition::Any(inner), false) => {
            inner.iter().flat_map(|inner| given(inner, holds)).collect()
        }
        (Condition::Given(_) | Condition::Equals(..) | Condition::All(_), false)
        | (Condition::Any(_), true) => Vec::new(),
    }
}
