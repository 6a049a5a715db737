//! A hundred e-mails through Prism, which refuses whatever SendGrid's OpenAPI document does not allow.

use std::sync::Arc;
use std::time::Duration;

use carillon_adapter_sendgrid::{SendGrid, SendGridConfig};
use carillon_ports::{EmailSender, SendError};
use carillon_testkit::clock::ManualClock;
use carillon_testkit::providers::{FakeSendGrid, Prism, samples};

#[tokio::test]
async fn prism_finds_nothing_wrong_with_a_hundred_varied_emails() {
    let fake = FakeSendGrid::start().await;
    let tmp = env!("CARGO_TARGET_TMPDIR");
    let prism = match Prism::in_front_of(&fake.url(), "tsg_mail_v3.json", tmp).await {
        Ok(prism) => prism,
        Err(why) => return println!("left out: {why}"),
    };
    let mut config = SendGridConfig::new("SG.secret".into());
    prism.url().clone_into(&mut config.base_url);
    config.limits.total = Duration::from_mins(1);
    let sender = SendGrid::new(&config, Arc::new(ManualClock::default())).unwrap();
    for email in samples::varied_emails(100) {
        let taken = sender.send(&email).await;
        assert!(taken.is_ok_and(|taken| taken.provider_id.is_some()), "{:?}", email.id);
    }
    assert_eq!((fake.received().len(), fake.unique_messages()), (100, 100));
    assert_eq!(prism.violations(), Vec::<String>::new());

    // Prism does look: an empty subject is against the document.
    let mut wrong = samples::email(101);
    wrong.subject = String::new();
    assert!(matches!(sender.send(&wrong).await, Err(SendError::Rejected { code, .. }) if code == "422"));
    assert_eq!(fake.received().len(), 100);
}
