//! Text messages that ask for an answer where one can come, and names that French words elide before.

use carillon_adapter_templates::Templates;
use carillon_domain::{Channel, sms};
use carillon_ports::content::Content;

use crate::stage::{EMBEDDED, Stage};

fn text(templates: &Templates, stage: &Stage) -> String {
    match stage.render_with(templates, Channel::Sms).unwrap() {
        Content::Sms { text } => text,
        other @ (Content::Email { .. } | Content::InApp { .. }) => panic!("{other:?}"),
    }
}

#[test]
fn sms_ask_for_oui_or_non_where_the_sender_receives_and_only_there() {
    let receives = Templates::embedded().unwrap().inviting_replies(true);
    for kind in ["client.reminder_24h", "client.appointment_rescheduled"] {
        for (locale, invitation) in [
            ("fr", "Répondez OUI pour confirmer, NON pour annuler."),
            ("en", "Reply YES to confirm, NO to cancel."),
        ] {
            let stage = Stage::new(kind, locale);
            let asking = text(&receives, &stage);
            assert!(asking.contains(invitation), "{asking}");
            assert_eq!(sms::cost(&asking).segments, 1, "{asking}");
            assert!(!text(&EMBEDDED, &stage).contains(invitation));
        }
    }
}

#[test]
fn own_texts_elide_before_names_as_the_built_in_ones_can() {
    let mut stage = Stage::new("client.reminder_24h", "fr");
    for (name, expected) in [
        ("Atelier Lumière", "L'équipe d'Atelier Lumière dit qu'Atelier Lumière vous attend."),
        ("Martin", "L'équipe de Martin dit que Martin vous attend."),
    ] {
        stage.business.as_mut().unwrap().name = name.to_owned();
        let text = "L'équipe {{ business.name|de }} dit {{ business.name|que }} vous attend.";
        assert_eq!(stage.own_sms(text), expected);
    }
}
