//! A hostile text is refused or does no harm, and so is a hostile value. Nothing is refused by luck: what the check refuses is made
//! here all the same, as if it had never been checked.

use std::collections::BTreeMap;

use carillon_domain::own_text::MOST_SEGMENTS;
use carillon_domain::{EmailAddress, OwnText, Value, sms as segments};
use carillon_ports::catalogue::RenderError;
use carillon_ports::content::Content;

use crate::own_hostile_tables::{texts, values};
use crate::own_stage::{CHANNELS, body_of, check, errors, everywhere};
use crate::stage::{Stage, kind, person};

/// What stands in data and people and in no text.
const SECRET: &str = "s3cr3t";

/// A message whose people and data hold what no client may read.
fn stage_of(name: &str, value: &str) -> Stage {
    let mut stage = Stage::new(name, "fr");
    let mut other = person(value);
    other.email = EmailAddress::parse(&format!("{SECRET}@example.com")).ok();
    stage.people = BTreeMap::from(["client", "practitioner"].map(|part| (part.to_owned(), other.clone())));
    stage.recipient = person(value);
    stage.data.set("client.email", Value::from(SECRET));
    stage.data.set("client.phone", Value::from(SECRET));
    stage.data.set("appointment.service", Value::from(value));
    stage.data.set("appointment.location", Value::from(value));
    stage.data.set("action_url", Value::from(value));
    stage
}

/// No element, no attribute and no address but those that this service writes itself.
fn assert_only_own_markup(body: &str) {
    for element in body.split('<').skip(1) {
        let own = ["p style=\"margin: ", "/p>", "br />", "strong>", "/strong>", "a href=\"https://", "/a>"];
        assert!(
            own.iter().any(|own| element.starts_with(own)),
            "<{}",
            element.chars().take(80).collect::<String>()
        );
        let quotes = element.split('>').next().unwrap_or_default().matches('"').count();
        assert!([0, 2, 4].contains(&quotes), "{element}");
    }
}

fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whatever was put in, this came out whole, small and inert.
pub(crate) fn assert_inert(content: &Content, how: &str) {
    let lines = match content {
        Content::Email { subject, html, text } => {
            let body = body_of(html);
            assert_only_own_markup(&body);
            assert!(
                body.len() <= 64 * 1024 && text.len() <= 66 * 1024,
                "{how}: {} {}",
                body.len(),
                text.len()
            );
            assert!(!html.contains(SECRET) && !text.contains(SECRET), "{how}");
            assert!(
                html.ends_with("</html>\n") || html.trim_end().ends_with("</html>"),
                "the frame is whole"
            );
            assert!(html.contains("https://carillon.example/u/abc"), "and one can unsubscribe");
            assert!(!body.contains(is_hidden) && !text.contains(is_hidden), "{how}");
            vec![subject]
        }
        Content::Sms { text } => {
            assert!(segments::cost(text).segments <= MOST_SEGMENTS, "{how}");
            vec![text]
        }
        Content::InApp { title, body, .. } => {
            assert!(body.len() <= 64 * 1024 && !body.contains(SECRET), "{how}");
            assert!(!body.contains(is_hidden), "{how}");
            vec![title]
        }
    };
    for line in lines {
        assert!(
            !line.contains(['\n', '\t']) && !line.contains(is_hidden) && !line.contains(SECRET),
            "{how}: {line:?}"
        );
    }
}

fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

#[test]
fn forty_hostile_texts_and_more_are_refused_or_inert() {
    let texts = texts();
    assert!(texts.len() >= 40, "{}", texts.len());
    for (text, refused_for) in &texts {
        for (name, own) in everywhere(text) {
            let found = errors(name, &own);
            if let (OwnText::Email { .. }, Some(code)) = (&own, refused_for) {
                assert!(found.contains(code), "{}: {found:?} instead of {code}", shown(text));
            } else if let (OwnText::Email { .. }, None) = (&own, refused_for) {
                assert_eq!(found, [], "{}", shown(text));
            }
            match stage_of(name, "Camille").render_own(&own) {
                Ok(content) => assert_inert(&content, &shown(text)),
                Err(RenderError::Failed(detail)) => {
                    assert!(!found.is_empty() && !detail.contains("Camille"), "{detail}");
                }
                Err(RenderError::NoTemplate) => panic!("{name} has this channel"),
            }
        }
    }
}

#[test]
fn forty_hostile_values_are_inert_in_every_channel_and_place() {
    const BODY: &str = "**{{ recipient.name }}** {{ appointment.service|upper }} {{ appointment.location|title }}\n\n\
        {% if client %}{{ client.first_name }}{% endif %}{% if recipient.name == \"x\" %}x{% endif %}\n\n\
        [{{ recipient.name }}]({{ action_url }})\n\n{{ action_url }} [a]({{ unsubscribe_url }})";
    let values = values();
    assert!(values.len() >= 40, "{}", values.len());
    for value in &values {
        let mut made = 0;
        for (name, own) in everywhere(BODY) {
            let content = stage_of(name, value).render_own(&own);
            assert_inert(&content.unwrap_or_else(|error| panic!("{}: {error}", shown(value))), &shown(value));
            made += 1;
        }
        let subject = OwnText::Email {
            subject: "{{ recipient.name }} {{ appointment.service }}".into(),
            body: "x".into(),
        };
        assert_inert(&stage_of("client.reminder_24h", value).render_own(&subject).unwrap(), &shown(value));
        assert_eq!(made, CHANNELS);
    }
}

#[test]
fn a_value_is_never_read_as_a_text() {
    let (body, text) = stage_of("client.reminder_24h", "**a** [b](https://c.example) {{ 7*7 }}\n\nd")
        .own_body("{{ appointment.service }}");
    assert_eq!(body, "<p style=\"margin: 0\">**a** [b](https://c.example) {{ 7*7 }}<br /><br />d</p>");
    assert_eq!(text, "**a** [b](https://c.example) {{ 7*7 }}\n\nd");
}

#[test]
fn a_link_that_a_value_leads_astray_is_its_label_alone() {
    for address in
        ["javascript:alert(1)", "http://plain.example", "https://a.example/\"onclick=\"x", "\u{202e}", ""]
    {
        let mut stage = stage_of("client.reminder_24h", "x");
        stage.data.set("action_url", Value::from(address));
        let (body, text) = stage.own_body("[See it]({{ action_url }})");
        assert_eq!(
            (body.as_str(), text.as_str()),
            ("<p style=\"margin: 0\">See it</p>", "See it"),
            "{address:?}"
        );
    }
}

#[test]
fn a_business_cannot_write_the_texts_of_the_platform_or_of_what_there_is_not() {
    for name in ["platform.fraud_detected", "client.unheard_of"] {
        let [(_, email), ..] = everywhere("x");
        assert_eq!(
            check(name, &email).problems.first().map(|problem| problem.code.as_str()),
            Some("unknown_kind")
        );
    }
    let [(_, email), (_, sms), _] = everywhere("x");
    assert_eq!(errors("client.review_request", &email), []);
    assert_eq!(check("client.review_request", &sms).problems[0].code.as_str(), "no_such_channel");
    let mut stage = Stage::new("client.review_request", "fr");
    assert_eq!(stage.render_own(&sms), Err(RenderError::NoTemplate));
    for name in ["client.unheard_of", "platform.fraud_detected"] {
        stage.kind = kind(name);
        assert_eq!(stage.render_own(&email), Err(RenderError::NoTemplate));
    }
}
