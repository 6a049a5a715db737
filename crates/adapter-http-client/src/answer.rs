//! What came back.

use reqwest::header::HeaderMap;

/// How much of an answer is read: more than any provider says, less than what could hurt.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// An answer whose head arrived. Its body may be cut: at the limit, at the deadline, or where the connection broke. The status is
/// the provider's decision, the body only explains it, so a broken body never turns a decision into a doubt.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header fields.
    pub headers: HeaderMap,
    /// At most the first 64 KiB of the body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header field as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether it is a web page, by its media type or by how its body begins: no provider's API answers with one.
    pub fn is_page(&self) -> bool {
        let media_type = self.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let begins: String = String::from_utf8_lossy(&self.body[..self.body.len().min(512)])
            .trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace())
            .chars()
            .take(16)
            .collect::<String>()
            .to_ascii_lowercase();
        media_type.starts_with("text/html")
            || media_type.starts_with("application/xhtml")
            || begins.starts_with("<!doctype html")
            || begins.starts_with("<html")
    }

    pub(crate) async fn read(mut response: reqwest::Response) -> Self {
        let mut body = Vec::new();
        while body.len() < BODY_LIMIT
            && let Ok(Some(chunk)) = response.chunk().await
        {
            body.extend_from_slice(&chunk[..chunk.len().min(BODY_LIMIT - body.len())]);
        }
        Self { status: response.status().as_u16(), headers: std::mem::take(response.headers_mut()), body }
    }
}
