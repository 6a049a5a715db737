//! Dates, times, numbers, money and words, in the reader's language and zone.

use carillon_adapter_templates::Templates;
use carillon_domain::Channel;
use carillon_ports::content::Content;

use crate::directories::{Folder, MINIMAL};
use crate::stage::{Stage, json, kind, person};

/// A catalogue with a kind that says one text, in French and in English.
fn catalogue_of(text: &str) -> Templates {
    let folder = Folder::new();
    folder.kind("test.formats", MINIMAL);
    for language in ["en", "fr"] {
        folder.file(
            &format!("test.formats/{language}/inbox.toml"),
            &format!("title = 'x'\nbody = '''{text}'''"),
        );
    }
    Templates::with_directories(&[folder.path()]).unwrap_or_else(|errors| panic!("\n{errors}"))
}

/// What the text makes of some data; a no-break blank is shown as `_`.
fn shown(templates: &Templates, locale: &str, data: &str) -> String {
    let mut stage = Stage::new("client.appointment_confirmed", locale);
    stage.kind = kind("test.formats");
    stage.data = json(&data.replace("\"at\"", "\"at\":\"2026-12-03T14:30:00+01:00\""));
    match stage.render_with(templates, Channel::InApp).unwrap() {
        Content::InApp { body, .. } => body.replace('\u{a0}', "_"),
        Content::Email { .. } | Content::Sms { .. } => panic!("an inbox item was asked for"),
    }
}

#[test]
fn the_table_of_the_readme_holds() {
    let templates = catalogue_of(
        "{{ at|date }} / {{ at|day }} / {{ at|short_date }} / {{ at|time }}{% if amount %} / {{ amount|money(currency) }} / {{ n|number }} / {{ share|percent }}{% endif %}",
    );
    let data = r#"{"at","n":1234,"share":0.184,"amount":4500,"currency":"EUR"}"#;
    assert_eq!(
        shown(&templates, "fr", data),
        "jeudi 3 décembre 2026 / jeudi 3 décembre / jeu. 03/12 / 14:30 / 45,00_€ / 1_234 / 18,4_%"
    );
    assert_eq!(
        shown(&templates, "en", data),
        "Thursday, December 3, 2026 / Thursday, December 3 / Thu, Dec 3 / 2:30_PM / €45.00 / 1,234 / 18.4%"
    );
}

#[test]
fn an_amount_has_as_many_digits_as_its_currency() {
    let templates = catalogue_of("{% if amount and currency %}{{ amount|money(currency) }}{% endif %}.");
    for (amount, currency, expected) in [
        (4500_i64, "JPY", "¥4,500."),
        (1500, "TND", "TND_1.500."),
        (5, "USD", "$0.05."),
        (100_000_000_000, "EUR", "€1,000,000,000.00."),
    ] {
        let data = format!(r#"{{"at","amount":{amount},"currency":"{currency}"}}"#);
        assert_eq!(shown(&templates, "en", &data), expected);
    }
}

#[test]
fn a_plural_follows_the_rules_of_the_language() {
    let templates = catalogue_of("{% if n is defined %}{{ n|plural(\"one\", \"several\") }}{% endif %}.");
    for (n, fr, en) in [(0, "one.", "several."), (1, "one.", "one."), (2, "several.", "several.")] {
        let data = format!(r#"{{"at","n":{n}}}"#);
        assert_eq!(
            (shown(&templates, "fr", &data), shown(&templates, "en", &data)),
            (fr.to_owned(), en.to_owned())
        );
    }
}

#[test]
fn times_are_shown_in_the_zone_that_was_asked_for() {
    let mut stage = Stage::new("client.appointment_confirmed", "en");
    stage.timezone = chrono_tz::Pacific::Auckland;
    stage.data.set("appointment.timezone", "Pacific/Auckland".into());
    let (subject, ..) = stage.email();
    assert!(subject.contains("Friday, December 4 at 2:30\u{a0}AM"), "{subject}");
}

#[test]
fn the_nearest_language_is_used_and_english_where_there_is_none() {
    for (wanted, greeting) in [("fr", "Bonjour"), ("fr-CH", "Bonjour"), ("en-GB", "Hello"), ("ja", "Hello")] {
        let (_, html, text) = Stage::new("client.reminder_24h", wanted).email();
        assert!(text.starts_with(greeting), "{wanted}: {text}");
        let lang = if greeting == "Hello" { "en" } else { "fr" };
        assert!(html.contains(&format!("<html lang=\"{lang}\"")), "{wanted}");
    }
}

#[test]
fn somebody_without_a_name_is_still_addressed() {
    let mut stage = Stage::new("owner.appointment_booked", "fr");
    stage.recipient = person("");
    stage.people.insert("client".to_owned(), person("  "));
    let (subject, _, text) = stage.email();
    assert!(text.starts_with("Bonjour,\n"), "{text}");
    assert!(subject.contains("Un client"), "{subject}");
}

#[test]
fn the_platforms_own_kinds_speak_for_the_platform() {
    let (_, html, text) = Stage::new("platform.subscription_changed", "en").email();
    assert!(text.contains("\nCarillon\n") && !html.contains("#7a1f5c"), "{text}");
}
