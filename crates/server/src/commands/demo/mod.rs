//! `carillon demo`: a salon, its people, one appointment from booking to review request, on a clock that jumps from one moment
//! that matters to the next. Everything is real: the store, the queue, the planner, the texts; only the providers are the mailbox.

mod scene;
mod story;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use carillon_adapter_mailbox::DevelopmentMailbox;
use carillon_application::Vitals;
use carillon_application::keys::Keys;
use carillon_delivery_worker::Pace;
use carillon_domain::{Permission, Reach};
use carillon_ports::Clock;
use indicatif::ProgressBar;
use owo_colors::Style;
use tokio_util::sync::CancellationToken;

use crate::cli::{DemoArgs, RoleName};
use crate::clock::JumpingClock;
use crate::commands::serve::{Service, start_http, start_loops};
use crate::config::Config;
use crate::secrets::Secrets;
use crate::shared::Delivery;
use crate::terminal::{is_terminal, styled};
use crate::{senders, wiring};
use scene::Scene;

/// The demo's loops look often, so that a moment passes quickly.
const PACE: Pace = Pace { plan: Duration::from_millis(40), sweep: Duration::from_secs(5) };

pub(crate) async fn run(args: DemoArgs) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let listener = listen(&args.bind)?;
    let address = format!("http://{}", listener.local_addr()?);
    let config = Config {
        database_url: format!("sqlite://{}?mode=rwc", folder.path().join("demo.db").display()),
        carillon_public_url: address.clone(),
        email_from: "bonjour@carillon.example".to_owned(),
        ..Config::default()
    };
    println!("{}", styled("Carillon: one appointment, from booking to review request", Style::new().bold()));
    let spinner = spinner("opening a database and reading the texts of every kind");
    let secrets = Secrets::fresh()?;
    let jumping = Arc::new(JumpingClock::default());
    let clock: Arc<dyn Clock> = jumping.clone();
    let ports = wiring::ports(&config, &secrets, clock.clone(), Delivery::Alone).await?;
    let mailbox = Arc::new(DevelopmentMailbox::new(clock.clone()));
    let service = Service {
        senders: Arc::new(senders::senders(&config, &clock, &mailbox)?),
        mailbox: Some(mailbox),
        live: wiring::live(&ports, &config, &secrets)?,
        ports: ports.clone(),
        jwt_secret: secrets.carillon_jwt_secret,
        rates: config.request_rates(),
        counts: None,
        concurrency: 8,
        pace: PACE,
        vitals: Vitals::new(&ports, true),
        keep: None,
        requests_at_once: config.carillon_requests_at_once,
        watches: false,
    };
    spinner.finish_and_clear();

    let stop = CancellationToken::new();
    let loops = start_loops(&service, &[RoleName::Api, RoleName::Worker, RoleName::Planner], &stop);
    let mut scene = Scene::new(ports.clone(), jumping);
    story::play(&mut scene).await?;
    scene.summary();
    if !args.exit {
        invite(&address, &Keys::new(&ports)).await?;
        let http = start_http(&service, listener, &stop)?;
        actix_web::rt::spawn(async move {
            drop(tokio::signal::ctrl_c().await);
            stop.cancel();
        });
        http.await?;
        loops.join_all().await;
        return Ok(());
    }
    stop.cancel();
    loops.join_all().await;
    Ok(())
}

/// The wanted address, or any free port when somebody else has it.
fn listen(bind: &str) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(bind) {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            println!("{bind} is taken; another port is used.");
            Ok(TcpListener::bind("127.0.0.1:0")?)
        }
        Err(error) => Err(anyhow::anyhow!("--bind {bind}: {error}")),
    }
}

async fn invite(address: &str, keys: &Keys) -> anyhow::Result<()> {
    let key = keys
        .create("demo", Reach::Platform, Permission::ALL.to_vec())
        .await
        .map_err(crate::commands::explain)?;
    let link = styled(&format!("{address}/console/mailbox"), Style::new().cyan().underline());
    println!("\nLook at what arrived:  {link}");
    println!(
        "The API, to try out:   {}\n",
        styled(&format!("{address}/docs"), Style::new().cyan().underline())
    );
    println!("Send one yourself:\n");
    println!(
        "  curl -s {address}/v1/events -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' -d '{}'\n",
        key.secret,
        story::CURL_BODY
    );
    println!("Ctrl-C ends the demo; its database is thrown away.");
    Ok(())
}

fn spinner(text: &str) -> ProgressBar {
    if !is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner().with_message(text.to_owned());
    bar.enable_steady_tick(Duration::from_millis(80));
    bar
}
