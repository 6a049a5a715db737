//! The mailbox page.

use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, LOCATION};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use carillon_application::mailbox::{Letter, Letterbox};
use carillon_domain::Channel;

use crate::asked::{Asked, MAILBOX};
use crate::linked::Part;
use crate::opened::{EmailBody, Pane};
use crate::row::{Row, channel_name};

/// How many lines the list has.
const LINES: usize = 500;

/// `GET /console`
pub(crate) async fn redirect() -> HttpResponse {
    HttpResponse::Found().insert_header((LOCATION, MAILBOX)).finish()
}

/// `GET /console/mailbox`
pub(crate) async fn show(request: HttpRequest, letters: Data<dyn Letterbox>) -> HttpResponse {
    let asked = Query::<Asked>::from_query(request.query_string()).map(Query::into_inner).unwrap_or_default();
    let list = letters.list_letters(LINES);
    let mut rows: Vec<Row> = list.iter().map(|letter| Row::of(letter, &asked)).collect();
    let open = match asked.message() {
        // The list may be longer than the page shows.
        Some(seq) => seq.parse().ok().and_then(|seq| letters.find_letter(seq)),
        // A wide screen shows the newest at once; a narrow one keeps to the list until one is chosen.
        None => list.iter().zip(&rows).find(|(_, row)| !row.hidden).map(|(letter, _)| letter.clone()),
    };
    let pane = match &open {
        Some(letter) => Pane::of(letter, &asked),
        None if asked.message().is_some() => Pane::Gone,
        None if list.is_empty() => Pane::Empty { server: server(&request) },
        None => Pane::Closed,
    };
    let open_id = open.as_ref().map(|letter| letter.seq.to_string()).unwrap_or_default();
    for row in &mut rows {
        row.open = row.id == open_id;
    }
    let status = if matches!(pane, Pane::Gone) { StatusCode::NOT_FOUND } else { StatusCode::OK };
    let whole = MailboxPage {
        title: title(&pane),
        bare: list.is_empty() && matches!(pane, Pane::Empty { .. }),
        chosen: asked.message().is_some(),
        after: list.first().map_or(0, |letter| letter.seq),
        channels: channels(&list, &asked),
        channel: asked.channel().map(Channel::as_str).unwrap_or_default(),
        q: asked.search(),
        any_shown: rows.iter().any(|row| !row.hidden),
        rows,
        blank: Row::blank(),
        open_id,
        pane,
    };
    answer(status, &whole)
}

/// Whatever else is asked for under `/console`.
pub(crate) async fn no_such_page() -> HttpResponse {
    let page = Notice { title: "There is no such page", detail: "It may have been cleared, or never was." };
    answer(StatusCode::NOT_FOUND, &page)
}

/// A form that was not sent by the page.
pub(crate) fn refused() -> HttpResponse {
    let page =
        Notice { title: "Not from this page", detail: "The mailbox is cleared by its own button only." };
    answer(StatusCode::FORBIDDEN, &page)
}

#[derive(Template)]
#[template(path = "mailbox.html")]
struct MailboxPage<'a> {
    title: &'a str,
    /// There is nothing at all.
    bare: bool,
    /// The address names a message.
    chosen: bool,
    /// The newest number that the list shows.
    after: u64,
    channels: Vec<ChannelTab>,
    channel: &'a str,
    q: &'a str,
    rows: Vec<Row>,
    blank: Row,
    any_shown: bool,
    open_id: String,
    pane: Pane<'a>,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Notice<'a> {
    title: &'a str,
    detail: &'a str,
}

struct ChannelTab {
    name: &'static str,
    /// As addresses have it; empty for all.
    channel: &'static str,
    href: String,
    count: usize,
    current: bool,
}

fn channels(list: &[Letter], asked: &Asked) -> Vec<ChannelTab> {
    [None, Some(Channel::Email), Some(Channel::Sms)]
        .into_iter()
        .map(|channel| ChannelTab {
            name: channel.map_or("All", channel_name),
            channel: channel.map(Channel::as_str).unwrap_or_default(),
            href: asked.list_of(channel),
            count: list
                .iter()
                .filter(|letter| channel.is_none_or(|channel| channel == letter.channel))
                .count(),
            current: asked.channel() == channel,
        })
        .collect()
}

fn title<'a>(pane: &Pane<'a>) -> &'a str {
    match pane {
        Pane::Email(email) => email.subject,
        Pane::Sms(_) => "SMS",
        Pane::Gone => "Not here",
        Pane::Closed | Pane::Empty { .. } => "Mailbox",
    }
}

/// Where this server is, as the browser knows it. It stands in a command to copy, so that only plain host names pass.
fn server(request: &HttpRequest) -> String {
    let connection = request.connection_info();
    let is_plain = connection.host().bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b));
    let host = if is_plain { connection.host() } else { "127.0.0.1:8080" };
    let scheme = if connection.scheme() == "https" { "https" } else { "http" };
    format!("{scheme}://{host}")
}

fn answer(status: StatusCode, page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(html) => HttpResponse::build(status).insert_header(ContentType::html()).body(html),
        Err(error) => {
            tracing::error!(%error, "a console page does not render");
            HttpResponse::InternalServerError().finish()
        }
    }
}
