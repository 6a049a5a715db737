//! What people type stays what it is: text.

use carillon_domain::Channel;
use carillon_domain::business::Brand;
use carillon_ports::catalogue::RenderError;
use carillon_ports::content::Content;

use crate::stage::{EMBEDDED, Stage, json, person};

const NASTY: &str = "<script>\"&' {{ 7*7 }}\r\nBcc: x@example.com";

#[test]
fn a_name_made_of_markup_stays_inert_in_every_part_of_an_email() {
    let mut stage = Stage::new("owner.appointment_booked", "fr");
    stage.people.insert("client".to_owned(), person(NASTY));
    let (subject, html, text) = stage.email();
    assert!(
        !html.contains("<script>") && html.contains("&lt;script&gt;&quot;&amp;&#39; {{ 7*7 }}"),
        "{html}"
    );
    assert!(subject.contains(r#"<script>"&' {{ 7*7 }} Bcc:"#), "{subject}");
    assert!(!subject.contains(['\r', '\n']));
    assert!(text.contains(r#"<script>"&' {{ 7*7 }}"#), "{text}");
    for part in [&subject, &html, &text] {
        assert!(!part.contains("49"), "nothing is evaluated: {part}");
    }
}

#[test]
fn an_sms_and_a_title_are_one_line_whatever_people_are_called() {
    let mut stage = Stage::new("staff.appointment_cancelled", "en");
    stage.people.insert("client".to_owned(), person(NASTY));
    match stage.render(Channel::Sms) {
        Content::Sms { text } => {
            assert!(!text.contains(['\r', '\n']) && text.contains("{{ 7*7 }}"), "{text}");
        }
        other @ (Content::Email { .. } | Content::InApp { .. }) => panic!("{other:?}"),
    }
    match stage.render(Channel::InApp) {
        Content::InApp { title, .. } => assert!(!title.contains(['\r', '\n']), "{title}"),
        other @ (Content::Email { .. } | Content::Sms { .. }) => panic!("{other:?}"),
    }
}

#[test]
fn an_address_of_a_button_cannot_break_out_of_its_attribute() {
    let mut stage = Stage::new("client.appointment_confirmed", "en");
    let action = r#"{"appointment":{"id":"1","service":"s","starts_at":"2026-12-03T14:30:00+01:00"},"action_url":"https://x.example/\"onclick=\"y&z"}"#;
    stage.data = json(action);
    let (_, html, _) = stage.email();
    assert!(html.contains(r#"href="https://x.example/&quot;onclick=&quot;y&amp;z""#), "{html}");
    assert!(html.contains(r#"href="https://carillon.example/u/abc?x=1&amp;y=2""#));
}

#[test]
fn a_colour_that_is_none_is_not_written_into_the_styles() {
    let mut stage = Stage::new("client.appointment_confirmed", "en");
    let business = stage.business.as_mut().unwrap();
    business.settings.brand = Brand { color: Some("#fff;background:url(x)".to_owned()), ..Brand::default() };
    let (_, html, _) = stage.email();
    assert!(!html.contains("url(x)") && html.contains("#0f5e5a"));
}

#[test]
fn the_data_cannot_take_the_place_of_what_every_text_is_given() {
    let mut stage = Stage::new("client.appointment_confirmed", "en");
    stage.people.insert("client".to_owned(), person("Camille Laurent"));
    stage.data = json(
        r#"{"appointment":{"id":"1","service":"s","starts_at":"2026-12-03T14:30:00+01:00"},
            "business":{"name":"Evil"},"recipient":{"first_name":"Evil"},"unsubscribe_url":"https://evil.example",
            "accent":"evil","client":{"id":"2","name":"Evil"}}"#,
    );
    let (subject, html, text) = stage.email();
    for part in [&subject, &html, &text] {
        assert!(!part.to_lowercase().contains("evil"), "{part}");
    }
}

#[test]
fn a_missing_value_is_an_error_that_names_the_template_and_the_line_and_no_value() {
    let mut stage = Stage::new("client.appointment_confirmed", "fr");
    stage.data = json(r#"{"appointment":{"id":"secret-1","service":"secret-2"}}"#);
    let error = stage.render_with(&EMBEDDED, Channel::Email).unwrap_err();
    let RenderError::Failed(detail) = &error else { panic!("{error}") };
    assert_eq!(
        detail,
        "client.appointment_confirmed/fr/email.subject:1: a filter was given a value that is absent"
    );

    stage.data = json(r#"{"appointment":{"id":"1","service":"s","starts_at":"secret"}}"#);
    let error = stage.render_with(&EMBEDDED, Channel::Email).unwrap_err();
    assert!(!error.to_string().contains("secret"), "{error}");
}
