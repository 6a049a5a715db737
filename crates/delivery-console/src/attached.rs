//! The files of an e-mail.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, ContentDisposition, HeaderValue};
use actix_web::web::{Data, Path};
use carillon_application::mailbox::{Attachment, Letter, Letterbox};

use crate::asked::MAILBOX;
use crate::{headers, mailbox};

/// A file, as the opened e-mail lists it.
pub(crate) struct Attached<'a> {
    pub(crate) name: &'a str,
    pub(crate) href: String,
    /// Its media type.
    pub(crate) kind: &'a str,
    /// "812 bytes", "1.2 kB"
    pub(crate) size: String,
}

/// The files of a message, in their order.
pub(crate) fn attached(letter: &Letter) -> Vec<Attached<'_>> {
    let files = letter.attachments.iter().enumerate().map(|(index, file)| Attached {
        name: &file.file_name,
        href: format!("{MAILBOX}/{}/attachments/{index}", letter.seq),
        kind: &file.media_type,
        size: size(file.bytes.len()),
    });
    files.collect()
}

/// `GET /console/mailbox/{seq}/attachments/{number}`, counted from nought.
pub(crate) async fn download(path: Path<(String, String)>, letters: Data<dyn Letterbox>) -> HttpResponse {
    let (seq, number) = path.into_inner();
    let letter = seq.parse().ok().and_then(|seq| letters.find_letter(seq));
    let file = letter
        .zip(number.parse().ok())
        .and_then(|(letter, number): (Letter, usize)| letter.attachments.into_iter().nth(number));
    match file {
        Some(file) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, content_type(&file)))
            .insert_header(disposition(&file))
            // Whatever it is, it is for the disk; should a browser open it all the same, it can do no more than an e-mail.
            .insert_header((CONTENT_SECURITY_POLICY, headers::LETTER))
            .body(file.bytes),
        None => mailbox::no_such_page().await,
    }
}

fn content_type(file: &Attachment) -> HeaderValue {
    HeaderValue::from_str(&file.media_type)
        .unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"))
}

fn disposition(file: &Attachment) -> ContentDisposition {
    ContentDisposition::attachment(file.file_name.replace(char::is_control, " "))
}

fn size(bytes: usize) -> String {
    let tenths = bytes.div_ceil(100);
    if bytes < 1000 { format!("{bytes} bytes") } else { format!("{}.{} kB", tenths / 10, tenths % 10) }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_size_is_short() {
        let table =
            [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (1001, "1.1 kB"), (20_480, "20.5 kB")];
        for (bytes, expected) in table {
            assert_eq!(size(bytes), expected, "{bytes}");
        }
    }
}
