//! The application as a server runs it, without a socket.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use actix_web::{App, test};
use carillon_adapter_memory::{MemoryFeed, MemoryLimits, MemoryQueue};
use carillon_adapter_templates::Templates;
use carillon_adapter_vault::KeyRing;
use carillon_application::keys::Keys;
use carillon_application::{Ports, Queues};
use carillon_delivery_http::{Api, ApiSettings, routes};
use carillon_domain::{Permission, Reach};
use carillon_testkit::clock::ManualClock;
use carillon_testkit::ids::CountingIds;
use futures_util::future::LocalBoxFuture;
use secrecy::ExposeSecret;
use serde_json::Value;
use tempfile::TempDir;

/// The secret that user tokens of the tests are signed with.
pub(crate) const SECRET: &[u8] = b"a secret of thirty-two bytes or more";

type Send = Rc<dyn Fn(test::TestRequest) -> LocalBoxFuture<'static, Reply>>;

/// Everything a request can meet.
pub(crate) struct World {
    folder: TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ports: Ports,
    pub(crate) platform: String,
    send: Send,
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The answer, which must have this status.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The code of a problem, after a look at its shape.
    pub(crate) fn problem(&self) -> String {
        let problem = self.json();
        assert_eq!(self.header("content-type"), "application/problem+json", "{problem}");
        assert_eq!(problem["type"], "about:blank");
        assert_eq!(problem["status"], self.status);
        for member in ["title", "detail", "code"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {problem}");
        }
        for error in problem["errors"].as_array().into_iter().flatten() {
            let pointer = error["pointer"].as_str().expect("a pointer");
            assert!(pointer.is_empty() || pointer.starts_with('/'), "{pointer}");
            assert!(error["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
        }
        problem["code"].as_str().expect("a code").to_owned()
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A world of which something is different.
    pub(crate) async fn with(change: impl FnOnce(&mut Ports)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ManualClock::default());
        let mut ports = Box::pin(ports(&folder, &clock)).await;
        change(&mut ports);
        let all = Permission::ALL.to_vec();
        let key = Keys::new(&ports).create("test", Reach::Platform, all).await.expect("a key");
        let api = Api::new(&ports, ApiSettings { jwt_secret: SECRET.to_vec() });
        let service = Box::pin(test::init_service(App::new().configure(routes(&api)))).await;
        let service = Rc::new(service);
        let send: Send = Rc::new(move |request: test::TestRequest| {
            let service = Rc::clone(&service);
            Box::pin(async move {
                let response = test::call_service(&*service, request.to_request()).await;
                let (status, headers) = (response.status().as_u16(), response.headers().clone());
                let text = String::from_utf8_lossy(&test::read_body(response).await).into_owned();
                Reply { status, headers, text }
            })
        });
        Self { folder, clock, ports, platform: key.secret, send }
    }

    /// Every byte of the database, its log included.
    pub(crate) fn stored(&self) -> Vec<u8> {
        let path = self.folder.path();
        ["test.db", "test.db-wal"]
            .iter()
            .flat_map(|name| std::fs::read(path.join(name)).expect("a file"))
            .collect()
    }

    /// A key of one business.
    pub(crate) async fn business_key(&self, business: &str) -> String {
        let reach = Reach::Business(business.parse().expect("an id"));
        self.key(reach, Permission::ALL.to_vec()).await
    }

    pub(crate) async fn key(&self, reach: Reach, permissions: Vec<Permission>) -> String {
        Keys::new(&self.ports).create("test", reach, permissions).await.expect("a key").secret
    }

    /// A token of somebody who is known.
    pub(crate) async fn token(&self, person: &str) -> String {
        let body = serde_json::json!({"recipient_id": person, "ttl_s": 3600});
        let reply = self.post("/v1/tokens", &body).await.expect(200);
        reply.json()["token"].as_str().expect("a token").to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.get_as(&self.platform, path).await
    }

    pub(crate) async fn get_as(&self, credential: &str, path: &str) -> Reply {
        self.send(request(Method::GET, path, Some(credential))).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send_json(&self.platform, Method::POST, path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Reply {
        self.send_json(&self.platform, Method::PUT, path, body).await
    }

    pub(crate) async fn send_json(
        &self,
        credential: &str,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Reply {
        self.send(with_body(request(method, path, Some(credential)), body.to_string())).await
    }

    pub(crate) async fn send(&self, request: test::TestRequest) -> Reply {
        (self.send)(request).await
    }
}

/// A request without a body.
pub(crate) fn request(method: Method, path: &str, credential: Option<&str>) -> test::TestRequest {
    let request = test::TestRequest::with_uri(path).method(method);
    match credential {
        Some(credential) => request.insert_header((AUTHORIZATION, format!("Bearer {credential}"))),
        None => request,
    }
}

/// A request with a JSON body, or what passes for one.
pub(crate) fn with_body(request: test::TestRequest, body: impl Into<Vec<u8>>) -> test::TestRequest {
    request.insert_header((CONTENT_TYPE, "application/json")).set_payload(body.into())
}

async fn ports(folder: &TempDir, clock: &Arc<ManualClock>) -> Ports {
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display());
    carillon_adapter_sql::migrate(&url).await.expect("tables");
    let config = KeyRing::generate("test").expect("a key");
    let vault = Arc::new(KeyRing::from_config(config.expose_secret()).expect("a vault"));
    let ids = Arc::new(CountingIds::default());
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
        feed: Arc::new(MemoryFeed::default()),
        limits: Arc::new(MemoryLimits::new(clock.clone())),
        policy: Arc::default(),
        load: Arc::default(),
        text_changes: carillon_application::TextChanges::default(),
        clock: clock.clone(),
        ids,
        vault,
    }
}
