//! Styles that must hold where a mail program drops `<style>`: the rules of `<mj-style inline="inline">` are written onto the
//! elements of their class. Only rules of one class (`.label { … }`) on plain HTML elements; MJML's own take `mj-class`.

const OPEN: &str = "<mj-style inline=\"inline\">";
const CLOSE: &str = "</mj-style>";

/// Takes the inline rules out of an MJML document and applies them.
pub(crate) fn apply(document: &str) -> String {
    let Some((before, rest)) = document.split_once(OPEN) else { return document.to_owned() };
    let Some((rules, after)) = rest.split_once(CLOSE) else { return document.to_owned() };
    let mut styled = format!("{before}{after}");
    for rule in rules.split('}') {
        let Some((selector, body)) = rule.split_once('{') else { continue };
        if let Some(class) = selector.trim().strip_prefix('.') {
            let body = body.split_whitespace().collect::<Vec<_>>().join(" ");
            styled = styled.replace(
                &format!("class=\"{class}\""),
                &format!("class=\"{class}\" style=\"{}\"", body.trim_end_matches(';')),
            );
        }
    }
    with_one_style_each(&styled)
}

/// Joins the `style` that was there with the one that was added right before it.
fn with_one_style_each(document: &str) -> String {
    document.replace("\" style=\"", "\u{0}").split('\u{0}').fold(String::new(), |mut joined, part| {
        if joined.is_empty() {
            part.clone_into(&mut joined);
            return joined;
        }
        let in_style = joined.rsplit_once("style=\"").is_some_and(|(_, last)| !last.contains(['"', '>']));
        joined.push_str(if in_style { "; " } else { "\" style=\"" });
        joined.push_str(part);
        joined
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_written_onto_the_elements_of_its_class() {
        let document = r#"<mj-style inline="inline">.label { color: red; } .value{font-weight:600}</mj-style><td class="label">a</td><td class="value" style="width: 1px">b</td><p id="x" style="y">"#;
        assert_eq!(
            apply(document),
            r#"<td class="label" style="color: red">a</td><td class="value" style="font-weight:600; width: 1px">b</td><p id="x" style="y">"#
        );
    }
}
