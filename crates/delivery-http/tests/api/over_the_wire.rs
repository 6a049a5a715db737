//! What only shows on a socket.

use std::sync::Arc;

use actix_web::{App, HttpServer};
use carillon_delivery_http::{Api, ApiSettings, routes};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::world::{SECRET, World};

fn serve(world: &World) -> std::net::SocketAddr {
    let api = Arc::new(Api::new(&world.ports, ApiSettings { jwt_secret: SECRET.to_vec() }));
    let server = HttpServer::new(move || App::new().configure(routes(&api)))
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .expect("a port");
    let address = server.addrs()[0];
    actix_web::rt::spawn(server.run());
    address
}

async fn exchange(address: std::net::SocketAddr, head: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(head.as_bytes()).await.expect("sent");
    // The server may answer and close before it has read all of a body that it refuses.
    drop(stream.write_all(body).await);
    drop(stream.shutdown().await);
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8_lossy(&answer).into_owned()
}

#[actix_web::test]
async fn head_is_get_without_the_body() {
    let world = World::new().await;
    let address = serve(&world);
    let head = "HEAD /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let answer = exchange(address, head, b"").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[actix_web::test]
async fn a_body_of_unknown_length_is_counted_while_it_comes() {
    let world = World::new().await;
    let address = serve(&world);
    let head = format!(
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        world.platform
    );
    let chunk = format!("{:x}\r\n{}\r\n", 100_000, " ".repeat(100_000));
    let answer = exchange(address, &head, chunk.repeat(11).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{answer}");
    let broken = exchange(address, &head, b"5\r\n{\"a\":\r\nzz\r\n").await;
    assert!(broken.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{broken}");
    assert!(broken.contains("unreadable_body"), "{broken}");
}
