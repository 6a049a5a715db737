//! One walk over a tree: each node at most once, whatever the values.

use crate::own::reading::{Misfit, Reading};
use crate::own::tree::{Node, Target};

/// What a walk writes to.
pub(crate) trait Page {
    /// What the business wrote.
    fn text(&mut self, text: &str);
    /// A value, already clean. The first that does not fit makes the page full.
    fn value(&mut self, value: &str);
    /// Whether there is no more room: values and links are left out from here on, and no longer made.
    fn is_full(&self) -> bool;
    /// Emphasis begins.
    fn open_bold(&mut self);
    /// Emphasis ends.
    fn close_bold(&mut self);
    /// A link; without an address it is its label alone.
    fn link(&mut self, label: &str, address: Option<&str>);
}

/// Writes nodes to a page.
pub(crate) fn write(nodes: &[Node], reading: &Reading<'_>, page: &mut impl Page) -> Result<(), Misfit> {
    for node in nodes {
        match node {
            Node::Text(text) => page.text(text),
            Node::Print(_) | Node::Link { .. } if page.is_full() => {}
            Node::Print(print) => page.value(&reading.value(print)?),
            Node::If(branches) => {
                let holds = branches.iter().find(|branch| {
                    branch.condition.as_ref().is_none_or(|condition| reading.holds(condition))
                });
                if let Some(branch) = holds {
                    write(&branch.nodes, reading, page)?;
                }
            }
            Node::Bold(inside) => {
                page.open_bold();
                write(inside, reading, page)?;
                page.close_bold();
            }
            Node::Link { label, target } => {
                let label = label_of(label, reading)?;
                match target {
                    Target::Fixed(address) => page.link(&label, Some(address)),
                    Target::Of(name) => page.link(&label, reading.address(name).as_deref()),
                }
            }
        }
    }
    Ok(())
}

/// A label is texts and values on one line.
fn label_of(nodes: &[Node], reading: &Reading<'_>) -> Result<String, Misfit> {
    let mut label = String::new();
    for node in nodes {
        match node {
            Node::Text(text) => label.push_str(text),
            Node::Print(print) => label.push_str(&reading.value(print)?.replace('\n', " ")),
            Node::If(_) | Node::Bold(_) | Node::Link { .. } => {}
        }
    }
    Ok(label.trim().to_owned())
}
