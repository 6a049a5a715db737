//! The dearest texts that are accepted: what they make has a limit, whatever the values, and nothing is repeated.

use carillon_domain::Value;
use carillon_ports::content::Content;

use crate::own_stage::{check, email, errors, in_app};
use crate::stage::{Stage, person};

const LARGEST: usize = 64 * 1024;

/// A message whose every value is longer than any text shows, in letters that take most room as HTML.
fn stage() -> Stage {
    let mut stage = Stage::new("client.appointment_confirmed", "fr");
    let long = "\"&<>".repeat(5_000);
    stage.recipient = person(&long);
    stage.data.set("appointment.service", Value::from(long.as_str()));
    stage.data.set("action_url", Value::from(format!("https://a.example/{}", "x".repeat(2_000)).as_str()));
    stage
}

/// The dearest texts by what they have most of.
fn dearest() -> Vec<String> {
    let fill = |text: &str, most: usize| text.repeat((16 * 1024 / text.len()).min(most));
    vec![
        fill("{{ recipient.name }}", 200),
        fill("{{ appointment.service|upper|title|lower }}", 200),
        fill("{% if appointment.service %}{{ recipient.name }}{% endif %}\n\n", 100),
        fill("**{{ recipient.name }}**\n", 100),
        fill("[{{ recipient.name }}]({{ action_url }})\n\n", 100),
        fill("{{ recipient.name }}", 199) + &"\"".repeat(8_000),
        "a\n\n".repeat(1_100) + &fill("{{ recipient.name }}\n\n", 200),
        "x".repeat(16 * 1024),
        "\n".repeat(2_500) + "x",
    ]
}

#[test]
fn what_a_text_makes_has_a_limit_and_values_give_way_to_what_the_business_wrote() {
    let stage = stage();
    for text in dearest() {
        let shown: String = text.chars().take(40).collect();
        assert_eq!(errors("client.appointment_confirmed", &email("x", &text)), [], "{shown}");
        let (body, plain) = stage.own_body(&text);
        assert!(body.len() <= LARGEST && plain.len() <= LARGEST, "{shown}: {} {}", body.len(), plain.len());
        assert_eq!(body.matches("<p ").count(), body.matches("</p>").count(), "{shown}");
        match stage.render_own(&in_app("x", &text)).unwrap() {
            Content::InApp { body, .. } => assert!(body.len() <= LARGEST, "{shown}"),
            other @ (Content::Email { .. } | Content::Sms { .. }) => panic!("{other:?}"),
        }
    }
    let (body, plain) = stage.own_body(&("{{ recipient.name }}".repeat(200) + "The end."));
    assert!(body.ends_with("The end.</p>") && plain.ends_with("The end."));
}

#[test]
fn nothing_that_is_written_once_is_made_twice() {
    let mut stage = stage();
    stage.recipient = person("1");
    let text = "{{ recipient.name }}{% if recipient.name == \"1\" %}{{ recipient.name }}{% elif recipient %}2{% else %}3{% endif %}";
    let (body, _) = stage.own_body(&text.repeat(30));
    assert_eq!(body.matches('1').count(), 60);
    assert!(!body.contains(['2', '3']));
}

#[test]
fn a_single_value_is_cut() {
    let (_, text) = stage().own_body("{{ appointment.service }}");
    assert_eq!(text.chars().count(), 2_000);
}

#[test]
fn in_an_sms_values_give_way_until_it_can_be_sent() {
    let mut stage = Stage::new("client.reminder_1h", "fr");
    stage.recipient = person(&"ê".repeat(3_000));
    let sent = stage.own_sms("Bonjour {{ recipient.name }}, à demain chez {{ business.name }} !");
    assert!(sent.starts_with("Bonjour êêê") && sent.ends_with(", à demain chez Atelier Lumière !"), "{sent}");
    assert_eq!(sent.matches('ê').count(), 200);
}

#[test]
fn an_address_in_an_sms_is_whole_while_names_give_way() {
    let mut stage = Stage::new("client.reminder_1h", "fr");
    let address = format!("https://a.example/{}", "u".repeat(150));
    stage.data.set("action_url", Value::from(address.as_str()));
    stage.recipient = person(&"ê".repeat(300));
    let sent = stage.own_sms("{{ recipient.name }} {{ client.name }} {{ action_url }} et à demain");
    assert!(sent.contains(&format!(" {address} et")) && !sent.contains(&"ê".repeat(201)), "{sent}");
}

#[test]
fn many_problems_are_told_up_to_a_number_that_somebody_reads() {
    let names: Vec<String> = (0..200).map(|n| format!("{{{{ unknown_{n} }}}}")).collect();
    let text = names.concat();
    assert_eq!(check("client.reminder_24h", &email("x", &text)).problems.len(), 30);
}
