//! Names as people expect to be greeted, and places of several lines.

use carillon_domain::Channel;
use carillon_ports::content::Content;

use crate::own_stage::sms;
use crate::stage::{Stage, json, person};

const GREETINGS: [(&str, &str, &str); 9] = [
    ("ROUX, Alix", "Bonjour Alix,", "Hello Alix,"),
    ("Smith, John", "Bonjour John,", "Hello John,"),
    ("Dr. Alix Roux", "Bonjour Alix,", "Hello Alix,"),
    ("Mme Roux", "Bonjour Mme Roux,", "Hello Mme Roux,"),
    ("M. Dupont", "Bonjour M. Dupont,", "Hello M. Dupont,"),
    ("Pr Durand", "Bonjour Pr Durand,", "Hello Pr Durand,"),
    ("https://evil.example/gagnez maintenant", "Bonjour,", "Hello,"),
    ("evil.example/win", "Bonjour,", "Hello,"),
    ("\u{200b}", "Bonjour,", "Hello,"),
];

fn stage(locale: &str, name: &str) -> Stage {
    let mut stage = Stage::new("client.appointment_confirmed", locale);
    stage.recipient = person(name);
    stage
}

#[test]
fn a_reader_is_greeted_as_people_expect_in_both_languages() {
    for (name, french, english) in GREETINGS {
        for (locale, greeting) in [("fr", french), ("en", english)] {
            let (_, html, text) = stage(locale, name).email();
            assert!(text.starts_with(&format!("{greeting}\n")), "{name}: {text}");
            assert!(html.contains(&format!(">{greeting}<")), "{name}: {html}");
            assert!(!html.contains('\u{ffff}') && !text.contains('\u{ffff}'), "{name}");
        }
    }
}

#[test]
fn a_text_of_a_business_greets_in_the_same_way() {
    let body = "Bonjour {{ recipient.first_name }},\n\n{% if recipient.first_name %}Cher **{{ recipient.first_name }}**{% else %}Cher client{% endif %}";
    for (name, greeting, dear, subject) in [
        ("MARTIN, Zoé", "Bonjour Zoé,", "Cher Zoé", "Salut Zoé !"),
        ("evil.example/win", "Bonjour,", "Cher client", "Salut !"),
    ] {
        let (made, html, text) = stage("fr", name).own_email("Salut {{ recipient.first_name }} !", body);
        assert!(text.contains(&format!("{greeting}\n")) && text.contains(dear), "{text}");
        assert!(html.contains(greeting) && !html.contains('\u{ffff}'), "{html}");
        assert_eq!(made, subject);
    }
}

#[test]
fn a_name_is_never_a_link() {
    let mut stage = Stage::new("owner.appointment_booked", "fr");
    stage.people.insert("client".to_owned(), person("evil.example/win"));
    if let Some(business) = &mut stage.business {
        business.name = "Gagnez sur www.evil.example".to_owned();
    }
    let (subject, html, text) = stage.email();
    for part in [&subject, &html, &text] {
        assert!(!part.contains("evil.example") && !part.contains("www.evil"), "{part}");
    }
}

#[test]
fn a_place_keeps_its_lines_where_there_is_room_and_is_one_line_elsewhere() {
    let mut stage = Stage::new("client.reminder_24h", "fr");
    stage.data = json(
        r#"{"appointment":{"id":"1","service":"s","starts_at":"2026-12-03T14:30:00+01:00","location":"Cabinet Roux\n12 rue X\n75011 Paris"}}"#,
    );
    let (_, html, text) = stage.email();
    assert!(text.contains("Lieu : Cabinet Roux\n12 rue X\n75011 Paris\n"), "{text}");
    assert!(html.contains("Cabinet Roux<br />12 rue X<br />75011 Paris"), "{html}");
    let Ok(Content::Sms { text }) = stage.render_own(&sms("RDV {{ appointment.location }}")) else {
        panic!("an SMS was asked for")
    };
    assert_eq!(text, "RDV Cabinet Roux, 12 rue X, 75011 Paris");
    let mut shift = Stage::new("staff.shift_starting", "fr");
    shift.data = json(
        r#"{"shift":{"starts_at":"2026-12-03T14:30:00+01:00","location":"Cabinet Roux\n12 rue X\n75011 Paris"}}"#,
    );
    match shift.render(Channel::InApp) {
        Content::InApp { body, .. } => {
            assert!(body.contains("Cabinet Roux, 12 rue X, 75011 Paris"), "{body}");
        }
        other @ (Content::Email { .. } | Content::Sms { .. }) => panic!("{other:?}"),
    }
}
