//! A client of `GET /v1/ws`, as a browser's page would be: on a real connection, one frame at a time.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpSocket;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::Message;
use tokio_tungstenite::tungstenite::{Bytes, Error};
use tokio_tungstenite::{WebSocketStream, client_async};

/// How long anything may take before a test gives up. Reached only when something is wrong.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a client hears.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A frame.
    Frame(Value),
    /// The server hung up, and this is the code that says why.
    Closed(u16),
    /// The connection is gone without a word.
    Lost,
}

/// How a client opens its connection.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// The page's origin; `None` for a client that is no browser.
    pub origin: Option<&'static str>,
    /// The size of the receive buffer in bytes, where the test needs a narrow one.
    pub buffer: Option<u32>,
}

/// A connected client.
#[derive(Debug)]
pub struct LiveClient {
    stream: WebSocketStream<tokio::net::TcpStream>,
    heard: VecDeque<Value>,
}

impl LiveClient {
    /// Opens a connection to a server at `http://host:port`; the error is the status of an answer that is no WebSocket.
    pub async fn open(server: &str, opening: &Opening) -> Result<Self, u16> {
        let address = server.trim_start_matches("http://");
        let mut request =
            format!("ws://{address}/v1/ws").into_client_request().expect("an address of a server");
        if let Some(origin) = opening.origin {
            request.headers_mut().insert("Origin", HeaderValue::from_static(origin));
        }
        let socket = TcpSocket::new_v4().expect("a socket");
        if let Some(size) = opening.buffer {
            socket.set_recv_buffer_size(size).expect("a buffer");
        }
        let tcp = socket.connect(address.parse().expect("host and port")).await.expect("a connection");
        match timeout(PATIENCE, client_async(request, tcp)).await.expect("an answer in time") {
            Ok((stream, _)) => Ok(Self { stream, heard: VecDeque::new() }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("no WebSocket: {error}"),
        }
    }

    /// Opens a connection and greets.
    pub async fn greet(server: &str, token: &str, cursor: Option<i64>) -> Self {
        let mut client = Self::open(server, &Opening::default()).await.expect("a connection");
        client.say(&json!({"op": "hello", "token": token, "cursor": cursor})).await;
        client
    }

    /// Opens a connection, greets, and answers the welcome too.
    pub async fn join(server: &str, token: &str, cursor: Option<i64>) -> (Self, Value) {
        let mut client = Self::greet(server, token, cursor).await;
        let welcome = client.expect("welcome").await;
        (client, welcome)
    }

    /// Sends a frame.
    pub async fn say(&mut self, frame: &Value) {
        self.send(Message::text(frame.to_string())).await;
    }

    /// Sends anything. What the server does not want to hear any more is lost.
    pub async fn send(&mut self, message: Message) {
        drop(timeout(PATIENCE, self.stream.send(message)).await.expect("sent in time"));
    }

    /// Sends a ping, and waits for its answer; frames that come in between are heard later.
    pub async fn ping(&mut self) {
        self.send(Message::Ping(Bytes::from_static(b"there?"))).await;
        loop {
            match self.receive().await {
                Some(Ok(Message::Pong(payload))) if payload.as_ref() == b"there?" => return,
                Some(Ok(Message::Text(text))) => {
                    self.heard.push_back(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Ping(_))) => {}
                other => panic!("no answer to a ping: {other:?}"),
            }
        }
    }

    /// What comes next. Pings are answered on the way.
    pub async fn hear(&mut self) -> Heard {
        if let Some(frame) = self.heard.pop_front() {
            return Heard::Frame(frame);
        }
        loop {
            match self.receive().await {
                Some(Ok(Message::Text(text))) => {
                    return Heard::Frame(serde_json::from_str(&text).expect("JSON"));
                }
                Some(Ok(Message::Close(Some(close)))) => return Heard::Closed(close.code.into()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(other)) => panic!("no frame of the protocol: {other:?}"),
                Some(Err(_)) | None => return Heard::Lost,
            }
        }
    }

    /// The next frame, which must be this one.
    pub async fn expect(&mut self, op: &str) -> Value {
        match self.hear().await {
            Heard::Frame(frame) if frame["op"] == op => frame,
            other => panic!("{op} was expected: {other:?}"),
        }
    }

    /// The `seq`s of the next notifications, passing over counts.
    pub async fn notifications(&mut self, count: usize) -> Vec<i64> {
        let mut seqs = Vec::new();
        while seqs.len() < count {
            match self.hear().await {
                Heard::Frame(frame) if frame["op"] == "notification" => {
                    seqs.push(frame["seq"].as_i64().expect("a number"));
                }
                Heard::Frame(frame) if frame["op"] == "counts" => {}
                other => panic!("a notification was expected: {other:?}"),
            }
        }
        seqs
    }

    /// The code with which the server hangs up, after whatever it still says.
    pub async fn closed(&mut self) -> u16 {
        loop {
            match self.hear().await {
                Heard::Frame(_) => {}
                Heard::Closed(code) => return code,
                Heard::Lost => panic!("the connection was lost without a word"),
            }
        }
    }

    async fn receive(&mut self) -> Option<Result<Message, Error>> {
        timeout(PATIENCE, self.stream.next()).await.expect("something in time")
    }
}
