//! Texts that list visits: none, one, as many as there can be, and more than are listed.

use carillon_adapter_templates::Templates;
use carillon_domain::Channel;
use carillon_ports::catalogue::Catalogue;
use carillon_ports::content::Content;

use crate::directories::{Folder, MINIMAL};
use crate::stage::{EMBEDDED, Stage, json};

/// Clients to call: how many there are, and how many of them are listed.
fn to_call(locale: &str, count: usize, listed: usize) -> Stage {
    let visit = r#"{"starts_at":"2026-12-03T14:30:00+01:00","service":"Coupe","client":{"part":"client.1"},"channel":"sms"}"#;
    let visits = vec![visit; listed].join(",");
    let mut stage = Stage::new("owner.clients_to_call", locale);
    stage.data = json(&format!(r#"{{"missed":{{"count":{count},"visits":[{visits}]}}}}"#));
    stage
}

fn agenda(locale: &str, listed: usize) -> Stage {
    let visit = r#"{"starts_at":"2026-12-03T09:00:00+01:00","ends_at":"2026-12-03T09:30:00+01:00","service":"Coupe","location":"Fauteuil 2","client":{"part":"client.1"}}"#;
    let visits = vec![visit; listed].join(",");
    let mut stage = Stage::new("staff.agenda", locale);
    stage.data = json(&format!(r#"{{"agenda":{{"day":"2026-12-03T00:00:00+01:00","visits":[{visits}]}}}}"#));
    stage
}

fn inbox(stage: &Stage) -> (String, String) {
    match stage.render(Channel::InApp) {
        Content::InApp { title, body, .. } => (title.replace('\u{a0}', " "), body.replace('\u{a0}', " ")),
        other @ (Content::Email { .. } | Content::Sms { .. }) => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_listed_is_counted() {
    for (locale, two_more, one_more) in [
        ("fr", "Et 2 autres rendez-vous, à retrouver", "Et 1 autre rendez-vous, à retrouver"),
        ("en", "And 2 more appointments, which", "And 1 more appointment, which"),
    ] {
        for (count, expected) in [(5, two_more), (4, one_more)] {
            let (_, html, text) = to_call(locale, count, 3).email();
            assert!(text.contains(expected) && html.contains(expected), "{text}");
        }
        let (_, _, text) = to_call(locale, 3, 3).email();
        assert!(!text.contains("\nEt ") && !text.contains("\nAnd "), "{text}");
    }
}

#[test]
fn one_client_to_call_is_spoken_of_as_one() {
    let (subject, html, text) = to_call("fr", 1, 1).email();
    assert_eq!(subject, "Un client à appeler : son rappel n’est pas parti");
    assert!(
        html.contains("Un client à appeler") && text.contains("a retenu le rappel d’un rendez-vous"),
        "{text}"
    );
    let (title, body) = inbox(&to_call("fr", 1, 1));
    assert_eq!(title, "Un client à appeler");
    assert!(body.starts_with("Camille Laurent (Coupe, jeudi 3 décembre à 14:30) n’a pas reçu"), "{body}");
    let (_, body) = inbox(&to_call("en", 2, 2));
    assert!(body.contains("2:30 PM) and 1 other did not"), "{body}");
}

#[test]
fn an_empty_agenda_says_that_nothing_is_booked() {
    for (locale, subject, body) in [
        (
            "fr",
            "Votre agenda du jeudi 3 décembre : rien de réservé",
            "Aucun rendez-vous n’est réservé pour l’instant.",
        ),
        ("en", "Thursday, December 3: nothing booked", "Nothing is booked so far."),
    ] {
        let stage = agenda(locale, 0);
        let (said, html, text) = stage.email();
        assert_eq!(said, subject);
        assert!(text.contains(body) && !html.contains("class=\"label\""), "{text}");
        assert_eq!(inbox(&stage).1, body);
    }
}

#[test]
fn an_agenda_of_one_visit_speaks_of_one() {
    let (subject, _, text) = agenda("en", 1).email();
    assert_eq!(subject, "Thursday, December 3: 1 appointment");
    assert!(text.replace('\u{a0}', " ").contains("You have 1 appointment, at 9:00 AM."), "{text}");
    assert_eq!(inbox(&agenda("fr", 1)).1, "Camille Laurent à 09:00 (Coupe).");
}

#[test]
fn the_longest_list_that_fits_the_schema_stays_below_what_mail_programs_show_and_counts_the_rest() {
    let long = "&".repeat(200);
    for (mut stage, all, more) in [
        (to_call("fr", 12_345, 200), 12_345, ("Et ", " autres rendez-vous")),
        (to_call("en", 200, 200), 200, ("And ", " more appointments")),
        (agenda("fr", 200), 200, ("Et ", " autres rendez-vous")),
        (agenda("en", 200), 200, ("And ", " more, which")),
    ] {
        let subject = stage.email().0;
        stage.data = json(&serde_json::to_string(&stage.data).unwrap().replace("Coupe", &long));
        stage.people.get_mut("client.1").unwrap().name.clone_from(&long);
        assert_eq!(EMBEDDED.check_kind(&stage.kind, &stage.data), []);
        assert_counts_the_rest(&stage, all, more);
        assert_eq!(stage.email().0, subject, "the subject counts all");
    }
    assert_ne!(EMBEDDED.check_kind(&agenda("fr", 0).kind, &agenda("fr", 201).data), []);
    assert_ne!(EMBEDDED.check_kind(&to_call("fr", 1, 1).kind, &to_call("fr", 1, 0).data), []);
}

#[test]
fn a_digest_of_200_long_items_stays_below_what_mail_programs_show_and_counts_the_rest() {
    for kind in ["staff.digest", "client.digest", "platform.digest"] {
        for (locale, more) in [("fr", ("Et ", " autres, à retrouver")), ("en", ("And ", " more, which"))] {
            let text = "é".repeat(220);
            let item =
                format!(r#"{{"title":"Rendez-vous","body":"{text}","at":"2026-12-03T09:00:00+01:00"}}"#);
            let items = vec![item; 200].join(",");
            let mut stage = Stage::new(kind, locale);
            stage.data = json(&format!(r#"{{"digest":{{"count":200,"items":[{items}]}}}}"#));
            assert_eq!(EMBEDDED.check_kind(&stage.kind, &stage.data), []);
            assert!(stage.email().0.starts_with("200 "), "{}", stage.email().0);
            assert_counts_the_rest(&stage, 200, more);
        }
    }
}

/// The HTML is short enough, and what it lists and what it counts is all there is.
fn assert_counts_the_rest(stage: &Stage, all: usize, (before, after): (&str, &str)) {
    let (_, html, text) = stage.email();
    assert!(html.len() < 100_000, "{} bytes", html.len());
    let listed = html.matches("class=\"label\"").count();
    assert!(listed > 20 && listed < 200, "{listed} are listed");
    let number = |text: &str| {
        let end = text.find(after).unwrap_or_else(|| panic!("{after} in {text}"));
        let start = text[..end].rfind(before).unwrap() + before.len();
        text[start..end].chars().filter(char::is_ascii_digit).collect::<String>().parse::<usize>().unwrap()
    };
    assert_eq!((number(&html) + listed, number(&text) + listed), (all, all), "{}", stage.kind);
}

#[test]
fn an_optional_name_within_a_list_that_is_used_without_a_test_is_found_when_it_is_loaded() {
    let folder = Folder::new();
    let with_list = MINIMAL.replace(
        "[sample]",
        "steps = { type = 'array', items = { type = 'object', required = ['a'], properties = { a = { type = 'string' }, b = { type = 'string' } } } }\n[sample]\nsteps = [{ a = 'x', b = 'y' }]",
    );
    folder.kind("test.kind", &with_list.replace("required = [\"at\"]", "required = [\"at\", \"steps\"]"));
    folder.file(
        "test.kind/en/inbox.toml",
        "title = 'x'\nbody = '{% for step in steps %}{{ step.a }} {{ step.b }}{% endfor %}'",
    );
    let errors = Templates::with_directories(&[folder.path()]).unwrap_err();
    assert!(
        errors.to_string().contains("undefined value (with only the names that are required)"),
        "{errors}"
    );
    assert_eq!(errors.iter().count(), 1);
}
