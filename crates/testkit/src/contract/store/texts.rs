//! Texts that businesses write themselves.

use carillon_domain::{Channel, OwnText};
use carillon_ports::StoreError;
use carillon_ports::business_texts::TextName;

use super::Stores;
use crate::build::{id, now};

fn sms(text: &str) -> OwnText {
    OwnText::Sms { text: text.to_owned() }
}

/// What was written last holds, and nothing that was ever written is lost.
pub async fn a_text_of_a_business_keeps_all_its_versions(stores: Stores) {
    let name = |business: &str, locale: &str| TextName {
        business: id(business),
        kind: id("client.reminder_1h"),
        channel: Channel::Sms,
        locale: id(locale),
    };
    let add = |name: TextName, text: Option<OwnText>| {
        let texts = stores.business_texts.clone();
        async move { texts.add_version(&name, text.as_ref(), "key:1", now()).await }
    };
    assert_eq!(add(name("salon", "fr"), Some(sms("un"))).await, Ok(1));
    assert_eq!(add(name("salon", "fr"), Some(sms("deux"))).await, Ok(2));
    assert_eq!(add(name("salon", "en"), Some(sms("one"))).await, Ok(1));
    assert_eq!(add(name("other", "fr"), Some(sms("autre"))).await, Ok(1));
    let texts = |business: &str| {
        let (texts, business) = (stores.business_texts.clone(), id(business));
        async move {
            let found = texts.list_texts(&business).await.expect("a list");
            found
                .into_iter()
                .map(|one| (one.name.locale.to_string(), one.version, one.text))
                .collect::<Vec<_>>()
        }
    };
    let (english, french) = (("en".to_owned(), 1, Some(sms("one"))), ("fr".to_owned(), 2, Some(sms("deux"))));
    assert_eq!(texts("salon").await, [english.clone(), french]);
    assert_eq!(add(name("salon", "fr"), None).await, Ok(3));
    assert_eq!(texts("salon").await, [english]);
    let versions = stores.business_texts.list_versions(&name("salon", "fr")).await.expect("a list");
    assert_eq!(versions.iter().map(|one| one.version).collect::<Vec<_>>(), [3, 2, 1]);
    assert_eq!(
        (versions[1].text.clone(), versions[1].author.as_str(), versions[1].at),
        (Some(sms("deux")), "key:1", now())
    );

    let at_once = (0..8).map(|_| tokio::spawn(add(name("salon", "fr"), Some(sms("vite")))));
    for call in futures_util::future::join_all(at_once).await {
        let added = call.expect("no panic");
        assert!(matches!(added, Ok(_) | Err(StoreError::Conflict(_))), "{added:?}");
    }
    let versions = stores.business_texts.list_versions(&name("salon", "fr")).await.expect("a list");
    assert!(versions.windows(2).all(|pair| pair[0].version == pair[1].version + 1));
}
