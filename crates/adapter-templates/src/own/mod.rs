//! Texts that businesses write themselves: the port `OwnTexts`.
//!
//! Architecture invariant: an own text is read by a parser of our own into a finite tree (`tree.rs`), and the tree is walked at most
//! once for each thing that is made of it. There is nothing in it that repeats, calls or computes, all sizes have a limit
//! (`limits.rs`), and neither a text nor a value ever becomes part of a template or of markup. So a text is safe by what can be said
//! in it, not by what was found when it was checked.
//!
//! ```text
//! {{ name }}  {{ name|filter }}  {{ name|filter(argument)|filter }}
//! {% if name %} … {% elif not name and (name == "text" or name == 2) %} … {% else %} … {% endif %}
//! **bold**  [label](https://…)  [label]({{ action_url }})                 in the body of an e-mail
//! ```
//!
//! A condition that stands on a line of its own leaves no line behind. A link that is a paragraph of its own becomes a button.
//!
//! To add a filter: a variant in `tree.rs`; the compiler names the rest.

mod cache;
mod checks;
mod compile;
mod expression;
mod frame;
mod html;
mod letters;
mod limits;
mod links;
mod longest;
mod names;
mod pieces;
mod plain;
mod port;
mod reading;
mod shape;
mod tokens;
mod tree;
mod verdict;
mod walk;
mod wording;

pub(crate) use cache::Cache;
pub(crate) use frame::add_to as add_frames_to;
