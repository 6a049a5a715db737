//! What a text may use. Everything else is refused at load, also in branches that no sample reaches: texts come from businesses and
//! operators, and an include, a macro or an `autoescape false` has no place in them.

use crate::error::line_at;
use crate::tags::{Tag, tags};

/// Filters, each explained in `templates/README.md`.
pub(crate) const FILTERS: [&str; 20] = [
    "date",
    "day",
    "short_date",
    "time",
    "is_today",
    "is_in_an_hour",
    "money",
    "number",
    "percent",
    "plural",
    "de",
    "que",
    "default",
    "upper",
    "lower",
    "title",
    "trim",
    "length",
    "join",
    "round",
];
const BLOCKS: [&str; 10] =
    ["if", "elif", "else", "endif", "for", "endfor", "with", "endwith", "set", "endset"];
const TESTS: [&str; 2] = ["defined", "undefined"];
/// Words that an opening bracket may follow without being a call.
const KEYWORDS: [&str; 8] = ["and", "or", "not", "in", "is", "if", "elif", "else"];

/// What a text uses that it may not, each with its line.
pub(crate) fn violations(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for tag in tags(source) {
        let line = line_at(source, tag.range.start);
        found.extend(check(&tag).into_iter().map(|detail| (line, detail)));
    }
    found
}

fn check(tag: &Tag<'_>) -> Vec<String> {
    let tokens = tokens(tag.inner);
    let mut found = Vec::new();
    let word_at = |index: Option<usize>| index.and_then(|index| tokens.get(index)).map_or("", String::as_str);
    if tag.is_block && !BLOCKS.contains(&word_at(Some(0))) {
        found.push(format!(
            "`{{% {} %}}` is not allowed; texts have: {}",
            word_at(Some(0)),
            BLOCKS.join(", ")
        ));
    }
    for (index, token) in tokens.iter().enumerate().filter(|(_, token)| is_name(token)) {
        let (before, after) = (word_at(index.checked_sub(1)), word_at(index.checked_add(1)));
        let second_before = word_at(index.checked_sub(2));
        if before == "|" {
            if !FILTERS.contains(&token.as_str()) {
                found.push(format!("there is no filter `{token}`; there are: {}", FILTERS.join(", ")));
            }
        } else if (before == "is" && token != "not") || (before == "not" && second_before == "is") {
            if !TESTS.contains(&token.as_str()) {
                found.push(format!("there is no test `{token}`; there are: {}", TESTS.join(", ")));
            }
        } else if after == "(" && !KEYWORDS.contains(&token.as_str()) {
            found.push(format!("`{token}(…)`: texts have filters, and no functions"));
        }
    }
    found
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Names and single marks; texts in quotes and blanks are left out.
fn tokens(inner: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut quote: Option<char> = None;
    let mut escaped = false;
    let mut in_name = false;
    for c in inner.trim_start_matches(['-', '+']).chars() {
        if let Some(open) = quote {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == open {
                quote = None;
            }
            continue;
        }
        let continues = c.is_alphanumeric() || c == '_';
        match tokens.last_mut() {
            Some(name) if in_name && continues => name.push(c),
            _ if c == '"' || c == '\'' => {
                quote = Some(c);
                tokens.push("\"".to_owned());
            }
            _ if c.is_whitespace() => {}
            _ => tokens.push(c.to_string()),
        }
        in_name = continues;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(source: &str) -> usize {
        violations(source).len()
    }

    #[test]
    fn what_the_readme_lists_is_allowed() {
        for source in [
            "{{ a.b|date }} {{ n|plural(\"one\", \"|several\") }} {{ t[:160] }}",
            "{% if a and (b or not c) %}{% elif x is defined %}{% elif y is not defined %}{% else %}{% endif %}",
            "{% with practitioner = client|default(false) %}{% endwith %}{%- set x = 1 -%}",
            "{{ ((a - b) / b)|percent }} {# {% include 'x' %} #} | nothing(here)",
        ] {
            assert_eq!(violations(source), [], "{source}");
        }
    }

    #[test]
    fn everything_else_is_refused_wherever_it_stands() {
        for source in [
            "{% include 'x' %}",
            "{%-\n import 'x' as y %}",
            "{% autoescape false %}",
            "{% macro m() %}",
            "{{ x|safe }}",
            "{% if false %}{{ x | tojson }}{% endif %}",
            "{{ debug() }}",
            "{{ x.format('y') }}",
            "{{ x is mapping }}",
        ] {
            assert!(refused(source) >= 1, "{source}");
        }
        assert_eq!(violations("a\n\n{{ x|safe }}")[0].0, 3);
    }
}
