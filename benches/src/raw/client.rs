//! POSTs a second to the fake providers: by the very client that the adapters use, with the very bodies that arrived before, and
//! nothing around it; and by bare connections, which shows that the fake providers are not the limit.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use carillon_provider_http::{Authorization, Limits, ProviderClient};
use serde_json::Value;
use tokio::task::JoinSet;

use super::Pace;
use crate::http::{Connection, post};
use crate::phases::Bench;

/// Calls in flight, half of them e-mail: as many as Carillon's own default for each of two channels.
const IN_FLIGHT: usize = 128;
/// Bare connections; more bring no more.
const CONNECTIONS: usize = 16;

/// A form's fields.
type Form = Vec<(String, String)>;

pub(super) async fn run(bench: &Bench) -> anyhow::Result<Vec<(&'static str, f64, Instant)>> {
    let (providers, span) = (&bench.servers.providers, bench.plan.raw);
    let (email, sms) = providers.samples().await?;
    let url = providers.url();
    let (started, body) = (Instant::now(), email.clone());
    // In a runtime of its own, on all processors: what the client could do at most.
    let by_client = tokio::task::spawn_blocking(move || by_client(&url, &body, &sms, span)).await??;
    let bare_started = Instant::now();
    let bare = bare(providers.address, &email, span).await?;
    Ok(vec![("client_posts", by_client, started), ("bare_connection_posts", bare, bare_started)])
}

fn by_client(url: &str, email: &str, sms: &str, span: Duration) -> anyhow::Result<f64> {
    let email: Value = serde_json::from_str(email).context("no e-mail has arrived before")?;
    let sms: Form = url::form_urlencoded::parse(sms.as_bytes()).into_owned().collect();
    let client = |path| {
        let authorization = Authorization::Bearer("bench".to_owned().into());
        ProviderClient::new(url, path, &authorization, Limits::default()).map(Arc::new)
    };
    let sendgrid = client("/v3/mail/send")?;
    let twilio = client("/2010-04-01/Accounts/AC0/Messages.json")?;
    let (email, sms) = (Arc::new(email), Arc::new(sms));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        let pace = Arc::new(Pace::start(span));
        let mut tasks = JoinSet::new();
        for _ in 0..IN_FLIGHT / 2 {
            tasks.spawn(emails(sendgrid.clone(), email.clone(), pace.clone()));
            tasks.spawn(texts(twilio.clone(), sms.clone(), pace.clone()));
        }
        sum(tasks, &pace).await
    })
}

async fn emails(client: Arc<ProviderClient>, body: Arc<Value>, pace: Arc<Pace>) -> anyhow::Result<usize> {
    let mut posts = 0;
    while pace.goes_on() {
        posts += usize::from(client.post_json(&*body).await?.status == 202);
    }
    Ok(posts)
}

async fn texts(client: Arc<ProviderClient>, body: Arc<Form>, pace: Arc<Pace>) -> anyhow::Result<usize> {
    let mut posts = 0;
    while pace.goes_on() {
        posts += usize::from(client.post_form(&*body).await?.status == 201);
    }
    Ok(posts)
}

async fn bare(address: SocketAddr, email: &str, span: Duration) -> anyhow::Result<f64> {
    let request = Arc::new(post("providers", "/v3/mail/send", "Bearer bench", email));
    let pace = Arc::new(Pace::start(span));
    let mut tasks = JoinSet::new();
    for _ in 0..CONNECTIONS {
        tasks.spawn(connection(Connection::open(address).await?, request.clone(), pace.clone()));
    }
    sum(tasks, &pace).await
}

async fn connection(
    mut connection: Connection,
    request: Arc<Vec<u8>>,
    pace: Arc<Pace>,
) -> anyhow::Result<usize> {
    let mut posts = 0;
    while pace.goes_on() {
        connection.write(&request).await?;
        posts += usize::from(connection.read_answer().await?.0 == 202);
    }
    Ok(posts)
}

/// What all did together, a second.
async fn sum(tasks: JoinSet<anyhow::Result<usize>>, pace: &Pace) -> anyhow::Result<f64> {
    let mut posts = 0;
    for count in tasks.join_all().await {
        posts += count?;
    }
    Ok(pace.per_second(posts))
}
