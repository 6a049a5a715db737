//! The parts of an e-mail (RFC 2045, RFC 2046).

use carillon_ports::email::{Attachment, OutgoingEmail};
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType, ContentTypeErr};
use lettre::message::{MultiPart, SinglePart, SinglePartBuilder};

use crate::letter::one_line;

/// The type of the file in what Gmail and Outlook send themselves: under its own, some programs show a second invitation.
const CALENDAR_FILE: &str = "application/ics";

/// The text twice, plain and as HTML; with files, those stand beside it. Fails if a media type is none.
///
/// A calendar is there twice as well: as one more form of the text, under its own type with its method, in which mail programs see an
/// invitation (RFC 6047 §2.4); and as a file that people can open where they do not.
pub(crate) fn body(email: &OutgoingEmail) -> Result<MultiPart, ContentTypeErr> {
    let mut texts = MultiPart::alternative_plain_html(email.text.clone(), email.html.clone());
    if email.attachments.is_empty() {
        return Ok(texts);
    }
    for calendar in email.attachments.iter().filter(|attachment| is_calendar(attachment)) {
        texts = texts.singlepart(part(&calendar.media_type)?.body(calendar.bytes.clone()));
    }
    let mut whole = MultiPart::mixed().multipart(texts);
    for attachment in &email.attachments {
        whole = whole.singlepart(file(attachment)?);
    }
    Ok(whole)
}

fn file(attachment: &Attachment) -> Result<SinglePart, ContentTypeErr> {
    let media_type = if is_calendar(attachment) { CALENDAR_FILE } else { &attachment.media_type };
    let name = ContentDisposition::attachment(&one_line(&attachment.file_name));
    Ok(part(media_type)?.header(name).body(attachment.bytes.clone()))
}

/// Always as base64, in which no relay can touch an end of line or a space.
fn part(media_type: &str) -> Result<SinglePartBuilder, ContentTypeErr> {
    let content_type: ContentType = media_type.parse()?;
    Ok(SinglePart::builder().content_type(content_type).header(ContentTransferEncoding::Base64))
}

fn is_calendar(attachment: &Attachment) -> bool {
    let essence = attachment.media_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("text/calendar")
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use carillon_testkit::providers::samples;

    use super::*;

    fn whole(email: &OutgoingEmail) -> String {
        String::from_utf8(body(email).unwrap().formatted()).unwrap()
    }

    /// The parts between the lines of a boundary, which the head of the text names.
    fn parts(text: &str) -> Vec<String> {
        let (_, after) = text.split_once("boundary=\"").unwrap();
        let (boundary, body) = after.split_once('"').unwrap();
        let (body, end) = body.split_once(&format!("--{boundary}--\r\n")).unwrap();
        assert_eq!(end.trim(), "");
        body.split(&format!("--{boundary}\r\n")).skip(1).map(str::to_owned).collect()
    }

    /// A part's head, and what is in it.
    fn read(part: &str) -> (Vec<&str>, Vec<u8>) {
        let (head, body) = part.split_once("\r\n\r\n").unwrap();
        (head.split("\r\n").collect(), STANDARD.decode(body.replace("\r\n", "")).unwrap())
    }

    #[test]
    fn a_calendar_is_one_more_form_of_the_text_and_a_file() {
        let mut email = samples::email(1);
        email.attachments = vec![samples::calendar()];
        let text = whole(&email);
        assert!(text.starts_with("Content-Type: multipart/mixed;"), "{text}");
        let [texts, file] = parts(&text).try_into().unwrap();
        assert!(texts.starts_with("Content-Type: multipart/alternative;"), "{texts}");
        let [plain, html, invitation] = parts(&texts).try_into().unwrap();
        assert!(plain.starts_with("Content-Type: text/plain; charset=utf-8\r\n"), "{plain}");
        assert!(html.starts_with("Content-Type: text/html; charset=utf-8\r\n"), "{html}");
        let (head, bytes) = read(&invitation);
        let content_type = "Content-Type: text/calendar; charset=utf-8; method=REQUEST";
        assert_eq!(head, [content_type, "Content-Transfer-Encoding: base64"]);
        assert_eq!(bytes, samples::calendar().bytes);
        let (head, bytes) = read(&file);
        let expected = [
            "Content-Type: application/ics",
            "Content-Transfer-Encoding: base64",
            "Content-Disposition: attachment; filename=\"invite.ics\"",
        ];
        assert_eq!(head, expected);
        assert_eq!(bytes, samples::calendar().bytes);
    }

    #[test]
    fn any_other_file_stands_beside_the_texts_alone() {
        let mut email = samples::email(1);
        email.attachments = vec![Attachment {
            file_name: "reçu\r\nBcc: x@y.fr\".pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes: vec![0, 13, 10, 46, 255],
        }];
        let [texts, file] = parts(&whole(&email)).try_into().unwrap();
        assert_eq!(parts(&texts).len(), 2);
        let (head, bytes) = read(&file);
        assert_eq!(
            (head[0], bytes.as_slice()),
            ("Content-Type: application/pdf", [0, 13, 10, 46, 255].as_slice())
        );
        assert!(!head.iter().any(|line| line.starts_with("Bcc")), "{head:?}");
    }

    #[test]
    fn without_files_there_are_the_texts_alone() {
        let text = whole(&samples::email(1));
        assert!(text.starts_with("Content-Type: multipart/alternative;"), "{text}");
        assert_eq!(parts(&text).len(), 2);
    }

    #[test]
    fn a_file_without_a_media_type_is_refused() {
        let mut email = samples::email(1);
        email.attachments = vec![Attachment { media_type: "text/x\r\ny".to_owned(), ..samples::calendar() }];
        assert!(body(&email).is_err());
    }
}
