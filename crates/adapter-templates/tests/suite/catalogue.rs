//! The catalogue: which kinds an event causes, what data fits, which conditions hold.

use carillon_adapter_templates::Templates;
use carillon_domain::kind::{Audience, Condition, Timing};
use carillon_domain::{Channel, Value};
use carillon_ports::catalogue::Catalogue;
use carillon_ports::content::Content;
use chrono::{DateTime, TimeDelta, Utc};

use crate::stage::{EMBEDDED, Stage, json, kind};

const BOOKED: &str = r#"{"client":{"id":"c1","name":"Camille Laurent"},
    "appointment":{"id":"a1","service":"Coupe","starts_at":"2026-12-03T14:30:00+01:00","status":"confirmed"}}"#;

/// Pointer and detail of each error, for an event and data with some replacement made.
fn errors(event: &str, data: &Value) -> Vec<(String, String)> {
    EMBEDDED.check_event(event, data).into_iter().map(|error| (error.pointer, error.detail)).collect()
}

fn pointers(event: &str, data: &str) -> Vec<String> {
    errors(event, &json(data)).into_iter().map(|(pointer, _)| pointer).collect()
}

fn now() -> DateTime<Utc> {
    "2026-12-02T14:30:00Z".parse().unwrap()
}

#[test]
fn the_35_kinds_and_the_seven_of_the_service_itself_are_there_with_their_class_audience_and_channels() {
    assert_eq!(EMBEDDED.kinds().len(), 35 + 7);
    let reminder = EMBEDDED.find_kind(&kind("client.reminder_1h")).unwrap();
    assert_eq!(reminder.reminder, Some(TimeDelta::hours(1)));
    assert_eq!(reminder.audience, Audience::Clients);
    let channels: Vec<(Channel, bool)> =
        reminder.channels.iter().map(|rule| (rule.channel, rule.opt_in)).collect();
    assert_eq!(channels, [(Channel::Sms, false), (Channel::Email, true)], "in the order of the file");
    assert!(EMBEDDED.find_kind(&kind("client.unheard_of")).is_none());
    assert!(!EMBEDDED.has_text(&kind("client.review_request"), Channel::Sms));

    for (name, audience, opt_in) in
        [("owner.clients_to_call", Audience::Owners, false), ("staff.agenda", Audience::Practitioner, true)]
    {
        let kind = EMBEDDED.find_kind(&kind(name)).unwrap();
        assert_eq!((kind.audience, kind.triggers.len(), kind.reminder), (audience, 0, None), "{name}");
        let channels: Vec<(Channel, bool)> =
            kind.channels.iter().map(|rule| (rule.channel, rule.opt_in)).collect();
        assert_eq!(channels, [(Channel::Email, opt_in), (Channel::InApp, opt_in)], "{name}");
    }
}

#[test]
fn an_event_names_the_kinds_that_listen_to_it_and_their_timing() {
    let names = |event: &str| -> Vec<String> {
        EMBEDDED.triggered_by(event).iter().map(|(kind, _)| kind.name.to_string()).collect()
    };
    assert_eq!(
        names("appointment.booked"),
        [
            "client.appointment_confirmed",
            "owner.appointment_booked",
            "staff.appointment_assigned",
            "support.appointment_to_confirm",
        ]
    );
    assert_eq!(names("nothing.of_the_kind"), Vec::<String>::new());
    let (_, trigger) = EMBEDDED.triggered_by("staff.shift_planned")[0];
    assert_eq!(
        trigger.timing,
        Timing::Before { by: TimeDelta::minutes(30), of: "shift.starts_at".to_owned() }
    );
    assert!(EMBEDDED.events().contains(&"appointment.booked"));
}

#[test]
fn every_sample_fits_its_kind_and_its_events_and_carries_its_people() {
    for kind in EMBEDDED.kinds() {
        let sample = EMBEDDED.sample(&kind.name).unwrap();
        assert_eq!(EMBEDDED.check_kind(&kind.name, &sample), [], "{}", kind.name);
        let schema: Value = json(&EMBEDDED.schema(&kind.name).unwrap());
        assert!(schema.at("properties").is_some());
    }
    let sample = EMBEDDED.sample(&kind("client.appointment_confirmed")).unwrap();
    assert_eq!(sample.text_at("client.name"), Some("Camille Laurent"));
}

#[test]
fn data_may_hold_the_names_of_any_kind_of_the_event_and_no_others() {
    // `reason` is known to staff.appointment_assigned alone, and that is enough.
    assert_eq!(
        pointers("appointment.booked", &BOOKED.replace("\"client\"", "\"reason\":\"x\",\"client\"")),
        [""; 0]
    );
    assert_eq!(
        pointers("appointment.booked", &BOOKED.replace("\"client\"", "\"a/b~c\":1,\"client\"")),
        ["/a~1b~0c"]
    );
    assert_eq!(pointers("nothing.of_the_kind", "{\"x\":1}"), [""; 0]);
    let direct = EMBEDDED.check_kind(
        &kind("client.appointment_confirmed"),
        &json(&BOOKED.replace("\"client\"", "\"reason\":\"x\",\"client\"")),
    );
    assert_eq!(direct[0].pointer, "/reason", "a kind alone knows only its own names");
}

#[test]
fn what_does_not_fit_is_told_by_pointer_and_never_repeats_the_value() {
    let table = [
        ("{}", "/appointment", "is required"),
        (r#"{"appointment":{"id":"1","service":"s"}}"#, "/appointment/starts_at", "is required"),
        (r#"{"appointment":"SECRET"}"#, "/appointment", "must be an object"),
        (
            r#"{"appointment":{"id":"1","service":"s","starts_at":"SECRET"}}"#,
            "/appointment/starts_at",
            "must be a time in RFC 3339 with offset, such as 2026-12-03T14:30:00+01:00, in the years 2000 to 2100",
        ),
        (
            r#"{"appointment":{"id":"1","service":"SEC\nRET","starts_at":"2026-12-03T14:30:00Z"}}"#,
            "/appointment/service",
            "must not contain line breaks or other control characters",
        ),
        (
            r#"{"appointment":{"id":"1","service":"s","starts_at":"2026-12-03T14:30:00Z","status":"SECRET"}}"#,
            "/appointment/status",
            "must be one of: requested, confirmed, cancelled, completed, no_show",
        ),
        (
            r#"{"appointment":{"id":"1","service":"s","starts_at":"2026-12-03T14:30:00Z","SECRET":1}}"#,
            "/appointment/SECRET",
            "is not a name that is known here; remove it or correct its spelling",
        ),
        (
            r#"{"appointment":{"id":"1","service":"s","starts_at":"2026-12-03T14:30:00Z"},"action_url":"javascript:SECRET"}"#,
            "/action_url",
            "must begin with https:// or http://",
        ),
        (r#""SECRET""#, "", "must be an object"),
    ];
    for (data, pointer, detail) in table {
        let found = errors("appointment.booked", &json(data));
        assert_eq!(found, [(pointer.to_owned(), detail.to_owned())], "{data}");
    }
}

#[test]
fn times_outside_of_what_anybody_means_are_refused() {
    for (time, fits) in [
        ("2026-12-03T14:30:00Z", true),
        ("2026-12-03T14:30:00.123+05:45", true),
        ("2026-12-03T14:30:00", false),
        ("2026-02-30T14:30:00Z", false),
        ("1999-12-31T23:59:59Z", false),
        ("2101-01-01T00:00:00Z", false),
        ("0001-01-01T00:00:00Z", false),
    ] {
        let data = BOOKED.replace("2026-12-03T14:30:00+01:00", time);
        assert_eq!(pointers("appointment.booked", &data).is_empty(), fits, "{time}");
    }
}

#[test]
fn a_condition_looks_at_the_data_and_at_the_time() {
    let holds =
        |condition: &str, data: &str| EMBEDDED.holds(&Condition(condition.to_owned()), &json(data), now());
    assert!(holds("appointment.status == 'confirmed'", BOOKED));
    assert!(!holds("appointment.status == 'confirmed'", &BOOKED.replace("\"confirmed\"", "\"requested\"")));
    let soon = "hours_until(appointment.starts_at) > 0 and hours_until(appointment.starts_at) < 24";
    assert!(holds(soon, BOOKED), "23 hours ahead");
    assert!(!holds(soon, &BOOKED.replace("T14:30:00+01:00", "T16:30:00+01:00")), "25 hours ahead");
}

#[test]
fn a_name_that_is_absent_makes_a_condition_false() {
    for condition in [
        "appointment.status == 'confirmed'",
        "hours_until(appointment.starts_at) > 0 and hours_until(appointment.starts_at) < 24",
        "cancelled_by == 'client'",
        "alert.severity == 'critical'",
    ] {
        for data in ["{}", r#"{"appointment":{}}"#, r#"{"appointment":null}"#, r#"{"appointment":"x"}"#, "3"]
        {
            assert!(
                !EMBEDDED.holds(&Condition(condition.to_owned()), &json(data), now()),
                "{condition} {data}"
            );
        }
    }
    assert!(
        !EMBEDDED.holds(&Condition("1 == 1".to_owned()), &json("{}"), now()),
        "no kind has this condition"
    );
}

#[test]
fn texts_that_belong_to_no_business_are_signed_by_the_platform() {
    let templates = Templates::embedded().unwrap().of_platform("Bookwell".to_owned());
    for kind in EMBEDDED.kinds().into_iter().filter(|kind| kind.is_of_platform()) {
        for locale in ["fr", "en"] {
            let stage = Stage { business: None, ..Stage::new(kind.name.as_str(), locale) };
            for rule in &kind.channels {
                let text = match stage.render_with(&templates, rule.channel).unwrap() {
                    Content::Email { subject, html, text } => format!("{subject} {html} {text}"),
                    Content::Sms { text } => text,
                    Content::InApp { .. } => continue,
                };
                assert!(text.contains("Bookwell"), "{} {locale} {}", kind.name, rule.channel);
                assert!(!text.contains("Carillon"), "{} {locale} {}: {text}", kind.name, rule.channel);
            }
        }
    }
}
