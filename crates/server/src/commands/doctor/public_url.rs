//! Whether the links in e-mails, and the providers' receipts, reach this service.

use std::net::IpAddr;

use actix_web::http::Uri;
use carillon_provider_http::probe;
use serde_json::Value;

/// What was found at the public URL. Nothing answers before the service is started: on this machine that is no mistake, elsewhere it is.
pub(super) async fn examine(url: &str) -> Result<String, String> {
    let url = url.trim_end_matches('/');
    match probe(&format!("{url}/health/live")).await {
        Ok(answer) => {
            let body = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
            if answer.status == 200 && body["status"] == "ok" {
                Ok(format!("{url} answers"))
            } else {
                Err(format!(
                    "{url} answers, but not as Carillon ({} to GET /health/live): CARILLON_PUBLIC_URL must lead to this service",
                    answer.status
                ))
            }
        }
        Err(_) if is_local(url) => {
            Ok(format!("{url}: only for readers on this machine; nothing answers there now"))
        }
        Err(reason) => Err(format!(
            "{url} cannot be reached ({reason}): links in e-mails and receipts of providers lead there"
        )),
    }
}

fn is_local(url: &str) -> bool {
    let Ok(url) = url.parse::<Uri>() else { return false };
    let host = url.host().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::{examine, is_local};

    #[test]
    fn an_address_of_this_machine_is_known_as_one() {
        for (url, expected) in [
            ("http://127.0.0.1:8080", true),
            ("http://localhost", true),
            ("http://[::1]:80", true),
            ("https://carillon.salon.fr", false),
            ("http://192.168.1.4:8080", false),
        ] {
            assert_eq!(is_local(url), expected, "{url}");
        }
    }

    /// A server that gives one answer.
    fn answering(answer: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a request");
            let _read = stream.read(&mut [0; 2_048]).expect("its head");
            stream.write_all(answer.as_bytes()).expect("an answer");
        });
        url
    }

    #[tokio::test]
    async fn another_service_at_the_public_url_is_a_mistake() {
        let ours = answering(
            "HTTP/1.1 200 OK\r\ncontent-length: 15\r\nconnection: close\r\n\r\n{\"status\":\"ok\"}",
        );
        assert_eq!(examine(&ours).await, Ok(format!("{} answers", ours.trim_end_matches('/'))));
        let other = answering("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        let problem = examine(&other).await.expect_err("a mistake");
        assert!(problem.contains("not as Carillon (404"), "{problem}");
    }

    #[tokio::test]
    async fn nothing_at_the_public_url_is_a_mistake_unless_it_is_this_machine() {
        let closed =
            TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
        let found = examine(&format!("http://{closed}")).await.expect("no mistake");
        assert!(found.contains("only for readers on this machine"), "{found}");
        let problem = examine("http://carillon.invalid").await.expect_err("a mistake");
        assert!(problem.contains("cannot be reached"), "{problem}");
    }
}
