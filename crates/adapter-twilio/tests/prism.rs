//! A hundred text messages through Prism, which refuses whatever Twilio's OpenAPI document does not allow.

use std::sync::Arc;
use std::time::Duration;

use carillon_adapter_twilio::{SmsOrigin, Twilio, TwilioConfig};
use carillon_ports::SmsSender;
use carillon_provider_http::Limits;
use carillon_testkit::clock::ManualClock;
use carillon_testkit::providers::{FakeTwilio, Prism, samples};

#[tokio::test]
async fn prism_finds_nothing_wrong_with_a_hundred_varied_texts() {
    let fake = FakeTwilio::start().await;
    let tmp = env!("CARGO_TARGET_TMPDIR");
    let prism = match Prism::in_front_of(&fake.url(), "twilio_api_v2010.messages.json", tmp).await {
        Ok(prism) => prism,
        Err(why) => return println!("left out: {why}"),
    };
    let config = |account_sid: &str| TwilioConfig {
        account_sid: account_sid.to_owned(),
        auth_token: "secret".into(),
        origin: SmsOrigin::From("+33757000000".to_owned()),
        public_url: "https://carillon.example".to_owned(),
        base_url: prism.url().to_owned(),
        limits: Limits { total: Duration::from_mins(1), ..Limits::default() },
    };
    let clock = || Arc::new(ManualClock::default());
    let sender = Twilio::new(&config("AC0123456789abcdef0123456789abcdef"), clock()).unwrap();
    for sms in samples::varied_texts(100) {
        let taken = sender.send(&sms).await;
        assert!(taken.as_ref().is_ok_and(|taken| taken.provider_id.is_some()), "{:?} {taken:?}", sms.id);
    }
    assert_eq!((fake.received().len(), fake.unique_messages()), (100, 100));
    assert_eq!(prism.violations(), Vec::<String>::new());

    // Prism does look: this account SID is against the document.
    let wrong = Twilio::new(&config("AC1"), clock()).unwrap();
    assert!(wrong.send(&samples::sms(101)).await.is_err());
    assert_eq!(fake.received().len(), 100);
}
