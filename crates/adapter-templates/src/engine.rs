//! The template engine, with nothing in it but what the allow-list names.

use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, escape_formatter};

use crate::filters;

/// What one text may cost: some hundred times what ours do, and at most a megabyte or so.
const FUEL: u64 = 20_000;
/// The names of templates that make HTML end so.
pub(crate) const HTML: &str = ".html";

/// An engine without templates.
pub(crate) fn engine() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|name| {
        if name.ends_with(HTML) { AutoEscape::Html } else { AutoEscape::None }
    });
    environment.set_formatter(write_value);
    environment.add_test("defined", |value: &Value| !value.is_undefined());
    environment.add_test("undefined", Value::is_undefined);
    filters::add_to(&mut environment);
    environment
}

/// Escapes what HTML needs escaped, and leaves the slash alone: the engine's own way turns each URL into a row of entities, which
/// the link tracking of providers does not read.
fn write_value(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if !value.is_safe() && matches!(state.auto_escape(), AutoEscape::Html) => {
            escape(out, text).map_err(Error::from)
        }
        _ => escape_formatter(out, state, value),
    }
}

/// Lines of a value stay lines. No value of an attribute has any.
fn in_html(c: char) -> Option<&'static str> {
    if c == '\n' { Some("<br />") } else { entity(c) }
}

fn escape(out: &mut Output<'_>, text: &str) -> std::fmt::Result {
    let mut rest = text;
    while let Some((at, entity)) = rest.char_indices().find_map(|(at, c)| Some((at, in_html(c)?))) {
        out.write_str(&rest[..at])?;
        out.write_str(entity)?;
        rest = &rest[at + 1..];
    }
    out.write_str(rest)
}

/// What stands for a character in HTML, in texts and in attributes; `None` for one that stands for itself.
pub(crate) const fn entity(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        _ => None,
    }
}
