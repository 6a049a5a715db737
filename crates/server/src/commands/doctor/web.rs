//! Plain web requests of the doctor.

use std::time::Duration;

use reqwest::{Client, Response};

/// The longest that an answer is waited for.
const LONGEST: Duration = Duration::from_secs(5);

/// The answer to `GET url`, redirects followed; an error says in a few words why there is none.
pub(super) async fn get(url: &str) -> Result<Response, String> {
    // The first choice in a process holds; a second call changes nothing.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = Client::builder().timeout(LONGEST).build().map_err(|error| error.to_string())?;
    client.get(url).send().await.map_err(|error| reason(&error))
}

/// The innermost cause, which names what failed: the outer ones repeat the URL.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return format!("no answer within {} s", LONGEST.as_secs());
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
