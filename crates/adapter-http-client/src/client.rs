//! The call itself.

use std::time::Duration;

use carillon_ports::SendError;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{Client, RequestBuilder, Url, redirect, retry};
use serde::Serialize;

use crate::answer::Answer;
use crate::authorization::Authorization;
use crate::failure;
use crate::setup::{SetupError, base, endpoint};

/// How long a call may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until there is a connection, TLS included.
    pub connect: Duration,
    /// Until the answer is read to its end, or given up.
    pub total: Duration,
}

impl Default for Limits {
    /// 3 s and 10 s.
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), total: Duration::from_secs(10) }
    }
}

/// One endpoint of one provider, called with `POST`; read with `GET` where the provider lists what it was given.
#[derive(Debug, Clone)]
pub struct ProviderClient {
    http: Client,
    url: Url,
    base: Url,
}

impl ProviderClient {
    /// A client for `base_url` + `path`.
    pub fn new(
        base_url: &str,
        path: &str,
        authorization: &Authorization,
        limits: Limits,
    ) -> Result<Self, SetupError> {
        // The server installs its choice when it starts; whoever comes first wins, and a second call changes nothing.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = Client::builder()
            .user_agent(concat!("Carillon/", env!("CARGO_PKG_VERSION")))
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, authorization.header()?)]))
            .connect_timeout(limits.connect)
            .timeout(limits.total)
            // Shorter than servers keep an idle connection (5 s is the least in common use): a request that meets a connection
            // just being closed is in doubt, which costs far more than connecting anew.
            .pool_idle_timeout(Duration::from_secs(4))
            // A redirect would carry the body, with the person's address in it, to somebody else.
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .no_proxy()
            .build()
            .map_err(|error| SetupError::Tls(error.to_string()))?;
        Ok(Self { http, url: endpoint(base_url, path)?, base: base(base_url, path)? })
    }

    /// Sends a JSON body.
    pub async fn post_json<B: Serialize + Sync>(&self, body: &B) -> Result<Answer, SendError> {
        call(self.http.post(self.url.clone()).json(body)).await
    }

    /// Sends a form (`application/x-www-form-urlencoded`).
    pub async fn post_form<B: Serialize + Sync>(&self, body: &B) -> Result<Answer, SendError> {
        call(self.http.post(self.url.clone()).form(body)).await
    }

    /// Reads another path of the same provider.
    pub async fn get_at(&self, path: &str) -> Result<Answer, SendError> {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        call(self.http.get(url)).await
    }

    /// Deletes what is below the endpoint; each segment is encoded.
    pub async fn delete_below(&self, segments: &[&str]) -> Result<Answer, SendError> {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        call(self.http.delete(url)).await
    }

    /// Reads the endpoint, with a query.
    pub async fn get<Q: Serialize + Sync>(&self, query: &Q) -> Result<Answer, SendError> {
        call(self.http.get(self.url.clone()).query(query)).await
    }
}

async fn call(request: RequestBuilder) -> Result<Answer, SendError> {
    match request.send().await {
        Ok(response) => Ok(Answer::read(response).await),
        Err(error) => Err(failure::sort(&error)),
    }
}
