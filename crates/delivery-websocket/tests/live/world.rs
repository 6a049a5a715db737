//! A server with live push, its inbox, and people.

use std::sync::Arc;
use std::time::Duration;

use actix_web::{App, HttpServer, rt};
use carillon_adapter_memory::{MemoryLimits, MemoryQueue};
use carillon_adapter_templates::Templates;
use carillon_adapter_vault::KeyRing;
use carillon_application::keys::Keys;
use carillon_application::tokens::Claims;
use carillon_application::{Ports, Queues, live};
use carillon_delivery_http::{Api, ApiSettings, TokenSeal, routes};
pub(crate) use carillon_delivery_websocket::SocketLimits;
use carillon_delivery_websocket::{AllowedOrigins, Live, LiveSettings};
use carillon_domain::message::TryEnd;
use carillon_domain::{Actor, Channel, Class, Permission, Person, PersonId, Reach};
use carillon_ports::Content;
use carillon_ports::store::Outcome;
use carillon_testkit::build::{Accepting, client, id, now};
use carillon_testkit::clock::ManualClock;
use carillon_testkit::ids::CountingIds;
use carillon_testkit::websocket::LiveClient;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret;
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_util::sync::CancellationToken;

use crate::feed::ScriptedFeed;

const SECRET: &[u8] = b"a secret of thirty-two bytes or more";

/// The page that may connect.
pub(crate) const ORIGIN: &str = "https://app.example.com";

/// Limits that no test meets unless it is about them: everything takes long, but for the store, which is looked into often.
pub(crate) fn limits() -> SocketLimits {
    SocketLimits { ping: Duration::from_mins(5), silence: Duration::from_mins(5), ..SocketLimits::default() }
}

pub(crate) struct World {
    pub(crate) ports: Ports,
    pub(crate) ids: Arc<CountingIds>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) feed: Arc<ScriptedFeed>,
    pub(crate) live: Live,
    pub(crate) stop: CancellationToken,
    pub(crate) url: String,
    key: String,
    _folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(limits(), |_| {}).await
    }

    /// A world with other limits, or of which something else is different. The client `camille` is known.
    pub(crate) async fn with(limits: SocketLimits, change: impl FnOnce(&mut Ports)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (clock, feed) = (Arc::new(ManualClock::default()), Arc::new(ScriptedFeed::default()));
        let ids = Arc::new(CountingIds::default());
        let mut ports = ports(&folder, &clock, &feed, &ids).await;
        change(&mut ports);
        let all = Permission::ALL.to_vec();
        let key = Keys::new(&ports).create("test", Reach::Platform, all).await.expect("a key").secret;
        let settings = LiveSettings { origins: AllowedOrigins::parse(ORIGIN).expect("an origin"), limits };
        let live = Live::new(&ports, Arc::new(TokenSeal::new(SECRET)), settings);
        let url = serve(&ports, &live);
        let stop = CancellationToken::new();
        tokio::spawn(live.clone().run(stop.clone()));
        let world = Self { ports, ids, clock, feed, live, stop, url, key, _folder: folder };
        world.put(&client("camille")).await;
        world
    }

    pub(crate) async fn put(&self, person: &Person) {
        self.ports.directory.put_person(person, now()).await.expect("a person");
    }

    /// A token of a client that holds for an hour.
    pub(crate) fn token(&self, person: &str) -> String {
        token_until(person, self.ports.clock.now() + TimeDelta::hours(1))
    }

    /// Joins as this client, and waits until everything that was there is sent: it is heard first.
    pub(crate) async fn join(&self, person: &str, cursor: Option<i64>) -> (LiveClient, Value) {
        let (mut client, welcome) = LiveClient::join(&self.url, &self.token(person), cursor).await;
        client.ping().await;
        (client, welcome)
    }

    /// Files so many texts for a client, and tells of them as the use case does.
    pub(crate) async fn file(&self, person: &str, count: usize) {
        self.file_text(person, count, "body").await;
    }

    pub(crate) async fn file_text(&self, person: &str, count: usize, body: &str) {
        let outcomes = self.file_untold(person, count, body).await;
        live::filed(&self.ports, &outcomes, &vec![true; outcomes.len()]).await;
    }

    /// Files texts of which nobody tells.
    pub(crate) async fn file_untold(&self, person: &str, count: usize, body: &str) -> Vec<Outcome> {
        let mut accepting = Accepting::event(&*self.ids);
        for _ in 0..count {
            accepting = accepting.message_for(person, Channel::InApp, Class::Immediate, now());
        }
        let acceptance = accepting.done();
        let ids: Vec<_> = acceptance.messages.iter().map(|message| message.id).collect();
        self.ports.store.append(acceptance).await.expect("accepted");
        let mut outcomes = Vec::new();
        for ids in ids.chunks(200) {
            for claimed in self.ports.store.claim(ids, TimeDelta::seconds(30), now()).await.expect("a claim")
            {
                outcomes.push(Outcome {
                    cost: None,
                    decided: None,
                    settles: None,
                    folds_at: None,
                    message: claimed.message.id,
                    attempt: claimed.message.attempt,
                    recipient: claimed.notification.recipient.clone(),
                    after: claimed.message.after(&TryEnd::Accepted, now()),
                    provider: None,
                    provider_id: None,
                    detail: None,
                    content: Some(Content::InApp {
                        title: "title".to_owned(),
                        body: body.to_owned(),
                        action: None,
                    }),
                    started_at: now(),
                    finished_at: now(),
                });
            }
        }
        let recorded = self.ports.store.record(outcomes.clone()).await.expect("recorded");
        assert_eq!(recorded, vec![true; count]);
        outcomes
    }

    /// Sends a request by HTTP and answers its body.
    pub(crate) async fn request(&self, credential: &str, method: &str, path: &str, body: &str) -> Value {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {credential}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let answer = exchange(&self.url, &head).await;
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
        assert!(head.starts_with("HTTP/1.1 2"), "{answer}");
        serde_json::from_str(body).unwrap_or_default()
    }

    /// The same as the platform.
    pub(crate) async fn request_as_platform(&self, method: &str, path: &str, body: &str) -> Value {
        self.request(&self.key.clone(), method, path, body).await
    }

    /// Waits until so many clients are connected.
    pub(crate) async fn until_clients(&self, count: usize) {
        until(|| self.live.clients() == count).await;
    }
}

/// Waits until something holds that another task brings about.
pub(crate) async fn until(holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("it holds in time");
}

/// A token of a client that holds until then.
pub(crate) fn token_until(person: &str, expires_at: DateTime<Utc>) -> String {
    sign(SECRET, person, expires_at)
}

/// A token of a client, signed with this secret.
pub(crate) fn sign(secret: &[u8], person: &str, expires_at: DateTime<Utc>) -> String {
    let claims = Claims {
        person: id::<PersonId>(person),
        actor: Actor::EndClient,
        role: None,
        business: Some(id("salon")),
        expires_at,
    };
    TokenSeal::new(secret).sign(claims).expect("a token").0
}

/// Sends bytes to a server, and answers all that comes back until it hangs up.
pub(crate) async fn exchange(url: &str, head: &str) -> String {
    let mut stream =
        tokio::net::TcpStream::connect(url.trim_start_matches("http://")).await.expect("a connection");
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    tokio::time::timeout(Duration::from_secs(30), reading).await.expect("in time").expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

fn serve(ports: &Ports, live: &Live) -> String {
    let api = Api::new(ports, ApiSettings { jwt_secret: SECRET.to_vec() });
    let live = live.clone();
    let server = HttpServer::new(move || App::new().configure(live.configure()).configure(routes(&api)))
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .expect("a port");
    let url = format!("http://{}", server.addrs()[0]);
    rt::spawn(server.run());
    url
}

async fn ports(
    folder: &TempDir,
    clock: &Arc<ManualClock>,
    feed: &Arc<ScriptedFeed>,
    ids: &Arc<CountingIds>,
) -> Ports {
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display());
    carillon_adapter_sql::migrate(&url).await.expect("tables");
    let config = KeyRing::generate("test").expect("a key");
    let vault = Arc::new(KeyRing::from_config(config.expose_secret()).expect("a vault"));
    let store = carillon_adapter_sql::connect(&url, vault.clone(), ids.clone()).await.expect("a store");
    let (store, templates) = (Arc::new(store), Arc::new(Templates::embedded().expect("the catalogue")));
    let queue = || Arc::new(MemoryQueue::new(clock.clone()));
    Ports {
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
        doors: carillon_application::Doors::default(),
        keys: store,
        catalogue: templates.clone(),
        calendar: Arc::new(carillon_adapter_calendar::ICalendar),
        own_texts: templates.clone(),
        renderer: templates,
        queues: Queues { email: queue(), sms: queue(), in_app: queue() },
        feed: feed.clone(),
        limits: Arc::new(MemoryLimits::new(clock.clone())),
        policy: Arc::default(),
        load: Arc::default(),
        text_changes: carillon_application::TextChanges::default(),
        clock: clock.clone(),
        ids: ids.clone(),
        vault,
    }
}
