//! The layout of built-in e-mails with a place for an own body in it: compiled at load, once for each language and reader. What a
//! business wrote is put in as a value and never becomes part of a template.

use carillon_domain::Actor;
use minijinja::Environment;

use crate::engine::HTML;
use crate::error::LoadErrors;
use crate::layout::Layout;

/// The name of the body within the frame.
const BODY: &str = "own_body";
/// A business speaks to its clients and to its staff.
const READERS: [Actor; 2] = [Actor::EndClient, Actor::BusinessUser];

/// The name of a frame for plain text; that for HTML has the ending of HTML.
pub(crate) fn name(locale: &str, actor: Actor) -> String {
    format!("_own/{locale}/{actor}")
}

/// Adds every frame.
pub(crate) fn add_to(engine: &mut Environment<'static>, layout: &Layout, errors: &mut LoadErrors) {
    for (locale, language) in &layout.languages {
        for actor in READERS {
            let body = format!("{{{{ {BODY} }}}}");
            let html = layout.html(&format!("<mj-text>{body}</mj-text>"), &language.words, actor);
            let text = layout.text(&body, &language.words, actor);
            for (ending, framed) in [(HTML, html), ("", text)] {
                let added = framed.and_then(|framed| {
                    let name = format!("{}{ending}", name(locale, actor));
                    engine.add_template_owned(name, framed).map_err(|error| error.to_string())
                });
                if let Err(detail) = added {
                    errors.add("_layout", None, detail);
                }
            }
        }
    }
}
