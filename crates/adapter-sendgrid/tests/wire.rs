//! The request and the call, against a SendGrid that is told how to behave.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use carillon_domain::EmailAddress;
use carillon_ports::EmailSender;
use carillon_ports::email::Attachment;
use carillon_ports::provider::SendError;
use carillon_testkit::clock::ManualClock;
use carillon_testkit::providers::{Behaviour, FakeSendGrid, samples};
use serde_json::{Value, json};

use carillon_adapter_sendgrid::{SendGrid, SendGridConfig};

fn sender(base_url: &str) -> SendGrid {
    let mut config = SendGridConfig::new("SG.secret".into());
    base_url.clone_into(&mut config.base_url);
    config.limits.total = Duration::from_millis(700);
    SendGrid::new(&config, Arc::new(ManualClock::default())).unwrap()
}

#[tokio::test]
async fn an_email_becomes_exactly_this_request() {
    let fake = FakeSendGrid::start().await;
    let taken = sender(&fake.url()).send(&samples::email(7)).await.unwrap();
    assert_eq!(taken.provider_id.as_deref(), Some("fakeMessage-00000001"));
    let received = &fake.received()[0];
    assert_eq!(received.headers["authorization"], "Bearer SG.secret");
    assert_eq!(received.headers["content-type"], "application/json");
    let expected = json!({
        "personalizations": [{
            "to": [{ "email": "camille@example.com", "name": "Camille Martin" }],
            "custom_args": { "message_id": "00000000-0000-0000-0000-000000000007", "attempt": "1" },
        }],
        "from": { "email": "bonjour@carillon.example", "name": "Salon Lumière" },
        "reply_to": { "email": "accueil@salon.example" },
        "subject": "Votre rendez-vous",
        "content": [
            { "type": "text/plain", "value": "Bonjour Camille" },
            { "type": "text/html", "value": "<p>Bonjour Camille</p>" },
        ],
        "headers": {
            "List-Unsubscribe": "<https://carillon.example/u/token-1>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        "tracking_settings": {
            "click_tracking": { "enable": false, "enable_text": false },
            "open_tracking": { "enable": false },
            "subscription_tracking": { "enable": false },
        },
    });
    assert_eq!(received.body, expected);
}

#[tokio::test]
async fn a_name_that_would_be_split_is_quoted_and_what_is_empty_is_left_out() {
    let fake = FakeSendGrid::start().await;
    let mut email = samples::email(1);
    email.to.name = "Martin, \"Cam\"; Dr".to_owned();
    email.from.name = String::new();
    email.reply_to = None;
    email.text = String::new();
    sender(&fake.url()).send(&email).await.unwrap();
    let body = &fake.received()[0].body;
    assert_eq!(body["personalizations"][0]["to"][0]["name"], "\"Martin, 'Cam'; Dr\"");
    assert_eq!(body["from"], json!({ "email": "bonjour@carillon.example" }));
    assert_eq!((body.get("reply_to"), body["content"].as_array().map(Vec::len)), (None, Some(1)));
}

#[tokio::test]
async fn an_address_with_letters_beyond_ascii_is_not_asked_for_and_an_international_domain_is_written_in_ascii()
 {
    let fake = FakeSendGrid::start().await;
    let mut email = samples::email(1);
    email.to.address = EmailAddress::parse("zoé@exemple.fr").unwrap();
    let error = sender(&fake.url()).send(&email).await.unwrap_err();
    assert!(matches!(error, SendError::Unsupported(_)), "{error:?}");
    assert_eq!(fake.received().len(), 0);
    email.to.address = EmailAddress::parse("accueil@société.example").unwrap();
    sender(&fake.url()).send(&email).await.unwrap();
    let to = &fake.received()[0].body["personalizations"][0]["to"][0]["email"];
    assert_eq!(to, "accueil@xn--socit-esab.example");
}

#[tokio::test]
async fn a_calendar_goes_along_as_a_file_whose_type_has_the_method_alone() {
    let fake = FakeSendGrid::start().await;
    let mut email = samples::email(1);
    email.attachments = vec![
        samples::calendar(),
        Attachment {
            file_name: "note.txt".to_owned(),
            media_type: "text/plain;charset=utf-8".to_owned(),
            bytes: vec![0, 159, 255],
        },
    ];
    sender(&fake.url()).send(&email).await.unwrap();
    let files = &fake.received()[0].body["attachments"];
    let content = files[0]["content"].as_str().unwrap();
    assert_eq!(STANDARD.decode(content).unwrap(), email.attachments[0].bytes);
    let expected = json!([
        {
            "content": content,
            "filename": "invite.ics",
            "type": "text/calendar; method=REQUEST",
            "disposition": "attachment",
        },
        { "content": "AJ//", "filename": "note.txt", "type": "text/plain", "disposition": "attachment" },
    ]);
    assert_eq!(files, &expected);
}

#[tokio::test]
async fn each_way_to_fail_is_told_apart() {
    let fake = FakeSendGrid::start().await;
    let sender = sender(&fake.url());
    let name = |error: SendError| match error {
        SendError::Rejected { .. } => "rejected",
        SendError::Throttled { .. } => "throttled",
        SendError::Deferred(_) => "deferred",
        SendError::Unavailable(_) => "unavailable",
        SendError::InDoubt(_) => "in doubt",
        SendError::Unsupported(_) => "unsupported",
        SendError::Credential(_) => "credential",
    };
    let table = [
        (Behaviour::status(400), "rejected"),
        (Behaviour::status(401), "credential"),
        (Behaviour::status(429).header("Retry-After", "5"), "throttled"),
        (Behaviour::status(503).body("<html>garbage"), "unavailable"),
        (Behaviour::status(504), "in doubt"),
        (Behaviour::status(200).body("garbage"), "in doubt"),
        (Behaviour::close().but_takes_it(), "in doubt"),
        (Behaviour::reset().but_takes_it(), "in doubt"),
        (Behaviour::hang().but_takes_it(), "in doubt"),
        (Behaviour::endless_body(500), "unavailable"),
    ];
    for (behaviour, expected) in table {
        fake.next([behaviour.clone()]);
        let error = sender.send(&samples::email(1)).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("camille"), "{error:?}");
        assert_eq!(name(error), expected, "{behaviour:?}");
    }
    assert_eq!(fake.received().len(), 10);
}

#[tokio::test]
async fn a_202_is_a_yes_whatever_its_body_is() {
    let fake = FakeSendGrid::start().await;
    for behaviour in [Behaviour::status(202).body("garbage"), Behaviour::endless_body(202)] {
        fake.next([behaviour]);
        assert_eq!(sender(&fake.url()).send(&samples::email(1)).await.unwrap().provider_id, None);
    }
}

#[test]
fn a_key_or_an_address_that_cannot_work_is_refused_at_the_start() {
    let clock = || Arc::new(ManualClock::default());
    let mut config = SendGridConfig::new("".into());
    assert!(SendGrid::new(&config, clock()).is_err());
    config = SendGridConfig::new("SG.x".into());
    assert!(SendGrid::new(&config, clock()).is_ok());
    config.base_url = "api.sendgrid.com".to_owned();
    assert!(SendGrid::new(&config, clock()).is_err());
}

#[tokio::test]
async fn varied_emails_agree_with_sendgrids_openapi_document() {
    let Some(path) = carillon_testkit::providers::prism::specification("tsg_mail_v3.json") else {
        println!("left out: SendGrid's OpenAPI document is not here");
        return;
    };
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    // OpenAPI 3.1 schemas are JSON Schema 2020-12; the references point into `components`.
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": "#/components/requestBodies/PostMailSend/content/application~1json/schema",
        "components": document["components"],
    });
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(!validator.is_valid(&json!({ "personalizations": [] })), "the schema says no to nothing");
    let fake = FakeSendGrid::start().await;
    let sender = sender(&fake.url());
    for email in samples::varied_emails(60) {
        sender.send(&email).await.unwrap();
    }
    for received in fake.received() {
        let errors: Vec<String> = validator.iter_errors(&received.body).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}
