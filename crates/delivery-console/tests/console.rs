//! The console over a letterbox that is filled by hand.

mod shelf;

use std::pin::pin;
use std::sync::Arc;

use actix_web::App;
use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::{Method, StatusCode, header};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use carillon_application::mailbox::{Attachment, Letterbox};
use chrono::{DateTime, Utc};
use futures_util::future::poll_fn;
use shelf::ShelvedLetterbox;

const HOSTILE: &str = "<script>alert(1)</script>";

fn at() -> DateTime<Utc> {
    "2026-12-03T13:30:00Z".parse().unwrap()
}

/// One e-mail (1), one text message (2), one hostile e-mail (3).
fn filled() -> Arc<ShelvedLetterbox> {
    let letters = ShelvedLetterbox::new();
    letters.email(
        at(),
        "Camille <camille@example.com>",
        "Confirmé",
        "<p>Bonjour</p>",
        "Bonjour, https://a.example/x.",
    );
    letters.sms(at(), "+33612345678", "Être à l'heure");
    letters.email(at(), "Ada <ada@example.com>", HOSTILE, &format!("<p>Hi</p>{HOSTILE}"), HOSTILE);
    Arc::new(letters)
}

/// The e-mail with files: a calendar (0), one that would run as a page (1), one that is no text and has no good name (2).
fn with_files() -> Arc<ShelvedLetterbox> {
    let letters = filled();
    let files: [(&str, &str, &[u8]); 3] = [
        (
            "invite.ics",
            "text/calendar; charset=utf-8; method=REQUEST",
            b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        ),
        ("<b>.html", "text/html", HOSTILE.as_bytes()),
        ("a\r\n\"b.bin", "not\r\na type", &[0, 255]),
    ];
    for (file_name, media_type, bytes) in files {
        let (file_name, media_type) = (file_name.to_owned(), media_type.to_owned());
        letters.attach(1, &Attachment { file_name, media_type, bytes: bytes.to_vec() });
    }
    letters
}

async fn ask(letters: &Arc<ShelvedLetterbox>, request: TestRequest) -> ServiceResponse {
    let letters = letters.clone();
    let app =
        init_service(App::new().configure(|cfg| carillon_delivery_console::configure(cfg, letters))).await;
    call_service(&app, request.to_request()).await
}

async fn get(letters: &Arc<ShelvedLetterbox>, address: &str) -> (StatusCode, String) {
    let answer = ask(letters, TestRequest::get().uri(address)).await;
    (answer.status(), text(answer).await)
}

async fn text(answer: ServiceResponse) -> String {
    String::from_utf8(read_body(answer).await.to_vec()).unwrap()
}

fn field(answer: &ServiceResponse, name: header::HeaderName) -> &str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// The lines of the list, newest first: their numbers and whether they are hidden.
fn lines(page: &str) -> Vec<(&str, bool)> {
    let list = page.split("<template").next().unwrap();
    list.split("<li class=\"row\" data-id=\"")
        .skip(1)
        .map(|line| (line.split('"').next().unwrap(), line.split('>').next().unwrap().ends_with(" hidden")))
        .collect()
}

#[actix_web::test]
async fn the_console_leads_to_the_mailbox() {
    let answer = ask(&filled(), TestRequest::get().uri("/console")).await;
    assert_eq!((answer.status(), field(&answer, header::LOCATION)), (StatusCode::FOUND, "/console/mailbox"));
}

#[actix_web::test]
async fn the_list_shows_the_newest_first_and_opens_it() {
    let (status, page) = get(&filled(), "/console/mailbox").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(lines(&page), [("3", false), ("2", false), ("1", false)]);
    assert!(page.contains("data-chosen=\"no\" data-after=\"3\"") && page.contains("/console/mailbox/3/html"));
    assert!(
        page.contains("Camille &#60;camille@example.com&#62;")
            && page.contains("datetime=\"2026-12-03T13:30:00.000Z\"")
    );
}

#[actix_web::test]
async fn an_empty_mailbox_says_how_to_fill_it() {
    let (status, page) = get(&Arc::new(ShelvedLetterbox::new()), "/console/mailbox").await;
    assert_eq!((status, lines(&page).len()), (StatusCode::OK, 0));
    assert!(page.contains("carillon demo") && page.contains("curl http://localhost:8080/v1/notifications"));
}

#[actix_web::test]
async fn each_view_has_an_address_that_works_without_scripts() {
    let letters = filled();
    let table = [
        ("html", "src=\"/console/mailbox/1/html\""),
        (
            "text",
            "Bonjour, <a href=\"https://a.example/x\" target=\"_blank\" rel=\"noopener noreferrer\">https://a.example/x</a>.",
        ),
        ("source", "Content-Type: text/html; charset=utf-8"),
        ("headers", "<dt>List-Unsubscribe</dt>"),
    ];
    let (_, first) = get(&letters, "/console/mailbox?message=1").await;
    assert!(
        first.contains("data-width=\"desktop\"")
            && first.contains("href=\"/console/mailbox?message=1&#38;width=phone\"")
    );
    for (view, expected) in table {
        let (status, page) = get(&letters, &format!("/console/mailbox?message=1&view={view}")).await;
        assert!(status == StatusCode::OK && page.contains(expected), "{view}: {page}");
        let link =
            if view == "html" { "message=1\"".to_owned() } else { format!("message=1&#38;view={view}\"") };
        assert!(first.contains(&link), "{view}");
    }
    let (_, narrow) = get(&letters, "/console/mailbox?message=1&width=phone").await;
    assert!(narrow.contains("data-width=\"phone\""));
}

#[actix_web::test]
async fn a_text_message_shows_what_it_costs_and_why() {
    let (_, page) = get(&filled(), "/console/mailbox?message=2").await;
    assert!(
        page.contains("<strong>1 segment</strong>, UCS-2, 14/70") && page.contains("“Ê” is not in GSM-7"),
        "{page}"
    );
}

#[actix_web::test]
async fn channel_and_search_filter_without_scripts() {
    let letters = filled();
    let table = [
        ("channel=sms", [true, false, true]),
        ("channel=email", [false, true, false]),
        ("q=CAMILLE", [true, true, false]),
        ("q=+%2B336+", [true, false, true]),
        ("q=zzz", [true, true, true]),
        ("channel=sms&q=camille", [true, true, true]),
    ];
    for (query, hidden) in table {
        let (status, page) = get(&letters, &format!("/console/mailbox?{query}")).await;
        let found: Vec<bool> = lines(&page).into_iter().map(|(_, hidden)| hidden).collect();
        assert_eq!((status, found.as_slice()), (StatusCode::OK, hidden.as_slice()), "{query}");
    }
    let (_, page) = get(&letters, "/console/mailbox?channel=sms&q=%22%3E%3Cb%3E").await;
    assert!(
        page.contains("message=2&#38;channel=sms&#38;q=%22%3E%3Cb%3E") && !page.contains("\"><b>"),
        "{page}"
    );
}

#[actix_web::test]
async fn hostile_text_never_becomes_markup() {
    let letters = filled();
    for address in
        ["", "?message=3", "?message=3&view=text", "?message=3&view=source", "?message=3&view=headers"]
    {
        let (_, page) = get(&letters, &format!("/console/mailbox{address}")).await;
        assert!(!page.contains(HOSTILE) && page.contains("&#60;script&#62;alert(1)"), "{address}: {page}");
        assert!(page.contains("<script src=\"/console/assets/console.js\" defer></script>"));
        assert_eq!(page.matches("<script").count(), 1, "{address}");
    }
}

#[actix_web::test]
async fn the_html_of_an_email_is_sandboxed_wherever_it_is_opened() {
    let letters = filled();
    let answer = ask(&letters, TestRequest::get().uri("/console/mailbox/3/html")).await;
    let policy = field(&answer, header::CONTENT_SECURITY_POLICY).to_owned();
    assert!(policy.starts_with("sandbox allow-popups") && policy.contains("default-src 'none'"), "{policy}");
    assert!(
        !policy.contains("allow-scripts")
            && !policy.contains("allow-same-origin")
            && !policy.contains("script-src")
    );
    assert!(text(answer).await.ends_with(HOSTILE));
    let (_, page) = get(&letters, "/console/mailbox?message=3").await;
    assert!(page.contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\""));
}

#[actix_web::test]
async fn the_files_of_an_email_are_listed_and_can_be_downloaded() {
    let letters = with_files();
    for view in ["html", "text", "source", "headers"] {
        let (_, page) = get(&letters, &format!("/console/mailbox?message=1&view={view}")).await;
        let link = "<a href=\"/console/mailbox/1/attachments/0\" download>invite.ics</a> \
                    <span class=\"kind\">text/calendar; charset=utf-8; method=REQUEST, 32 bytes</span>";
        assert!(page.contains(link), "{view}: {page}");
        assert!(page.contains("&#60;b&#62;.html") && !page.contains("<b>"), "{view}: {page}");
    }
    let table = [
        (0, "text/calendar; charset=utf-8; method=REQUEST", "attachment; filename=\"invite.ics\""),
        (1, "text/html", "attachment; filename=\"<b>.html\""),
        (2, "application/octet-stream", "attachment; filename=\"a  \\\"b.bin\""),
    ];
    for (number, content_type, disposition) in table {
        let address = format!("/console/mailbox/1/attachments/{number}");
        let answer = ask(&letters, TestRequest::get().uri(&address)).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(field(&answer, header::CONTENT_TYPE), content_type);
        assert_eq!(field(&answer, header::CONTENT_DISPOSITION), disposition);
        assert!(field(&answer, header::CONTENT_SECURITY_POLICY).starts_with("sandbox"));
        assert_eq!(read_body(answer).await, letters.find_letter(1).unwrap().attachments[number].bytes);
    }
}

#[actix_web::test]
async fn the_source_shows_files_that_are_text_and_counts_the_others() {
    let (_, page) = get(&with_files(), "/console/mailbox?message=1&view=source").await;
    let expected = [
        "Content-Type: multipart/mixed; boundary=&#34;=_carillon&#34;\n\n--=_carillon\n\
         Content-Type: multipart/alternative; boundary=&#34;=_carillon_texts&#34;\n",
        "--=_carillon_texts--\n\n--=_carillon\nContent-Type: text/calendar; charset=utf-8; method=REQUEST\n",
        "\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n\n--=_carillon\n",
        "\n\n(2 bytes)\n\n--=_carillon--</pre>",
    ];
    for text in expected {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[actix_web::test]
async fn every_answer_is_secured() {
    let letters = with_files();
    let addresses = [
        "",
        "/",
        "/mailbox",
        "/mailbox?message=9",
        "/mailbox/1/html",
        "/mailbox/9/html",
        "/mailbox/1/attachments/0",
        "/mailbox/1/attachments/9",
        "/nowhere",
        "/assets/console.js",
    ];
    for address in addresses {
        let answer = ask(&letters, TestRequest::get().uri(&format!("/console{address}"))).await;
        assert!(field(&answer, header::CONTENT_SECURITY_POLICY).contains("default-src 'none'"), "{address}");
        assert_eq!(field(&answer, header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{address}");
        assert!(!field(&answer, header::CACHE_CONTROL).is_empty(), "{address}");
    }
    let answer = ask(&letters, TestRequest::get().uri("/console/mailbox")).await;
    assert!(!field(&answer, header::CONTENT_SECURITY_POLICY).contains("unsafe"));
}

#[actix_web::test]
async fn what_is_not_there_is_a_page_that_says_so() {
    let letters = filled();
    let addresses = [
        "/mailbox?message=99",
        "/mailbox?message=zz",
        "/mailbox/99/html",
        "/mailbox/zz/html",
        "/mailbox/2/html",
        "/mailbox/1/attachments/0",
        "/mailbox/1/attachments/zz",
        "/mailbox/zz/attachments/0",
        "/mailbox/1/attachments",
        "/x",
        "/assets/x",
    ];
    for address in addresses {
        let (status, page) = get(&letters, &format!("/console{address}")).await;
        assert!(
            status == StatusCode::NOT_FOUND && page.contains("Back to the mailbox"),
            "{address}: {status}"
        );
    }
    let (status, _) = get(&letters, "/console/mailbox?view=zz&width=&channel=zz&message=").await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = get(&letters, "/console/mailbox?message=1&message=2&%ff").await;
    assert_eq!(status, StatusCode::OK);
}

#[actix_web::test]
async fn only_the_pages_own_button_clears() {
    let table: [(&[(&str, &str)], bool); 7] = [
        (&[], false),
        (&[("origin", "https://evil.example")], false),
        (&[("origin", "null")], false),
        (&[("origin", "http://console.example"), ("sec-fetch-site", "cross-site")], false),
        (&[("origin", "http://console.example"), ("sec-fetch-site", "same-site")], false),
        (&[("origin", "http://console.example")], true),
        (&[("sec-fetch-site", "same-origin")], true),
    ];
    for (fields, clears) in table {
        let letters = filled();
        let mut request = TestRequest::default().method(Method::POST).uri("/console/mailbox/clear");
        for field in [("host", "console.example")].iter().chain(fields) {
            request = request.insert_header(*field);
        }
        let status = ask(&letters, request).await.status();
        let expected = if clears { (StatusCode::SEE_OTHER, 0) } else { (StatusCode::FORBIDDEN, 3) };
        assert_eq!((status, letters.list_letters(9).len()), expected, "{fields:?}");
    }
    let answer = ask(&filled(), TestRequest::get().uri("/console/mailbox/clear")).await;
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
}

/// Reads a stream of events until it says this.
async fn until(answer: ServiceResponse, last: &str) -> String {
    assert_eq!(field(&answer, header::CONTENT_TYPE), "text/event-stream");
    let mut body = pin!(answer.into_body());
    assert_eq!(body.size(), BodySize::Stream);
    let mut said = String::new();
    while !said.contains(last) {
        let more = poll_fn(|context| body.as_mut().poll_next(context)).await.unwrap();
        said.push_str(std::str::from_utf8(&more.unwrap_or_else(|_| panic!("the stream broke"))).unwrap());
    }
    said
}

#[actix_web::test]
async fn an_arrival_is_told_at_once() {
    let letters = filled();
    let answer = ask(&letters, TestRequest::get().uri("/console/mailbox/events?after=3")).await;
    let later = letters.clone();
    actix_web::rt::spawn(async move { later.sms(at(), "+33612345678", "Deux\nlignes </script>") });
    let said = until(answer, "lignes").await;
    assert!(
        said.starts_with("retry: 1000\n\nevent: arrival\nid: 4\ndata: {\"id\":\"4\",\"channel\":\"sms\""),
        "{said}"
    );
    assert!(said.contains("\"title\":\"Deux lignes </script>\"") && said.ends_with("}\n\n"), "{said}");
}

#[actix_web::test]
async fn a_page_that_reconnects_misses_nothing() {
    let request =
        TestRequest::get().uri("/console/mailbox/events?after=0").insert_header(("last-event-id", "1"));
    let said = until(ask(&filled(), request).await, "id: 3").await;
    assert!(said.contains("id: 2\n") && !said.contains("id: 1\n"), "{said}");
}

#[actix_web::test]
async fn a_page_that_shows_what_is_gone_is_told() {
    let answer = ask(&filled(), TestRequest::get().uri("/console/mailbox/events?after=40")).await;
    let said = until(answer, "cleared").await;
    assert!(said.starts_with("event: cleared\n"), "{said}");
}
