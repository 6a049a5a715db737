//! Forty hostile texts and forty hostile values. The example `own_texts` measures what they cost.

use carillon_domain::own_text::ProblemCode;

use ProblemCode::{
    BadLink, Empty, InvisibleCharacter, NotAllowed, Syntax, TooLong, TooMuch, UnknownFilter, UnknownName,
    WrongType,
};

/// Bodies of e-mails, each with the error it is refused for; without one it may be used and does no harm.
pub(crate) fn texts() -> Vec<(String, Option<ProblemCode>)> {
    let of = |text: &str, code| (text.to_owned(), code);
    let mut texts = reaching();
    texts.extend(bombs());
    texts.extend([
        // Markup and scripts: text like any other.
        of("<script>alert(1)</script><img src=x onerror=alert(1)>", None),
        of("<mj-raw><mj-include path=\"/etc/passwd\" /></mj-raw><!-- <mj-button> -->", None),
        of("]]>&#60;script&#62;</p></div></td></table><style>*{display:none}</style>", None),
        of("[[ locale ]] [% include \"_layout/email.mjml\" %] @@curly-0@@", None),
        of("${7*7} #{7*7} <%= 7*7 %> %{7*7} {7*7}", None),
        // Links that run something or hide where they lead.
        of("[click](javascript:alert(1))", Some(BadLink)),
        of("[click](data:text/html;base64,PHNjcmlwdD4=)", Some(BadLink)),
        of("[click](https://a.example/\"onmouseover=\"alert(1))", Some(BadLink)),
        of("[click](https://a.example/{{ recipient.name }})", Some(BadLink)),
        of("[click]({{ recipient.name }})", Some(BadLink)),
        of("[{{ recipient.name }}](//evil.example)", Some(BadLink)),
        // Letters that hide what is written.
        of("Pay to \u{202e}EUR 01\u{202c} now", Some(InvisibleCharacter)),
        of("pay\u{200b}pal", Some(InvisibleCharacter)),
        of("Hello\r\nBcc: everybody@example.com\rX: y", Some(InvisibleCharacter)),
        of("a\u{0}b\u{1b}[2J", Some(InvisibleCharacter)),
        // Brackets that do not close.
        of("{{ recipient.name", Some(Syntax)),
        of("{{ recipient.name | default('}}') ", Some(Syntax)),
        of("{% if practitioner %}never closed", Some(Syntax)),
        of("{% endif %}{% else %}", Some(Syntax)),
        of("** bold {% if practitioner %} ** {% endif %}", Some(Syntax)),
        of(" \n\t\n ", Some(Empty)),
    ]);
    texts
}

/// What reaches for other data, for the engine or for the machine.
fn reaching() -> Vec<(String, Option<ProblemCode>)> {
    let table = [
        ("{{ debug() }}", NotAllowed),
        ("{{ ''.__class__.__mro__[1].__subclasses__() }}", NotAllowed),
        ("{{ self._TemplateReference__context }} {{ config }}", UnknownName),
        ("{{ client.phone }} {{ client.email }} {{ practitioner.phone }}", UnknownName),
        ("{{ recipient }} {{ business }} {{ appointment }}", WrongType),
        ("{% include '/etc/passwd' %}", NotAllowed),
        ("{% import 'x' as x %}", NotAllowed),
        ("{% autoescape false %}{{ recipient.name }}{% endautoescape %}", NotAllowed),
        ("{{ recipient.name|safe }}", UnknownFilter),
        ("{{ recipient.name|attr('__class__') }}", UnknownFilter),
        ("{% set recipient = business %}", NotAllowed),
        ("{# {{ debug() }} #}", NotAllowed),
    ];
    table.into_iter().map(|(text, code)| (text.to_owned(), Some(code))).collect()
}

/// What grows when it is made.
fn bombs() -> Vec<(String, Option<ProblemCode>)> {
    vec![
        ("{% for a in 'xxxxxxxx' %}{% for b in a %}x{% endfor %}{% endfor %}".to_owned(), Some(NotAllowed)),
        ("{{ 'A' * 100000000 }}".to_owned(), Some(NotAllowed)),
        ("{{ recipient.name ~ recipient.name ~ recipient.name }}".to_owned(), Some(NotAllowed)),
        (
            "{{ recipient.name|replace('', 'AAAAAAAAAA')|replace('', 'AAAAAAAAAA') }}".to_owned(),
            Some(UnknownFilter),
        ),
        ("{{ range(1000000000) }}".to_owned(), Some(NotAllowed)),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}".to_owned(), Some(NotAllowed)),
        ("{{ recipient.name|upper|lower|upper|lower|upper }}".to_owned(), Some(TooMuch)),
        ("{{ recipient.name }}".repeat(201), Some(TooMuch)),
        ("{% if practitioner %}".repeat(50) + "x" + &"{% endif %}".repeat(50), Some(TooMuch)),
        (format!("{{% if {}practitioner{} %}}x{{% endif %}}", "(".repeat(28), ")".repeat(28)), Some(TooMuch)),
        (format!("{{% if {} practitioner %}}x{{% endif %}}", "not ".repeat(2_000)), Some(TooMuch)),
        ("[".repeat(16_000), None),
        ("**".repeat(8_000), Some(TooMuch)),
        ("x".repeat(16 * 1024 + 1), Some(TooLong)),
        ("x".repeat(5_000_000), Some(TooLong)),
        ("\"".repeat(16_000), Some(TooLong)),
        ("a\n\n".repeat(5_000), Some(TooLong)),
        (format!("{{{{ recipient.{} }}}}", "x".repeat(10_000)), Some(TooLong)),
        (format!("{{{{ recipient.name|default('{}') }}}}", "x".repeat(10_000)), Some(TooLong)),
        ("{{{{{{{{".repeat(2_000), Some(Syntax)),
    ]
}

/// Values that people and programs can put into names and data.
pub(crate) fn values() -> Vec<String> {
    let mut values: Vec<String> = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\"><svg/onload=alert(1)>",
        "' onmouseover='alert(1)",
        "</p></div></td></tr></table><script src=//evil.example></script>",
        "<style>*{display:none}</style>",
        "<!--",
        "]]>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<a href=\"javascript:alert(1)\">x</a>",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "{{ 7*7 }}",
        "{{ debug() }}",
        "{% if true %}x{% endif %}",
        "{% include '/etc/passwd' %}",
        "[[ locale ]][% include 'x' %]",
        "${7*7}#{7*7}<%= 7*7 %>",
        "**bold** and [link](https://evil.example)",
        "[x](javascript:alert(1))",
        "@@curly-0@@",
        "<mj-include path=\"/etc/passwd\" />",
        "x\r\nBcc: everybody@example.com",
        "x\nSubject: other\n\n<html>",
        "x\rX-Header: y",
        "x\u{85}y\u{2028}z\u{2029}",
        "x\u{0}y\u{1b}[2J\u{7}\u{8}",
        "\u{202e}gpj.exe\u{202c}",
        "\u{2066}\u{2067}\u{2068}x\u{2069}",
        "pay\u{200b}\u{200d}\u{feff}pal\u{2060}",
        "\u{e0041}\u{e0042}x\u{e007f}",
        "../../../etc/passwd\u{0}.png",
        "'; DROP TABLE messages; --",
        "",
    ]
    .map(str::to_owned)
    .to_vec();
    values.extend([
        "A".repeat(1_100_000),
        "<&\"'".repeat(300_000),
        "\n".repeat(1_000_000),
        format!("Z{}", "\u{301}".repeat(500_000)),
        "ß😀ΐ".repeat(100_000),
        "\u{202e}".repeat(400_000),
    ]);
    values
}
