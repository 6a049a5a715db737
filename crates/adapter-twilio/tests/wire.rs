//! The request and the call, against a Twilio that is told how to behave.

use std::sync::Arc;
use std::time::Duration;

use carillon_adapter_twilio::{BASE_URL, SmsOrigin, Twilio, TwilioConfig};
use carillon_ports::SmsSender;
use carillon_ports::provider::SendError;
use carillon_provider_http::Limits;
use carillon_testkit::clock::ManualClock;
use carillon_testkit::providers::twilio::twilio_error;
use carillon_testkit::providers::{Behaviour, FakeTwilio, prism, samples};
use serde_json::{Value, json};

const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";

fn config(base_url: &str) -> TwilioConfig {
    TwilioConfig {
        account_sid: ACCOUNT.to_owned(),
        auth_token: "secret-token".into(),
        origin: SmsOrigin::From("+33757000000".to_owned()),
        public_url: "https://carillon.example/".to_owned(),
        base_url: base_url.to_owned(),
        limits: Limits { total: Duration::from_millis(700), ..Limits::default() },
    }
}

fn sender(config: &TwilioConfig) -> Twilio {
    Twilio::new(config, Arc::new(ManualClock::default())).unwrap()
}

#[tokio::test]
async fn a_text_message_becomes_exactly_this_request() {
    let fake = FakeTwilio::start().await;
    let mut sms = samples::sms(7);
    sms.text = "C'est à 14h & demie\n+ 5 € 🎉".to_owned();
    let taken = sender(&config(&fake.url())).send(&sms).await.unwrap();
    assert_eq!(taken.provider_id, Some(FakeTwilio::sid(1)));
    let received = &fake.received()[0];
    assert_eq!(received.path, format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json"));
    assert_eq!(received.headers["content-type"], "application/x-www-form-urlencoded");
    let basic = "Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjpzZWNyZXQtdG9rZW4=";
    assert_eq!(received.headers["authorization"], basic);
    let callback =
        "https://carillon.example/webhooks/twilio/status?m=00000000-0000-0000-0000-000000000007&a=1";
    let expected = json!({
        "To": "+33612345678",
        "From": "+33757000000",
        "Body": "C'est à 14h & demie\n+ 5 € 🎉",
        "StatusCallback": callback,
    });
    assert_eq!(received.body, expected);
    let id = (received.message_id.as_deref(), received.attempt.as_deref());
    assert_eq!(id, (Some("00000000-0000-0000-0000-000000000007"), Some("1")));
}

#[tokio::test]
async fn a_messaging_service_takes_the_place_of_the_number() {
    let fake = FakeTwilio::start().await;
    let mut config = config(&fake.url());
    config.origin = SmsOrigin::MessagingService("MG1".to_owned());
    sender(&config).send(&samples::sms(1)).await.unwrap();
    let body = &fake.received()[0].body;
    assert_eq!((&body["MessagingServiceSid"], body.get("From")), (&json!("MG1"), None));
}

#[tokio::test]
async fn each_way_to_fail_is_told_apart() {
    let fake = FakeTwilio::start().await;
    let sender = sender(&config(&fake.url()));
    let name = |error: SendError| match error {
        SendError::Rejected { bad_address: true, .. } => "bad address",
        SendError::Rejected { bad_address: false, .. } => "rejected",
        SendError::Throttled { .. } => "throttled",
        SendError::Deferred(_) => "deferred",
        SendError::Unavailable(_) => "unavailable",
        SendError::InDoubt(_) => "in doubt",
        SendError::Unsupported(_) => "unsupported",
        SendError::Credential(_) => "credential",
    };
    let table = [
        (twilio_error(400, 21211), "bad address"),
        (twilio_error(400, 21408), "rejected"),
        (twilio_error(401, 20003), "credential"),
        (twilio_error(429, 20429), "throttled"),
        (twilio_error(500, 20500), "unavailable"),
        (Behaviour::status(504), "in doubt"),
        (Behaviour::status(200).body("garbage"), "in doubt"),
        (Behaviour::close().but_takes_it(), "in doubt"),
        (Behaviour::reset().but_takes_it(), "in doubt"),
        (Behaviour::hang().but_takes_it(), "in doubt"),
        (Behaviour::endless_body(400), "rejected"),
    ];
    for (behaviour, expected) in table {
        fake.next([behaviour.clone()]);
        let error = sender.send(&samples::sms(1)).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains("612345678"), "{error:?}");
        assert_eq!(name(error), expected, "{behaviour:?}");
    }
}

#[tokio::test]
async fn a_201_is_a_yes_even_if_its_body_says_nothing() {
    let fake = FakeTwilio::start().await;
    for behaviour in [Behaviour::status(201).body("garbage"), Behaviour::endless_body(201)] {
        fake.next([behaviour]);
        let taken = sender(&config(&fake.url())).send(&samples::sms(1)).await.unwrap();
        assert_eq!(taken.provider_id, None);
    }
}

#[test]
fn a_configuration_that_cannot_work_is_refused_at_the_start() {
    let clock = || Arc::new(ManualClock::default());
    let good = config(BASE_URL);
    assert!(Twilio::new(&good, clock()).is_ok());
    let broken = [
        TwilioConfig { account_sid: "AC/../x".to_owned(), ..good.clone() },
        TwilioConfig { account_sid: String::new(), ..good.clone() },
        TwilioConfig { base_url: "twilio".to_owned(), ..good.clone() },
        TwilioConfig { public_url: "carillon".to_owned(), ..good.clone() },
        TwilioConfig { public_url: "https://c.example/?a=b".to_owned(), ..good.clone() },
    ];
    for config in broken {
        assert!(Twilio::new(&config, clock()).is_err(), "{config:?}");
    }
    assert!(!format!("{good:?}").contains("secret-token"));
}

#[tokio::test]
async fn varied_texts_agree_with_twilios_openapi_document() {
    let Some(path) = prism::specification("twilio_api_v2010.messages.json") else {
        println!("left out: Twilio's OpenAPI document is not here");
        return;
    };
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let operation = &document["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["post"];
    let mut schema =
        operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"].clone();
    // OpenAPI 3.0 schemas are close to JSON Schema draft 4; the references point into `components`.
    schema["$schema"] = json!("http://json-schema.org/draft-04/schema#");
    schema["components"] = document["components"].clone();
    schema["additionalProperties"] = json!(false);
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(!validator.is_valid(&json!({ "Body": "no To" })), "the schema says no to nothing");
    let fake = FakeTwilio::start().await;
    let sender = sender(&config(&fake.url()));
    for sms in samples::varied_texts(60) {
        sender.send(&sms).await.unwrap();
    }
    for received in fake.received() {
        let errors: Vec<String> = validator.iter_errors(&received.body).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}
