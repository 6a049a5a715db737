//! A plain request to any address, which says whether something answers there.

use std::time::Duration;

use reqwest::{Client, redirect};

use crate::answer::Answer;

/// The longest that an answer is waited for.
const LONGEST: Duration = Duration::from_secs(5);

/// The answer to `GET url`; a redirect is an answer. Errors: a few words that say why there is none.
pub async fn probe(url: &str) -> Result<Answer, String> {
    // The first choice in a process holds; a second call changes nothing.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = Client::builder()
        .timeout(LONGEST)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| error.to_string())?;
    let response = client.get(url).send().await.map_err(|error| reason(&error))?;
    Ok(Answer::read(response).await)
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
