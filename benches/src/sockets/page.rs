//! An open page: connects as `docs/websocket.md` says, whatever happens, and notes what it sees. It costs little, for it runs on the
//! machine that is measured.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::json;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::{Message, WebSocketConfig};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::board::Board;

/// The first wait before a page connects again; each later one is twice as long, up to the longest.
const WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Of a frame, what a page goes by.
#[derive(Deserialize)]
struct Frame<'a> {
    op: &'a str,
    seq: Option<i64>,
}

/// Follows an inbox until the task is ended.
pub(super) async fn follow(
    board: Arc<Board>,
    index: usize,
    server: SocketAddr,
    source: Ipv4Addr,
    token: String,
) {
    let (random, mut wait) = (RandomState::new(), WAIT);
    for time in 0_u64.. {
        if let Ok(mut stream) = open(server, source).await {
            let cursor = board.page(index).cursor();
            let hello = json!({"op": "hello", "token": token, "cursor": cursor}).to_string();
            let code = match stream.send(Message::text(hello)).await {
                Ok(()) => talk(&board, index, &mut stream).await,
                Err(_) => 0,
            };
            if board.page(index).is_in {
                wait = WAIT;
            }
            board.end(index, code);
        }
        // Between half and one and a half of it, so that not all come back at once.
        let percent = u32::try_from(random.hash_one(time) % 100).unwrap_or_default();
        tokio::time::sleep(wait * (50 + percent) / 100).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

async fn open(server: SocketAddr, source: Ipv4Addr) -> anyhow::Result<WebSocketStream<TcpStream>> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((source, 0).into())?;
    let tcp = socket.connect(server).await?;
    tcp.set_nodelay(true)?;
    let small = WebSocketConfig::default().read_buffer_size(2048).write_buffer_size(0);
    let request = format!("ws://{server}/v1/ws").into_client_request()?;
    Ok(client_async_with_config(request, tcp, Some(small)).await?.0)
}

/// Listens to the end of the connection, and answers its code: 0 where there is none.
async fn talk(board: &Board, index: usize, stream: &mut WebSocketStream<TcpStream>) -> u16 {
    while let Some(Ok(message)) = stream.next().await {
        match message {
            Message::Text(text) => note(board, index, &text),
            Message::Close(close) => return close.map_or(0, |close| close.code.into()),
            // Pings are answered by the library.
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Binary(_) | Message::Frame(_) => board.page(index).complain("bytes".to_owned()),
        }
    }
    0
}

fn note(board: &Board, index: usize, text: &str) {
    let mut page = board.page(index);
    match serde_json::from_str(text) {
        Ok(Frame { op: "welcome", .. }) => page.is_in = true,
        Ok(Frame { op: "notification", seq: Some(seq) }) => page.see(seq),
        Ok(Frame { op: "counts", .. }) => {}
        Ok(_) | Err(_) => page.complain(text.to_owned()),
    }
}
