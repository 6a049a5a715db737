//! An e-mail's HTML on its own, for the frame.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, ContentType};
use actix_web::web::{Data, Path};
use carillon_application::mailbox::{Content, Letterbox};

use crate::{headers, mailbox};

/// Links would otherwise load in the frame, where the page's policy forbids them.
const LINKS_IN_NEW_WINDOWS: &str = "<base target=\"_blank\">";

/// `GET /console/mailbox/{seq}/html`
pub(crate) async fn show(seq: Path<String>, letters: Data<dyn Letterbox>) -> HttpResponse {
    let letter = seq.parse().ok().and_then(|seq| letters.find_letter(seq));
    match letter.map(|letter| letter.content) {
        Some(Content::Email { html, .. }) => HttpResponse::Ok()
            .insert_header(ContentType::html())
            .insert_header((CONTENT_SECURITY_POLICY, headers::LETTER))
            .body(with_base(&html)),
        Some(Content::Sms { .. } | Content::InApp { .. }) | None => mailbox::no_such_page().await,
    }
}

/// Puts the base element first in the head; before everything where there is none, which such a document does not mind.
fn with_base(html: &str) -> String {
    let (before, after) = html.split_at(head_end(html).unwrap_or_default());
    format!("{before}{LINKS_IN_NEW_WINDOWS}{after}")
}

/// Where the `<head …>` tag ends.
fn head_end(html: &str) -> Option<usize> {
    // Lower-casing ASCII alone keeps the positions.
    let lower = html.to_ascii_lowercase();
    let start = lower.match_indices("<head").map(|(at, tag)| at + tag.len()).find(|end| {
        lower[*end..].starts_with(|next: char| next == '>' || next == '/' || next.is_ascii_whitespace())
    })?;
    lower[start..].find('>').map(|end| start + end + 1)
}

#[cfg(test)]
mod tests {
    use super::with_base;

    #[test]
    fn links_open_new_windows_wherever_the_head_is() {
        let table = [
            ("<!doctype html><HEAD lang=\"é\"><title>", "<!doctype html><HEAD lang=\"é\">", "<title>"),
            ("<html><head>", "<html><head>", ""),
            ("<header>é</header>", "", "<header>é</header>"),
            ("<head", "", "<head"),
            ("", "", ""),
        ];
        for (html, before, after) in table {
            assert_eq!(with_base(html), format!("{before}<base target=\"_blank\">{after}"), "{html}");
        }
    }
}
