//! Any text at all: parts of texts in any order, and letters of any kind between them.

use carillon_domain::Value;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::own_hostile::assert_inert;
use crate::own_stage::{check, everywhere};
use crate::stage::{Stage, person};

const FRAGMENTS: [&str; 46] = [
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "{",
    "}",
    "%",
    "{{ recipient.name }}",
    "{{ appointment.service|upper }}",
    "{{ appointment.starts_at|date }}",
    "{{ note|default(\"-\") }}",
    "{{ action_url }}",
    "{{ unknown }}",
    "{{ a.b|c(d) }}",
    "{% if note %}",
    "{% if not (practitioner and note == \"x\") %}",
    "{% elif practitioner %}",
    "{% else %}",
    "{% endif %}",
    "**",
    "*",
    "[",
    "](",
    "]",
    "(",
    ")",
    "[x](https://a.example)",
    "[{{ recipient.name }}]({{ action_url }})",
    "https://a.example",
    "mailto:",
    "\"",
    "'",
    "\\",
    "|",
    "==",
    "and",
    "\n",
    "\n\n",
    " ",
    "\r\n",
    "é",
    "\u{202e}",
    "\u{a0}",
    "<b>",
];

fn text() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![8 => select(&FRAGMENTS[..]).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    vec(fragment, 0..40).prop_map(|fragments| fragments.concat())
}

proptest! {
    #[test]
    fn whatever_is_written_and_whatever_people_are_called_it_is_refused_or_inert(text in text(), value in text()) {
        for (name, own) in everywhere(&text) {
            let checked = check(name, &own);
            let mut stage = Stage::new(name, "fr");
            stage.recipient = person(&value);
            stage.data.set("appointment.service", Value::from(value.as_str()));
            stage.data.set("action_url", Value::from(value.as_str()));
            match stage.render_own(&own) {
                Ok(content) => assert_inert(&content, &text),
                Err(error) => prop_assert!(!checked.is_usable(), "{error}: {text:?}"),
            }
        }
    }
}
