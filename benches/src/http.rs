//! As much of HTTP/1.1 as both ends of this benchmark need: kept-alive connections, bodies of a known length, nothing else. The
//! ends must cost little, for they run on the machine that is measured.

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, ToSocketAddrs};

/// The most header fields that are read.
const FIELDS: usize = 64;

/// One connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    /// What of the buffer belongs to the message that was read last.
    used: usize,
}

/// The head of a request.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) is_authorized: bool,
    length: usize,
}

/// The head of an answer.
#[derive(Debug)]
struct Answer {
    status: u16,
    length: usize,
}

impl Connection {
    pub(crate) fn of(stream: TcpStream) -> Self {
        // Without it, an answer may wait for an acknowledgement that the other end holds back.
        drop(stream.set_nodelay(true));
        Self { stream, buffer: Vec::with_capacity(16 * 1024), used: 0 }
    }

    pub(crate) async fn open(address: impl ToSocketAddrs) -> anyhow::Result<Self> {
        Ok(Self::of(TcpStream::connect(address).await.context("no connection")?))
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        self.stream.write_all(bytes).await.context("the connection is broken")
    }

    /// The next request and its body; `None` when the other end has closed.
    pub(crate) async fn read_request(&mut self) -> anyhow::Result<Option<(Request, &[u8])>> {
        self.buffer.drain(..self.used);
        self.used = 0;
        let (request, head) = loop {
            match request(&self.buffer)? {
                Some(found) => break found,
                None if self.read_more().await? => {}
                None => return Ok(None),
            }
        };
        let body = self.body(head, request.length).await?;
        Ok(Some((request, body)))
    }

    /// The status and the body of the next answer.
    pub(crate) async fn read_answer(&mut self) -> anyhow::Result<(u16, &[u8])> {
        self.buffer.drain(..self.used);
        self.used = 0;
        let (answer, head) = loop {
            match answer(&self.buffer)? {
                Some(found) => break found,
                None => ensure!(self.read_more().await?, "the connection was closed instead of an answer"),
            }
        };
        let body = self.body(head, answer.length).await?;
        Ok((answer.status, body))
    }

    async fn body(&mut self, head: usize, length: usize) -> anyhow::Result<&[u8]> {
        self.used = head + length;
        while self.buffer.len() < self.used {
            ensure!(self.read_more().await?, "the connection was closed within a body");
        }
        Ok(&self.buffer[head..self.used])
    }

    /// `false` at the end.
    async fn read_more(&mut self) -> anyhow::Result<bool> {
        Ok(self.stream.read_buf(&mut self.buffer).await.context("the connection is broken")? > 0)
    }
}

/// The bytes of a POST with a JSON body.
pub(crate) fn post(host: &str, path: &str, authorization: &str, body: &str) -> Vec<u8> {
    with_body("POST", host, path, authorization, body)
}

/// The bytes of a request with a JSON body, which may be empty.
pub(crate) fn with_body(method: &str, host: &str, path: &str, authorization: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {authorization}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn request(bytes: &[u8]) -> anyhow::Result<Option<(Request, usize)>> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut parsed = httparse::Request::new(&mut fields);
    let httparse::Status::Complete(head) = parsed.parse(bytes).context("no HTTP request")? else {
        return Ok(None);
    };
    let is_authorized = parsed.headers.iter().any(|field| field.name.eq_ignore_ascii_case("authorization"));
    let request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        path: parsed.path.unwrap_or_default().to_owned(),
        is_authorized,
        length: length(parsed.headers)?,
    };
    Ok(Some((request, head)))
}

fn answer(bytes: &[u8]) -> anyhow::Result<Option<(Answer, usize)>> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut parsed = httparse::Response::new(&mut fields);
    let httparse::Status::Complete(head) = parsed.parse(bytes).context("no HTTP answer")? else {
        return Ok(None);
    };
    let answer = Answer { status: parsed.code.unwrap_or_default(), length: length(parsed.headers)? };
    Ok(Some((answer, head)))
}

fn length(fields: &[httparse::Header<'_>]) -> anyhow::Result<usize> {
    for field in fields {
        if field.name.eq_ignore_ascii_case("transfer-encoding") {
            bail!("a body in chunks is not understood");
        }
        if field.name.eq_ignore_ascii_case("content-length") {
            let text = std::str::from_utf8(field.value).context("Content-Length")?;
            return text.trim().parse().context("Content-Length");
        }
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let bytes = post("h", "/v1", "Bearer x", "{}");
        assert!(request(&bytes[..20]).expect("so far fine").is_none());
        let (found, head) = request(&bytes).expect("a request").expect("whole");
        assert_eq!((found.method.as_str(), found.path.as_str(), found.length), ("POST", "/v1", 2));
        assert!(found.is_authorized);
        assert_eq!(&bytes[head..], b"{}");
    }

    #[test]
    fn an_answer_without_a_length_has_no_body_and_chunks_are_refused() {
        let (found, _) = answer(b"HTTP/1.1 204 No Content\r\n\r\n").expect("an answer").expect("whole");
        assert_eq!((found.status, found.length), (204, 0));
        assert!(answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
    }
}
