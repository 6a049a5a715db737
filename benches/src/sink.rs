//! The fake providers: a process of its own that takes what SendGrid and Twilio take, answers as they do, and counts.
//!
//! It runs on the machine that is measured, so it does no more than it must: one thread, no framework, and of each body only what
//! proves that a message is in it.

mod ledger;
mod wire;

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Context;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::task::LocalSet;

use crate::clock;
use crate::http::{Connection, Request};
use ledger::Ledger;
use wire::Provider;

type Shared = Rc<RefCell<Ledger>>;

/// Serves until standard input ends, which it does with whoever started this.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no free port")?;
    println!("{}", listener.local_addr()?);
    std::io::stdout().flush()?;
    let local = LocalSet::new();
    local.spawn_local(accept(listener, Shared::default()));
    let ended = async {
        let mut rest = Vec::new();
        drop(tokio::io::stdin().read_to_end(&mut rest).await);
    };
    local.run_until(ended).await;
    Ok(())
}

async fn accept(listener: TcpListener, ledger: Shared) {
    while let Ok((stream, _)) = listener.accept().await {
        let ledger = Rc::clone(&ledger);
        ledger.borrow_mut().connections += 1;
        tokio::task::spawn_local(async move {
            // A caller that breaks off has its own way of finding out.
            drop(talk(Connection::of(stream), &ledger).await);
        });
    }
}

async fn talk(mut connection: Connection, ledger: &Shared) -> anyhow::Result<()> {
    while let Some((request, body)) = connection.read_request().await? {
        let (answer, latency) = answer(&request, body, ledger);
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        connection.write(&answer).await?;
    }
    Ok(())
}

/// What to answer, and after how long.
fn answer(request: &Request, body: &[u8], ledger: &Shared) -> (Vec<u8>, Duration) {
    let mut ledger = ledger.borrow_mut();
    if let Some(provider) = Provider::at(request) {
        let latency = ledger.latency;
        let answer = if let Some(id) = wire::read(provider, request, body) {
            let number = ledger.take(id, clock::now(), provider, body);
            wire::accepted(provider, number)
        } else {
            ledger.refused += 1;
            wire::text(400, "{}")
        };
        return (answer, latency);
    }
    let answer = match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/count") => wire::text(200, &ledger.counts().to_string()),
        ("GET", "/dump") => wire::text(200, &ledger.dump()),
        ("GET", "/sample/email") => wire::text(200, &ledger.sample(Provider::SendGrid)),
        ("GET", "/sample/sms") => wire::text(200, &ledger.sample(Provider::Twilio)),
        ("POST", "/reset") => {
            ledger.reset();
            wire::text(200, "")
        }
        ("POST", path) => match path.strip_prefix("/latency/").and_then(|text| text.parse().ok()) {
            Some(milliseconds) => {
                ledger.latency = Duration::from_millis(milliseconds);
                wire::text(200, "")
            }
            None => wire::text(404, ""),
        },
        _ => wire::text(404, ""),
    };
    (answer, Duration::ZERO)
}
