//! `carillon serve`: the roles of this process, and a graceful end.
//!
//! SIGTERM: no request and no message is taken any more, what is in flight is finished; whatever is not finished after 25 s is left to
//! its lease.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::{App, HttpServer};
use anyhow::Context;
use carillon_adapter_mailbox::DevelopmentMailbox;
use carillon_application::{DeliverMessages, KeepMoving, Ports, Senders};
use carillon_delivery_worker::{Pace, Worker, plan, sweep, tidy};
use carillon_ports::Clock;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::cli::{RoleName, ServeArgs};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::secrets::Secrets;
use crate::{senders, telemetry, wiring};

/// How long a stop may take.
const LONGEST_STOP: Duration = Duration::from_secs(25);

/// Threads that answer requests: they wait for the database most of the time.
const HTTP_WORKERS: usize = 2;

/// All that the roles of a process need.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) ports: Ports,
    pub(crate) senders: Arc<Senders>,
    pub(crate) mailbox: Option<Arc<DevelopmentMailbox>>,
    pub(crate) jwt_secret: String,
    pub(crate) concurrency: usize,
    pub(crate) pace: Pace,
}

pub(crate) async fn run(args: ServeArgs) -> anyhow::Result<()> {
    let config = Config::load()?;
    if args.print_config {
        for (name, value) in config.masked() {
            println!("{name}={value}");
        }
        return Ok(());
    }
    telemetry::start(&config)?;
    let roles = if args.roles.is_empty() {
        vec![RoleName::Api, RoleName::Worker, RoleName::Planner]
    } else {
        args.roles
    };
    let secrets = Secrets::load(&config)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ports = wiring::ports(&config, &secrets, clock.clone(), roles.contains(&RoleName::Worker)).await?;
    let mailbox = Arc::new(DevelopmentMailbox::new(clock.clone()));
    let service = Service {
        senders: Arc::new(senders::senders(&config, &clock, &mailbox)?),
        mailbox: senders::uses_mailbox(&config).then_some(mailbox),
        ports,
        jwt_secret: secrets.carillon_jwt_secret,
        concurrency: config.carillon_worker_concurrency,
        pace: Pace::default(),
    };
    let stop = CancellationToken::new();
    let mut loops = start_loops(&service, &roles, &stop);
    if roles.contains(&RoleName::Api) {
        let listener = TcpListener::bind(&config.carillon_bind)
            .with_context(|| format!("CARILLON_BIND {}", config.carillon_bind))?;
        println!("Carillon listens on http://{}", listener.local_addr()?);
        let http = start_http(&service, listener, &stop)?;
        loops.spawn(async move {
            if let Err(error) = http.await {
                tracing::error!(%error, "the HTTP server ended");
            }
        });
    }
    let must_fail = tokio::select! {
        () = stop_requested() => false,
        ended = loops.join_next() => ended.is_some(),
    };
    tracing::info!("stopping: what is in flight is finished first");
    stop.cancel();
    let finished = async { while loops.join_next().await.is_some() {} };
    if tokio::time::timeout(LONGEST_STOP, finished).await.is_err() {
        tracing::warn!("not everything was finished in time; its leases will run out");
    }
    // A loop never ends by itself: whoever watches the process must start it again.
    anyhow::ensure!(!must_fail, "a part of the service ended unexpectedly; the log says which");
    Ok(())
}

/// Starts the loops of the roles. The sweeper belongs to the worker, for it feeds the worker's own queue.
pub(crate) fn start_loops(service: &Service, roles: &[RoleName], stop: &CancellationToken) -> JoinSet<()> {
    let mut loops = JoinSet::new();
    let keep_moving = KeepMoving::new(&service.ports);
    if roles.contains(&RoleName::Worker) {
        let deliver = DeliverMessages::new(&service.ports, service.senders.clone());
        loops.spawn(Worker::new(deliver, service.concurrency).run(stop.clone()));
        loops.spawn(sweep(keep_moving.clone(), service.pace, stop.clone()));
    }
    if roles.contains(&RoleName::Planner) {
        loops.spawn(tidy(keep_moving.clone(), stop.clone()));
        loops.spawn(plan(keep_moving, service.pace, stop.clone()));
    }
    loops
}

/// Starts the HTTP server; the future ends when it has stopped.
pub(crate) fn start_http(
    service: &Service,
    listener: TcpListener,
    stop: &CancellationToken,
) -> anyhow::Result<impl Future<Output = std::io::Result<()>> + Send + use<>> {
    let settings =
        carillon_delivery_http::ApiSettings { jwt_secret: service.jwt_secret.clone().into_bytes() };
    let api = carillon_delivery_http::Api::new(&service.ports, settings);
    let mailbox = service.mailbox.clone();
    let server = HttpServer::new(move || {
        let (api, mailbox) = (api.clone(), mailbox.clone());
        App::new()
            .configure(move |routes| {
                if let Some(mailbox) = mailbox {
                    carillon_delivery_console::configure(routes, mailbox);
                }
            })
            .configure(carillon_delivery_http::routes(&api))
    })
    .disable_signals()
    // A request takes 5 s at most; a page that listens for news would hold a longer stop up for nothing.
    .shutdown_timeout(6)
    .workers(HTTP_WORKERS)
    .listen(listener)?
    .run();
    let (handle, stop) = (server.handle(), stop.clone());
    actix_web::rt::spawn(async move {
        stop.cancelled().await;
        handle.stop(true).await;
    });
    Ok(server)
}

async fn stop_requested() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
        if let Ok(mut terminate) = terminate {
            tokio::select! {
                _ = interrupted => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    drop(interrupted.await);
}
