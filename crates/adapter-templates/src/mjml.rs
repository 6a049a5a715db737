//! MJML to HTML, once, at load. The curly tags pass through untouched: they are put aside before and put back after, so that neither
//! a quote nor a `<` within them means anything to MJML.

use mrml::prelude::render::RenderOptions;

use crate::inline_style;
use crate::tags::tags;

/// Marks that no text has and that MJML lets stand anywhere; plain ASCII, since it writes attributes as Rust would.
const OPEN: &str = "@@curly-";
const CLOSE: &str = "@@";

/// The HTML of a whole MJML document.
pub(crate) fn to_html(document: &str) -> Result<String, String> {
    let (marked, aside) = put_aside(&inline_style::apply(document));
    let parsed = mrml::parse(&marked).map_err(|error| format!("is not MJML: {error}"))?;
    if let Some(warning) = parsed.warnings.first() {
        return Err(format!("is not MJML as it should be: {}", warning.kind));
    }
    let options = RenderOptions {
        disable_comments: true,
        fonts: std::collections::HashMap::new(),
        ..RenderOptions::default()
    };
    let html =
        parsed.element.render(&options).map_err(|error| format!("cannot be made into HTML: {error}"))?;
    Ok(put_back(&html, &aside))
}

fn put_aside(document: &str) -> (String, Vec<String>) {
    let mut marked = String::with_capacity(document.len());
    let mut aside = Vec::new();
    let mut from = 0;
    for tag in tags(document) {
        marked.push_str(&document[from..tag.range.start]);
        marked.push_str(OPEN);
        marked.push_str(&aside.len().to_string());
        marked.push_str(CLOSE);
        aside.push(document[tag.range.clone()].to_owned());
        from = tag.range.end;
    }
    marked.push_str(&document[from..]);
    (marked, aside)
}

fn put_back(html: &str, aside: &[String]) -> String {
    let mut whole = String::with_capacity(html.len() + 2_000);
    let mut parts = html.split(OPEN);
    whole.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (number, text) = part.split_once(CLOSE).unwrap_or(("", part));
        whole.push_str(
            number.parse::<usize>().ok().and_then(|index| aside.get(index)).map_or("", String::as_str),
        );
        whole.push_str(text);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curly_tags_pass_through_in_their_order() {
        let html = to_html(
            r#"<mjml><mj-body><mj-section><mj-column>
            <mj-raw>{% if a < 1 and b == "x" %}</mj-raw>
            <mj-button href="{{ url|default("none") }}">{{ label }}</mj-button>
            <mj-raw>{% endif %}</mj-raw>
            <mj-table><tr><td>1</td></tr>{% if c %}<tr><td>2</td></tr>{% endif %}</mj-table>
            </mj-column></mj-section></mj-body></mjml>"#,
        )
        .unwrap();
        let places: Vec<usize> = [
            r#"{% if a < 1 and b == "x" %}"#,
            r#"href="{{ url|default("none") }}""#,
            "{{ label }}",
            "{% endif %}",
            "{% if c %}<tr>",
        ]
        .iter()
        .map(|part| html.find(part).unwrap_or_else(|| panic!("{part} is lost: {html}")))
        .collect();
        assert!(places.is_sorted(), "{places:?}");
    }

    #[test]
    fn what_is_not_mjml_is_refused() {
        assert!(to_html("<mjml><mj-body><mj-nonsense></mj-body></mjml>").is_err());
    }
}
