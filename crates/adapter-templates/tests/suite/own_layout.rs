//! An own e-mail as its reader gets it: in the frame of the built-in ones.

use carillon_domain::Value;
use carillon_ports::content::Content;

use crate::own_stage::in_app;
use crate::snapshots::assert_snapshot;
use crate::stage::Stage;

const FRENCH: &str = "Bonjour {{ recipient.first_name }},

Nous vous attendons **{{ appointment.starts_at|day }} à {{ appointment.starts_at|time }}** pour : {{ appointment.service }}.
{% if practitioner %}
Vous serez reçu par {{ practitioner.name }}.
{% endif %}
{% if note %}
{{ note }}
{% endif %}

{% if action_url %}
[Voir mon rendez-vous]({{ action_url }})
{% endif %}

Un empêchement ? [Écrivez-nous](mailto:bonjour@atelier.example) ou appelez le {{ business.phone|default(\"salon\") }}.

À très vite,
{{ business.name }}
";

const ENGLISH: &str = "Hello {{ recipient.first_name }},

See you on **{{ appointment.starts_at|date }}** at {{ appointment.starts_at|time }}.

{% if appointment.status == \"cancelled\" %}
It is cancelled.
{% elif appointment.location and not note %}
Where: {{ appointment.location }}
{% else %}
Bring: {{ note|lower }}
{% endif %}

[View or change it]({{ action_url }})

[Our page](https://atelier.example) & <more>
";

#[test]
fn an_own_email_reads_as_it_was_looked_at() {
    for (locale, subject, body) in [
        ("fr", "Votre rendez-vous du {{ appointment.starts_at|day }}", FRENCH),
        ("en", "Your appointment: {{ appointment.service }}", ENGLISH),
    ] {
        let (subject, html, text) = Stage::new("client.reminder_24h", locale).own_email(subject, body);
        assert_snapshot(&format!("own.{locale}.email"), &format!("{subject}\n\n{text}"));
        assert_snapshot(&format!("own.{locale}.html"), &html.replace("><", ">\n<"));
    }
}

#[test]
fn an_own_email_has_the_frame_of_the_built_in_ones() {
    let stage = Stage::new("client.reminder_24h", "fr");
    let (_, own_html, own_text) = stage.own_email("x", "y");
    let (_, html, text) = stage.email();
    let foot = |html: &str| html[html.rfind("Atelier Lumière</strong>").unwrap()..].to_owned();
    assert_eq!(foot(&own_html), foot(&html));
    let after = |text: &str| text.split_once("\n--\n").map(|(_, foot)| foot.to_owned());
    assert!(after(&own_text).is_some());
    assert_eq!(after(&own_text), after(&text));
    assert!(own_html.contains("border-top:4px solid #7a1f5c"), "and the colour of the business");
}

#[test]
fn what_is_absent_leaves_no_gap() {
    let mut stage = Stage::new("client.reminder_24h", "en");
    stage.people.clear();
    stage.data.take("practitioner");
    let body = "A\n\n{% if practitioner %}\nWith {{ practitioner.name }}.\n\n{% endif %}\nB {{ practitioner.name }}C\n{{ note }}\nD";
    let (html, text) = stage.own_body(body);
    assert_eq!(
        html,
        "<p style=\"margin: 0\">A</p>\n<p style=\"margin: 16px 0 0\">B C</p>\n<p style=\"margin: 16px 0 0\">D</p>"
    );
    assert_eq!(text, "A\n\nB C\n\nD");
}

#[test]
fn an_own_item_of_the_inbox_keeps_the_built_in_button() {
    let stage = Stage::new("client.appointment_confirmed", "fr");
    match stage
        .render_own(&in_app("C'est noté, {{ recipient.first_name }}", "Le {{ appointment.starts_at|day }}."))
    {
        Ok(Content::InApp { title, body, action }) => {
            assert_eq!((title.as_str(), body.as_str()), ("C'est noté, Camille", "Le jeudi 3 décembre."));
            assert_eq!(action.map(|action| action.url), stage.data.text_at("action_url").map(str::to_owned));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_a_schema_forbids_and_came_all_the_same_fails_and_names_the_place_and_no_value() {
    let mut stage = Stage::new("client.reminder_24h", "fr");
    stage.data.set("appointment.starts_at", Value::from("secret"));
    let error =
        stage.render_own(&crate::own_stage::email("x", "a\n{{ appointment.starts_at|date }}")).unwrap_err();
    assert_eq!(error.to_string(), "own text, body:2:26: this filter takes a time");
}
