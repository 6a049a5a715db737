//! A folder is all there is to a kind; and what is wrong with one is said where it is wrong.

use std::fs;
use std::path::PathBuf;

use carillon_adapter_templates::{LoadErrors, Templates};
use carillon_domain::Channel;
use carillon_ports::catalogue::Catalogue;
use carillon_ports::content::Content;
use tempfile::TempDir;

use crate::stage::{Stage, json, kind};

/// A kind with nothing but an inbox item.
pub(crate) const MINIMAL: &str = r##"
description = "For a test."
actor = "end_client"
audience = "clients"
class = "immediate"
purpose = "service"
[[on]]
event = "test.happened"
[channels.in_app]
[schema]
required = ["at"]
[schema.properties]
at = { "$ref" = "#/$defs/time" }
n = { type = "number" }
share = { type = "number" }
amount = { "$ref" = "#/$defs/minor_units" }
currency = { "$ref" = "#/$defs/currency" }
[sample]
at = "2026-12-03T14:30:00+01:00"
"##;

/// A directory of templates.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().to_owned()
    }

    pub(crate) fn file(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A kind with texts in English.
    pub(crate) fn kind(&self, name: &str, kind_toml: &str) {
        self.file(&format!("{name}/kind.toml"), kind_toml);
        self.file(&format!("{name}/en/inbox.toml"), "title = 'Hello'\nbody = 'At {{ at|time }}.'");
    }

    fn load(&self) -> Result<Templates, LoadErrors> {
        Templates::with_directories(&[self.path()])
    }

    /// What is wrong, by file within the directory.
    fn errors(&self) -> Vec<String> {
        let errors = self.load().err().map(|errors| errors.to_string()).unwrap_or_default();
        let prefix = format!("{}/", self.0.path().display());
        errors.lines().map(|line| line.replace(&prefix, "")).collect()
    }
}

/// Loads a catalogue with one kind whose file or text was changed, and compares all that is said of it.
fn assert_errors(kind_toml: &str, inbox: Option<&str>, expected: &[&str]) {
    let folder = Folder::new();
    folder.kind("test.kind", kind_toml);
    if let Some(inbox) = inbox {
        folder.file("test.kind/en/inbox.toml", inbox);
    }
    assert_eq!(folder.errors(), expected);
}

#[test]
fn a_folder_alone_adds_a_kind_that_is_routed_checked_and_rendered() {
    let folder = Folder::new();
    folder.kind("test.kind", MINIMAL);
    let templates = folder.load().unwrap();
    let name = kind("test.kind");
    assert!(templates.find_kind(&name).is_some() && templates.has_text(&name, Channel::InApp));
    assert_eq!(templates.triggered_by("test.happened").len(), 1);
    assert!(templates.check_event("test.happened", &json(r#"{"at":"2026-01-01T10:00:00Z"}"#)).is_empty());
    assert_eq!(templates.check_event("test.happened", &json("{}"))[0].pointer, "/at");

    let mut stage = Stage::new("client.appointment_confirmed", "en");
    stage.kind = name;
    stage.data = json(r#"{"at":"2026-01-01T10:00:00Z"}"#);
    match stage.render_with(&templates, Channel::InApp).unwrap() {
        Content::InApp { body, .. } => assert_eq!(body.replace('\u{a0}', " "), "At 11:00 AM."),
        other @ (Content::Email { .. } | Content::Sms { .. }) => panic!("{other:?}"),
    }
    assert!(Templates::check(&folder.path()).unwrap() > 37);
}

#[test]
fn a_file_replaces_the_one_of_the_same_path_and_the_rest_stays() {
    let folder = Folder::new();
    folder.file("client.reminder_1h/en/sms", "{{ business.name }}: see you soon.");
    let templates = folder.load().unwrap();
    let stage = Stage::new("client.reminder_1h", "en");
    match stage.render_with(&templates, Channel::Sms).unwrap() {
        Content::Sms { text } => assert_eq!(text, "Atelier Lumière: see you soon."),
        other @ (Content::Email { .. } | Content::InApp { .. }) => panic!("{other:?}"),
    }
    assert!(stage.render_with(&templates, Channel::Email).is_ok());
}

#[test]
fn a_folder_with_a_kind_of_its_own_replaces_the_whole_kind() {
    let folder = Folder::new();
    folder.kind("client.reminder_1h", MINIMAL);
    let templates = folder.load().unwrap();
    assert!(!templates.has_text(&kind("client.reminder_1h"), Channel::Sms));
    assert!(templates.has_text(&kind("client.reminder_1h"), Channel::InApp));
}

#[test]
fn an_unknown_name_in_kind_toml_is_refused_with_its_line() {
    let errors = MINIMAL.replace("class = ", "clas = ");
    assert_errors(
        &errors,
        None,
        &[
            "test.kind/kind.toml:5: unknown field `clas`, expected one of `description`, `actor`, `audience`, `class`, `purpose`, `on`, `reminder`, `channels`, `schema`, `sample`",
        ],
    );
}

#[test]
fn a_sample_that_does_not_fit_is_refused() {
    assert_errors(
        &MINIMAL.replace("at = \"2026", "at = \"1926"),
        None,
        &[
            "test.kind/kind.toml: the sample does not fit: `/at` must be a time in RFC 3339 with offset, such as 2026-12-03T14:30:00+01:00, in the years 2000 to 2100",
        ],
    );
}

#[test]
fn an_unknown_filter_is_refused_even_in_a_branch_that_no_sample_reaches() {
    assert_errors(
        MINIMAL,
        Some("title = 'x'\nbody = '{% if n is defined %}{{ n|tojson }}{% endif %}x'"),
        &[
            "test.kind/en/inbox.toml: there is no filter `tojson`; there are: date, day, short_date, time, is_today, is_in_an_hour, money, number, percent, plural, de, que, default, upper, lower, title, trim, length, join, round",
        ],
    );
}

#[test]
fn a_name_that_is_in_no_schema_is_refused_with_its_line() {
    assert_errors(
        MINIMAL,
        Some("title = 'x'\nbody = '{% if aat %}x{% endif %}x'"),
        &["test.kind/en/inbox.toml:2: `aat` is neither in the schema of this kind nor a name of every text"],
    );
}

#[test]
fn an_optional_name_that_is_used_without_a_test_is_found_before_anybody_is_written_to() {
    let with_n = MINIMAL.replace("[sample]", "[sample]\nn = 3");
    let how = "(with only the names that are required); test with {% if … %} for what may be absent here: n";
    for (body, what) in
        [("x {{ n }}", "undefined value"), ("x {{ n|number }}", "a filter was given a value that is absent")]
    {
        assert_errors(
            &with_n,
            Some(&format!("title = 'x'\nbody = '{body}'")),
            &[&format!("test.kind/en/inbox.toml: {what} {how}")],
        );
    }
}

#[test]
fn each_language_has_all_texts_and_no_others() {
    let folder = Folder::new();
    folder.kind("test.kind", MINIMAL);
    folder.file("test.kind/fr/sms", "x");
    folder.file("test.kind/de/inbox.toml", "title = 'x'\nbody = 'y'");
    folder.file("test.kind/notes.txt", "x");
    assert_eq!(
        folder.errors(),
        [
            "test.kind/fr/sms: this kind has no such channel; add it to kind.toml or remove this file",
            "test.kind/notes.txt: nothing of this name belongs to a kind; remove it",
            "test.kind/de: this language has no words yet; add _layout/de/strings.toml",
        ]
    );
}

#[test]
fn english_may_not_be_missing() {
    let folder = Folder::new();
    folder.file("test.kind/kind.toml", MINIMAL);
    assert_eq!(
        folder.errors(),
        ["test.kind/en/inbox.toml: this file is missing; each language has all texts"]
    );
}

#[test]
fn a_condition_must_compile_and_know_its_names() {
    assert_errors(
        &MINIMAL.replace("event = \"test.happened\"", "event = \"test.happened\"\nwhen = \"nn > 2\""),
        None,
        &["test.kind/kind.toml: `when = \"nn > 2\"`: `nn` is not in the schema of this kind"],
    );
    assert_errors(
        &MINIMAL.replace("event = \"test.happened\"", "event = \"test.happened\"\nwhen = \"n >\""),
        None,
        &["test.kind/kind.toml: `when = \"n >\"`: unexpected end of input, expected expression"],
    );
}

#[test]
fn mjml_that_is_not_well_formed_is_refused_with_its_line() {
    for (body, detail) in [
        ("<mj-text>\n<b>x</mj-text>", ":2: `<b>` is closed by `</mj-text>`"),
        ("<mj-text>x", ":1: `<mj-text>` is never closed"),
        ("x</mj-text>", ":1: `</mj-text>` closes nothing"),
        ("<mj-text>x<br></mj-text>\n<mj-txt>x</mj-txt>", ":2: there is no element `<mj-txt>`"),
    ] {
        let folder = Folder::new();
        folder.file("client.reminder_1h/fr/email.mjml", body);
        assert_eq!(folder.errors(), [format!("client.reminder_1h/fr/email.mjml{detail}")], "{body}");
    }
}

#[test]
fn an_sms_of_two_segments_is_refused() {
    let folder = Folder::new();
    folder.file("client.reminder_1h/en/sms", &"x".repeat(161));
    assert_eq!(
        folder.errors(),
        [
            "client.reminder_1h/en/sms: the text needs 2 segments (Gsm7, 161 units); it must fit one (with the sample)"
        ]
    );
}

#[test]
fn a_directory_that_is_not_there_is_an_error() {
    let errors = Templates::check(&PathBuf::from("/nowhere/at/all")).unwrap_err().to_string();
    assert!(errors.starts_with("/nowhere/at/all: this folder cannot be read"), "{errors}");
}

#[test]
fn a_language_is_added_with_its_words_and_a_folder_in_a_kind() {
    let folder = Folder::new();
    folder.file(
        "_layout/de/strings.toml",
        "unsubscribe = 'Abmelden'\nunsubscribe_line = 'Abmelden: '\npreferences = 'Auswahl'\npreferences_line = 'Auswahl: '\n[why]\nend_client = 'a'\nbusiness_user = 'b'\nplatform_admin = 'c'\n[someone]\nrecipient = 'zusammen'\nclient = 'Ein Kunde'\npractitioner = 'Unser Team'\nowner = 'Die Leitung'\nsupport = 'Der Kundendienst'",
    );
    folder.file(
        "client.appointment_confirmed/de/email.subject",
        "Ihr Termin am {{ appointment.starts_at|day }}",
    );
    folder.file(
        "client.appointment_confirmed/de/email.mjml",
        "<mj-text>Guten Tag {{ recipient.name }}</mj-text>",
    );
    folder.file("client.appointment_confirmed/de/email.txt", "Guten Tag {{ recipient.name }}");
    folder.file(
        "client.appointment_confirmed/de/inbox.toml",
        "title = 'Termin'\nbody = '{{ appointment.starts_at|date }}'",
    );
    let templates = folder.load().unwrap_or_else(|errors| panic!("\n{errors}"));
    match Stage::new("client.appointment_confirmed", "de-AT").render_with(&templates, Channel::Email).unwrap()
    {
        Content::Email { subject, html, .. } => {
            assert_eq!(subject, "Ihr Termin am Donnerstag, 3. Dezember");
            assert!(html.contains(">Abmelden</a>"));
        }
        other @ (Content::Sms { .. } | Content::InApp { .. }) => panic!("{other:?}"),
    }
}
