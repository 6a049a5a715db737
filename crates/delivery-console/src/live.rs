//! News for the page: Server-Sent Events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{CONTENT_TYPE, HeaderName};
use actix_web::web::{Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use carillon_application::mailbox::{Letter, Letterbox};
use futures_util::{Stream, stream};
use serde::Deserialize;

use crate::asked::Asked;
use crate::row::Row;

/// A line at least this often, so that proxies keep the connection and a browser that went away is noticed.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

#[derive(Deserialize)]
struct Since {
    after: u64,
}

/// `GET /console/mailbox/events?after=<newest number shown>`
pub(crate) async fn events(request: HttpRequest, letters: Data<dyn Letterbox>) -> HttpResponse {
    let reader = Reader { letters: letters.into_inner(), after: after(&request), greeted: false };
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        .streaming(reader.stream())
}

/// What the browser saw last: on reconnecting it says so itself, and knows better than the address.
fn after(request: &HttpRequest) -> u64 {
    let last = request.headers().get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let since = || Query::<Since>::from_query(request.query_string()).map_or(0, |since| since.after);
    last.unwrap_or_else(since)
}

/// One open page.
struct Reader {
    letters: Arc<dyn Letterbox>,
    after: u64,
    greeted: bool,
}

impl Reader {
    fn stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        stream::unfold(self, |mut reader| async move {
            let text = reader.next().await;
            Some((Ok(Bytes::from(text)), reader))
        })
    }

    async fn next(&mut self) -> String {
        if self.shows_what_is_gone() {
            self.after = 0;
            return "event: cleared\nid: 0\ndata: {}\n\n".to_owned();
        }
        if !self.greeted {
            // At once, so that the browser knows that it is connected.
            self.greeted = true;
            return "retry: 1000\n\n".to_owned();
        }
        let arrived = self.letters.next_letters(self.after, SIGN_OF_LIFE).await;
        if let Some(newest) = arrived.last() {
            self.after = newest.seq;
            return arrived.iter().map(arrival).collect();
        }
        ": still here\n\n".to_owned()
    }

    /// The newest that the page shows is newer than all that is kept: it was cleared, or the server started anew.
    fn shows_what_is_gone(&self) -> bool {
        self.after > self.letters.list_letters(1).first().map_or(0, |letter| letter.seq)
    }
}

/// JSON has no raw line breaks, so that one data line holds it.
fn arrival(letter: &Letter) -> String {
    let row = serde_json::to_string(&Row::of(letter, &Asked::default())).unwrap_or_default();
    format!("event: arrival\nid: {}\ndata: {row}\n\n", letter.seq)
}
