//! Every text there is, as a reader gets it. After a change: `INSTA_UPDATE=always cargo nextest run -p carillon-adapter-templates`,
//! then read the difference.

use carillon_domain::sms::{self, Alphabet};
use carillon_ports::catalogue::Catalogue;
use carillon_ports::content::Content;

use crate::stage::{EMBEDDED, Stage};

pub(crate) fn assert_snapshot(name: &str, shown: &str) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, shown);
    });
}

#[test]
fn every_text_of_every_kind_reads_as_it_was_reviewed() {
    for kind in EMBEDDED.kinds() {
        for locale in ["fr", "en"] {
            for rule in &kind.channels {
                let shown = match Stage::new(kind.name.as_str(), locale).render(rule.channel) {
                    Content::Email { subject, text, .. } => format!("{subject}\n\n{text}"),
                    Content::Sms { text } => text,
                    Content::InApp { title, body, action } => {
                        let action = action.map(|action| format!("\n[{}] {}", action.label, action.url));
                        format!("{title}\n\n{body}\n{}", action.unwrap_or_default())
                    }
                };
                assert_snapshot(&format!("{}.{locale}.{}", kind.name, rule.channel), &shown);
            }
        }
    }
}

#[test]
fn the_html_of_an_email_stays_as_it_was_looked_at() {
    for (kind, locale) in [("client.appointment_confirmed", "fr"), ("platform.critical_system_alert", "en")] {
        let (_, html, _) = Stage::new(kind, locale).email();
        // One element a line, so that a change can be read.
        assert_snapshot(&format!("{kind}.{locale}.html"), &html.replace("><", ">\n<"));
    }
}

#[test]
fn every_sms_fits_one_segment_of_the_plain_alphabet() {
    for kind in EMBEDDED.kinds() {
        for locale in ["fr", "en"] {
            for rule in &kind.channels {
                if let Content::Sms { text } = Stage::new(kind.name.as_str(), locale).render(rule.channel) {
                    let cost = sms::cost(&text);
                    assert_eq!(
                        (cost.alphabet, cost.segments),
                        (Alphabet::Gsm7, 1),
                        "{} {locale}: {text}",
                        kind.name
                    );
                }
            }
        }
    }
}
