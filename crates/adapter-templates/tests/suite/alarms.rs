//! The service's own alarms, as administrators read them.

use carillon_domain::alarm::{Alarm, Grade};
use carillon_domain::sms::{self, Alphabet};
use carillon_domain::{Channel, Class, Value};
use carillon_ports::content::Content;

use crate::snapshots::assert_snapshot;
use crate::stage::{Stage, json};

/// One of each, in the states that read differently.
fn alarms() -> Vec<Alarm> {
    let (email, provider) = (Channel::Email, "sendgrid".to_owned());
    vec![
        Alarm::PlannerSilent { heard_at: "2026-12-01T07:41:00Z".parse().unwrap() },
        Alarm::QueueAge { channel: email, class: Class::Critical, waiting: 1_204, minutes: 7 },
        Alarm::QueueAge { channel: Channel::InApp, class: Class::Immediate, waiting: 1, minutes: 1 },
        Alarm::ErrorRate { channel: Channel::Sms, failed: 38, of: 120 },
        Alarm::BounceRate { bounced: 31, of: 412 },
        Alarm::DeliveryRate { channel: Channel::Sms, delivered: 930, of: 1_000 },
        Alarm::SmsSpend {
            messages: 2_310,
            spent: 164_934_000,
            limit: 100_000_000,
            currency: "EUR".to_owned(),
        },
        Alarm::ProviderDown { provider: provider.clone(), channel: email, has_stand_in: true },
        Alarm::ProviderDown { provider: provider.clone(), channel: email, has_stand_in: false },
        Alarm::ProviderUnauthorized { provider, channel: email, has_stand_in: false },
        Alarm::RemindersRepaired { missing: 3, surplus: 1, moved: 12 },
    ]
}

/// The kind that tells of an alarm, and its data.
fn told(alarm: &Alarm) -> (&'static str, Value) {
    let (kind, block, fields) = match alarm.grade() {
        Grade::Critical => {
            ("platform.critical_system_alert", "alert", r#""severity": "critical", "started_at""#)
        }
        Grade::Degraded => ("platform.health_degraded", "health", r#""since""#),
        Grade::Quota => (
            "platform.quota_exceeded",
            "quota",
            r#""limit": 10000, "used": 16493, "currency": "EUR", "period""#,
        ),
    };
    let since = if block == "quota" { "" } else { "2026-12-01T07:43:00Z" };
    let mut data = json(&format!(r#"{{"{block}": {{{fields}: "{since}"}}}}"#));
    for field in if block == "quota" { vec!["name"] } else { vec!["component"] } {
        data.set(&format!("{block}.{field}"), Value::from(alarm.name().as_str()));
    }
    if block != "quota" {
        data.set(&format!("{block}.summary"), Value::from(alarm.to_string().as_str()));
    }
    data.set(&format!("{block}.code"), Value::from(alarm.code()));
    data.set(&format!("{block}.facts"), alarm.facts());
    (kind, data)
}

fn stage(kind: &str, locale: &str, data: Value) -> Stage {
    Stage { data, business: None, ..Stage::new(kind, locale) }
}

fn shown(stage: &Stage) -> String {
    let (subject, _, text) = stage.email();
    let Content::InApp { title, body, .. } = stage.render(Channel::InApp) else { panic!("an item") };
    // Greeting and foot are those of every e-mail.
    let text = text
        .split("\n\n")
        .skip(1)
        .take_while(|part| !part.starts_with("--"))
        .collect::<Vec<_>>()
        .join("\n\n");
    format!("{subject}\n\n{text}\n\n[{title}] {body}")
}

#[test]
fn each_alarm_reads_as_it_was_reviewed_in_each_language() {
    for locale in ["fr", "en"] {
        let mut all = Vec::new();
        for alarm in alarms() {
            let (kind, data) = told(&alarm);
            let text = shown(&stage(kind, locale, data));
            assert!(!text.contains(&alarm.to_string()), "{locale}: worded by the program: {text}");
            all.push(text);
        }
        let budget = r#"{"quota": {"name": "sms_budget", "code": "sms_budget", "facts": {"channel": "sms"}, "limit": 5000,
            "used": 4998, "currency": "EUR", "business_name": "Atelier Lumière"}}"#;
        all.push(shown(&stage("platform.quota_exceeded", locale, json(budget))));
        assert_snapshot(&format!("alarms.{locale}"), &all.join("\n\n=====\n\n"));
    }
}

#[test]
fn the_end_of_each_alarm_is_told_in_each_language() {
    for locale in ["fr", "en"] {
        for alarm in alarms() {
            let mut data =
                json(r#"{"alert": {"severity": "critical", "started_at": "2026-12-01T07:43:00Z"}}"#);
            data.set("alert.component", Value::from(alarm.name().as_str()));
            data.set("alert.summary", Value::from(alarm.to_string().as_str()));
            data.set("alert.code", Value::from(alarm.code()));
            data.set("alert.facts", alarm.facts());
            let text = shown(&stage("platform.system_recovered", locale, data));
            assert!(!text.contains(&alarm.to_string()), "{locale}: {text}");
            assert!(text.contains("GET /v1/dead-letters"), "{locale}: {text}");
            assert!(!text.contains("onsole"), "it points to what exists: {text}");
        }
    }
}

#[test]
fn an_alarm_by_sms_fits_one_segment_of_the_plain_alphabet() {
    for locale in ["fr", "en"] {
        for alarm in alarms().into_iter().filter(|alarm| alarm.grade() == Grade::Critical) {
            let (kind, data) = told(&alarm);
            let Content::Sms { text } = stage(kind, locale, data).render(Channel::Sms) else {
                panic!("a text")
            };
            let cost = sms::cost(&text);
            assert_eq!((cost.alphabet, cost.segments), (Alphabet::Gsm7, 1), "{locale}: {text}");
        }
    }
}

#[test]
fn an_alarm_without_its_figures_is_told_all_the_same() {
    for code in ["planner_silent", "queue_age", "provider_down", "sms_budget"] {
        for facts in ["{}", r#"{"channel": "sms"}"#] {
            let data = format!(
                r#"{{"alert": {{"severity": "critical", "component": "c", "summary": "s", "code": "{code}", "facts": {facts}}}}}"#
            );
            for locale in ["fr", "en"] {
                assert!(!shown(&stage("platform.critical_system_alert", locale, json(&data))).is_empty());
            }
        }
    }
}
