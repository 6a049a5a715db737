//! The store's contract, on SQLite and on PostgreSQL.

use std::sync::Arc;

use carillon_adapter_sql::{SqlStore, connect, migrate};
use carillon_adapter_vault::KeyRing;
use carillon_domain::receipt::{Said, Verdict};
use carillon_ports::directory::{Consent, Topic};
use carillon_ports::provider::Try;
use carillon_ports::receipts::{Address, InboundSms, NewReceipt};
use carillon_ports::texting::{Settlement, TextName};
use carillon_testkit::contract::store::Stores;
use carillon_testkit::ids::CountingIds;
use secrecy::ExposeSecret;

async fn stores(url: &str) -> Stores {
    let keys = KeyRing::generate("test").expect("a key");
    let vault = Arc::new(KeyRing::from_config(keys.expose_secret()).expect("a key ring"));
    migrate(url).await.expect("the database is brought up to date");
    let ids = Arc::new(CountingIds::default());
    let store: Arc<SqlStore> = Arc::new(connect(url, vault, ids.clone()).await.expect("the database opens"));
    Stores {
        store: store.clone(),
        appointments: store.clone(),
        directory: store.clone(),
        history: store.clone(),
        inbox: store.clone(),
        batches: store.clone(),
        operations: store.clone(),
        statistics: store.clone(),
        business_texts: store.clone(),
        caps: store.clone(),
        digests: store.clone(),
        costs: store.clone(),
        alarms: store.clone(),
        providers: store.clone(),
        retention: store.clone(),
        receipts: store.clone(),
        texts: store.clone(),
        keys: store,
        ids,
    }
}

mod sqlite {
    use super::{Stores, answered, condemning, decided, stores, written_back};
    use tempfile::TempDir;

    async fn fresh() -> (Stores, TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display());
        (stores(&url).await, folder)
    }

    carillon_testkit::store_contract!(fresh);

    #[tokio::test]
    async fn nothing_personal_stands_in_the_file() {
        use carillon_domain::Channel;
        use carillon_domain::message::TryEnd;
        use carillon_testkit::build::{Accepting, now};
        let (stores, folder) = fresh().await;
        let acceptance = Accepting::event(&*stores.ids).message(Channel::Sms, now()).done();
        let ids: Vec<_> = acceptance.messages.iter().map(|message| message.id).collect();
        stores.store.append(acceptance).await.expect("accepted");
        let claimed =
            stores.store.claim(&ids, chrono::TimeDelta::seconds(30), now()).await.expect("a claim").remove(0);
        let outcome = carillon_ports::store::Outcome {
            message: claimed.message.id,
            attempt: 1,
            recipient: claimed.notification.recipient.clone(),
            after: claimed.message.after(&TryEnd::Accepted, now()),
            provider: None,
            provider_id: None,
            detail: None,
            content: Some(carillon_ports::Content::Sms { text: "Bonjour Camille".to_owned() }),
            cost: None,
            decided: None,
            settles: None,
            folds_at: None,
            started_at: now(),
            finished_at: now(),
        };
        stores.store.record(vec![outcome]).await.expect("recorded");
        stores.receipts.keep(vec![condemning(claimed.message.id)], now()).await.expect("kept");
        stores.receipts.keep_inbound(vec![written_back()]).await.expect("kept");
        stores.directory.add_consent(&decided()).await.expect("kept");
        stores.texts.settle(answered()).await.expect("settled");
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(folder.path()).expect("the folder") {
            bytes.extend(std::fs::read(entry.expect("a file").path()).expect("its bytes"));
        }
        for secret in
            ["Camille", "camille.laurent@example.com", "612345678", "a private word", "Bonjour", "192.0.2.7"]
        {
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
                "{secret:?} stands in the file"
            );
        }
        assert!(
            bytes.windows(5).any(|window| window == b"salon"),
            "ids do stand in the file, so the search works"
        );
    }
}

/// A decision, with where it was made.
fn decided() -> Consent {
    Consent {
        person: carillon_testkit::build::id("camille"),
        business: None,
        topic: Topic::Marketing,
        channel: carillon_domain::Channel::Email,
        granted: true,
        source: "booking_form".to_owned(),
        wording: None,
        ip: "192.0.2.7".parse().ok(),
        at: carillon_testkit::build::now(),
    }
}

/// A receipt that condemns an address, not applied yet.
fn condemning(message: carillon_domain::MessageId) -> NewReceipt {
    let phone = carillon_domain::PhoneNumber::parse("+33612345678").expect("a number");
    NewReceipt {
        provider: "test",
        event_id: "e-1".to_owned(),
        of: Some(Try { message, attempt: 1 }),
        said: Said::Undelivered,
        detail: None,
        provider_id: None,
        verdict: Some((Verdict::Dead, Address::Phone(phone))),
        at: carillon_testkit::build::now(),
    }
}

/// A text message that somebody sends back.
fn written_back() -> InboundSms {
    InboundSms {
        provider: "test",
        provider_id: "SM1".to_owned(),
        from: "+33612345678".to_owned(),
        sender: carillon_domain::PhoneNumber::parse("+33612345678").ok(),
        text: "Bonjour, Camille ne viendra pas".to_owned(),
        opt_out: None,
        at: carillon_testkit::build::now(),
    }
}

/// What that somebody is answered.
fn answered() -> Settlement {
    Settlement {
        name: TextName { provider: "test".to_owned(), provider_id: "SM1".to_owned() },
        person: Some(carillon_testkit::build::id("camille")),
        business: Some(carillon_testkit::build::id("salon")),
        appointment: None,
        answer: Some("Bonjour Camille, c'est noté".to_owned()),
        question: None,
        permit: None,
        consents: Vec::new(),
        pass_on: true,
        audit: Vec::new(),
        at: carillon_testkit::build::now(),
    }
}

mod postgres {
    use super::{Stores, stores};

    async fn fresh() -> (Stores, ()) {
        (stores(&carillon_testkit::postgres::fresh_database()).await, ())
    }

    carillon_testkit::store_contract!(fresh);
}
