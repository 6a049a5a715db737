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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use carillon_domain::OwnText;
    use carillon_domain::own_text::TextPart;

    use super::*;
    use crate::formats::Formats;
    use crate::own::compile::compile;
    use crate::own::limits::{LONGEST_VALUE, MOST_BRANCHES, MOST_MARKS, MOST_PLACEHOLDERS};
    use crate::scene::Scene;

    /// Counts the steps of a walk; never full, so that none is left out.
    #[derive(Default)]
    struct Steps(usize);

    impl Page for Steps {
        fn text(&mut self, _: &str) {
            self.0 += 1;
        }

        fn value(&mut self, _: &str) {
            self.0 += 1;
        }

        fn is_full(&self) -> bool {
            false
        }

        fn open_bold(&mut self) {
            self.0 += 1;
        }

        fn close_bold(&mut self) {
            self.0 += 1;
        }

        fn link(&mut self, _: &str, _: Option<&str>) {
            self.0 += 1;
        }
    }

    fn steps(body: String) -> usize {
        let compiled = compile(&OwnText::Email { subject: "x".to_owned(), body }).unwrap();
        let scene = Scene::in_utc(Formats::new("fr").unwrap().into());
        let seen = BTreeMap::from([("a".to_owned(), "x".repeat(10_000).into())]);
        let mut steps = Steps::default();
        let reading = Reading { seen: &seen, scene: &scene, longest: LONGEST_VALUE };
        write(compiled.part(TextPart::Body), &reading, &mut steps).unwrap();
        steps.0
    }

    #[test]
    fn the_dearest_text_takes_no_more_steps_than_it_has_pieces() {
        for (unit, times, most) in [
            ("{{ a }} ", MOST_PLACEHOLDERS, 2 * MOST_PLACEHOLDERS),
            ("**x** ", MOST_MARKS / 2, 2 * MOST_MARKS),
            ("[{{ a }}](tel:1) ", MOST_MARKS, 2 * MOST_MARKS),
            ("{% if a %}{{ a }}{% else %}y{% endif %} ", MOST_BRANCHES / 2, MOST_BRANCHES),
            ("x\n\n", 1_300, 1),
        ] {
            assert_eq!(steps(unit.repeat(times)), most, "{unit}");
        }
        let nested = "{% if a %}".repeat(8) + "x" + &"{% endif %}".repeat(8);
        assert_eq!(steps(nested), 1);
    }
}
