//! What the log says of a request.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;

use crate::bodies::{cancellation, client};
use crate::world::World;

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic while held").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[actix_web::test]
async fn a_request_is_one_line_that_names_its_route_and_nobody() {
    let world = World::new().await;
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(lines.clone())
        .with_ansi(false)
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    world.put("/v1/recipients/camille", &client("salon")).await.expect(201);
    world.get("/v1/notifications?recipient_id=camille").await.expect(200);
    world.post("/v1/events", &cancellation("salon", 1)).await.expect(202);
    world.get("/u/a-secret-token").await.expect(404);
    world.get("/v1/nowhere/camille").await.expect(404);
    drop(guard);
    let bytes = lines.0.lock().expect("no panic while held").clone();
    let log = String::from_utf8(bytes).expect("text");
    let answered: Vec<&str> = log.lines().filter(|line| line.contains("answered a request")).collect();
    assert_eq!(answered.len(), 5, "{log}");
    let first = "http.method=PUT http.route=\"/v1/recipients/{id}\" http.status=201 ms=";
    assert!(answered[0].contains(first), "{log}");
    assert!(answered[3].contains("http.route=\"/u/{token}\""), "{log}");
    for personal in ["camille", "Camille", "example.com", "+336", "a-secret-token", "ck_live_"] {
        assert!(!log.contains(personal), "{personal}: {log}");
    }
}
