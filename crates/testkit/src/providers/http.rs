//! What the fake HTTP providers have in common: a server on a free port, a record of every request, and the orders.

use std::any::Any;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::dev::{Extensions, ServerHandle};
use actix_web::http::StatusCode;
use actix_web::rt::net::TcpStream;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::Value;

use crate::providers::behaviour::{Manner, Orders};
use crate::providers::body::{Broken, Endless, Trickle};
use crate::providers::ledger::{Call, Ledger};

/// One request, as it arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// The path.
    pub path: String,
    /// The header fields, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body: JSON, or a form as an object of strings.
    pub body: Value,
    /// The body as it came.
    pub raw: String,
    /// Which message of ours it carries.
    pub message_id: Option<String>,
    /// Which attempt of it.
    pub attempt: Option<String>,
    /// Whether the provider took the message.
    pub taken: bool,
}

/// What distinguishes one fake from another.
pub(crate) trait Manners: Send + Sync + 'static {
    /// Reads the body, and finds our message id and attempt in it.
    fn read(&self, raw: &str) -> (Value, Option<String>, Option<String>);
    /// Answers as the provider does when it takes a message; `number` counts what was taken.
    fn accept(&self, request: &Received, number: usize) -> HttpResponse;
    /// Lists what was taken, where the provider can be asked for it.
    fn list(&self, _query: &str, _taken: &[&Received]) -> HttpResponse {
        HttpResponse::MethodNotAllowed().finish()
    }
}

/// What a fake remembers of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Memory {
    /// All of it.
    Whole,
    /// What it carried and when: for runs of so many messages that their bodies would fill the machine.
    CallsAlone,
}

pub(crate) struct Desk {
    manners: Box<dyn Manners>,
    orders: Orders,
    ledger: Ledger,
    memory: Memory,
    received: Mutex<Vec<Received>>,
}

/// A running fake; stops when it is dropped.
pub(crate) struct FakeHttp {
    desk: Arc<Desk>,
    url: String,
    server: ServerHandle,
}

impl FakeHttp {
    pub(crate) fn start(manners: Box<dyn Manners>, route: &'static str, memory: Memory) -> Self {
        let desk = Arc::new(Desk {
            manners,
            orders: Orders::default(),
            ledger: Ledger::default(),
            memory,
            received: Mutex::default(),
        });
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port on the loopback");
        let url = format!("http://{}", listener.local_addr().expect("a bound listener"));
        let shared = web::Data::from(Arc::clone(&desk));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .app_data(web::PayloadConfig::new(32 * 1024 * 1024))
                .route(route, web::post().to(receive))
                .route(route, web::get().to(list))
                .route("/v3/scopes", web::get().to(scopes))
                .route("/2010-04-01/Accounts/{account}.json", web::get().to(account))
        })
        .on_connect(keep_socket)
        .workers(1)
        .disable_signals()
        .keep_alive(Duration::from_secs(75))
        // On a starved machine a request may take long to be read; to give it up would be a fault that nobody asked for.
        .client_request_timeout(Duration::ZERO)
        .shutdown_timeout(0)
        .listen(listener)
        .expect("a listener that is ours")
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { desk, url, server: handle }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    pub(crate) fn orders(&self) -> &Orders {
        &self.desk.orders
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.desk.lock().clone()
    }

    pub(crate) fn times_taken(&self) -> BTreeMap<String, usize> {
        self.desk.ledger.times_taken()
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.desk.ledger.calls()
    }

    pub(crate) fn held(&self) -> usize {
        self.desk.ledger.held()
    }
}

/// What SendGrid answers to a key that may send.
async fn scopes() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({"scopes": ["mail.send"]}))
}

/// What Twilio answers to the credentials of an account in use.
async fn account(account: web::Path<String>) -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({"sid": account.into_inner(), "status": "active"}))
}

impl Drop for FakeHttp {
    fn drop(&mut self) {
        // The order is given by the call itself; waiting for it would need a runtime that may be gone.
        drop(self.server.stop(false));
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Vec<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records a request and says how many were taken so far, this one included.
    fn record(&self, request: &Received) -> usize {
        if self.memory == Memory::Whole {
            self.lock().push(request.clone());
        }
        self.ledger.enter(request)
    }
}

async fn receive(desk: web::Data<Desk>, request: HttpRequest, raw: String) -> HttpResponse {
    let mut received = read(&desk, &request, raw);
    let behaviour = desk.orders.next(&received);
    received.taken = behaviour.keeps;
    let number = desk.record(&received);
    let _held = desk.ledger.hold();
    tokio::time::sleep(behaviour.latency).await;
    match behaviour.manner {
        Manner::Accept => desk.manners.accept(&received, number),
        Manner::Answer { status, headers, body } => {
            let mut answer = HttpResponse::build(status_code(status));
            for header in headers {
                answer.append_header(header);
            }
            answer.body(body)
        }
        Manner::Close => HttpResponse::Ok().body(Broken),
        Manner::Reset => {
            reset_on_close(&request);
            HttpResponse::Ok().body(Broken)
        }
        Manner::Hang => {
            caller_gone(&request).await;
            HttpResponse::Ok().body(Broken)
        }
        Manner::EndlessBody { status } => HttpResponse::build(status_code(status)).body(Endless),
        Manner::Trickle { status, every } => {
            HttpResponse::build(status_code(status)).body(Trickle::every(every))
        }
    }
}

async fn list(desk: web::Data<Desk>, request: HttpRequest) -> HttpResponse {
    let received = desk.lock();
    let taken: Vec<&Received> = received.iter().filter(|request| request.taken).collect();
    desk.manners.list(request.query_string(), &taken)
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("a status code in the test's own words")
}

fn read(desk: &Desk, request: &HttpRequest, raw: String) -> Received {
    let (body, message_id, attempt) = desk.manners.read(&raw);
    let headers = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    Received { path: request.path().to_owned(), headers, body, raw, message_id, attempt, taken: false }
}

/// A second handle on the connection, so that a handler can reach it.
struct Socket(std::net::TcpStream);

fn keep_socket(connection: &dyn Any, extensions: &mut Extensions) {
    let stream = connection.downcast_ref::<TcpStream>().expect("plain TCP");
    if let Ok(copy) = stream.as_fd().try_clone_to_owned() {
        extensions.insert(Socket(copy.into()));
    }
}

/// A second handle on the request's connection.
fn socket(request: &HttpRequest) -> TcpStream {
    let socket = request.conn_data::<Socket>().and_then(|socket| socket.0.try_clone().ok());
    socket.and_then(|copy| TcpStream::from_std(copy).ok()).expect("the connection's socket")
}

/// With a linger time of zero, the close that follows becomes a reset.
fn reset_on_close(request: &HttpRequest) {
    socket(request).set_zero_linger().expect("a socket that takes the option");
}

/// Waits until the caller closes the connection. The server would notice only when it answers, and never does.
async fn caller_gone(request: &HttpRequest) {
    let socket = socket(request);
    while matches!(socket.peek(&mut [0]).await, Ok(1..)) {
        // It has sent more, which nobody reads.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
