//! What the console and the demo see of the messages that were handed over.

use std::sync::Arc;
use std::time::Duration;

use carillon_adapter_mailbox::{CAPACITY, DevelopmentMailbox};
use carillon_domain::Channel;
use carillon_ports::mailbox::Letter;
use carillon_ports::{Clock, Content, EmailSender, Letterbox, SmsSender};
use carillon_testkit::clock::ManualClock;
use carillon_testkit::providers::samples;

fn mailbox() -> Arc<DevelopmentMailbox> {
    Arc::new(DevelopmentMailbox::new(Arc::new(ManualClock::default())))
}

async fn send_sms(mailbox: &DevelopmentMailbox, number: u128) {
    SmsSender::send(mailbox, &samples::sms(number)).await.unwrap();
}

fn numbers(letters: &[Letter]) -> Vec<u64> {
    letters.iter().map(|letter| letter.seq).collect()
}

#[tokio::test]
async fn an_email_is_kept_as_it_would_have_left() {
    let mailbox = mailbox();
    let mut email = samples::email(7);
    email.attachments = vec![samples::calendar()];
    let taken = EmailSender::send(&*mailbox, &email).await.unwrap();
    assert_eq!(taken.provider_id.as_deref(), Some("mailbox-1"));
    let letter = mailbox.find_letter(1).unwrap();
    assert_eq!((letter.channel, letter.id), (Channel::Email, samples::try_of(7)));
    assert_eq!(letter.at, ManualClock::default().now());
    assert_eq!(letter.from.as_deref(), Some("Salon Lumière <bonjour@carillon.example>"));
    assert_eq!(letter.to, "Camille Martin <camille@example.com>");
    let id = "<00000000-0000-0000-0000-000000000007.1@carillon.example>";
    let expected = [
        ("Message-ID", id.to_owned()),
        ("List-Unsubscribe", "<https://carillon.example/u/token-1>".to_owned()),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ("Reply-To", "accueil@salon.example".to_owned()),
    ];
    assert_eq!(letter.headers, expected);
    assert!(matches!(letter.content, Content::Email { subject, .. } if subject == "Votre rendez-vous"));
    assert_eq!(letter.attachments, [samples::calendar()]);
}

#[tokio::test]
async fn the_newest_stands_first_and_a_text_message_shows_its_number_and_text() {
    let mailbox = mailbox();
    EmailSender::send(&*mailbox, &samples::email(1)).await.unwrap();
    send_sms(&mailbox, 2).await;
    let letters = mailbox.list_letters(10);
    assert_eq!(numbers(&letters), [2, 1]);
    assert_eq!((letters[0].channel, letters[0].to.as_str()), (Channel::Sms, "+33612345678"));
    assert!(matches!(&letters[0].content, Content::Sms { text } if text == "Bonjour Camille"));
    assert_eq!(numbers(&mailbox.list_letters(1)), [2]);
}

#[tokio::test]
async fn only_the_last_five_hundred_are_kept() {
    let mailbox = mailbox();
    for number in 0..CAPACITY + 2 {
        send_sms(&mailbox, number as u128).await;
    }
    let letters = mailbox.list_letters(usize::MAX);
    assert_eq!((letters.len(), letters[0].seq), (500, 502));
    assert!(mailbox.find_letter(2).is_none() && mailbox.find_letter(3).is_some());
}

#[tokio::test]
async fn whoever_waits_gets_each_arrival_once_and_in_order() {
    let mailbox = mailbox();
    send_sms(&mailbox, 1).await;
    send_sms(&mailbox, 2).await;
    assert_eq!(numbers(&mailbox.next_letters(0, Duration::ZERO).await), [1, 2]);
    let waiting = {
        let mailbox = Arc::clone(&mailbox);
        tokio::spawn(async move { mailbox.next_letters(2, Duration::from_mins(1)).await })
    };
    tokio::task::yield_now().await;
    send_sms(&mailbox, 3).await;
    assert_eq!(numbers(&waiting.await.unwrap()), [3]);
    assert!(mailbox.next_letters(3, Duration::from_millis(1)).await.is_empty());
}

#[tokio::test]
async fn an_emptied_mailbox_goes_on_counting() {
    let mailbox = mailbox();
    send_sms(&mailbox, 1).await;
    mailbox.clear_letters();
    assert!(mailbox.list_letters(10).is_empty());
    send_sms(&mailbox, 2).await;
    assert_eq!(numbers(&mailbox.next_letters(0, Duration::ZERO).await), [2]);
}
