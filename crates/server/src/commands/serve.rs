//! `carillon serve`: the roles of this process, and a graceful end.
//!
//! SIGTERM: no message is taken any more, `/health/ready` says no, and each answer closes its connection; when load balancers have had
//! time to see that, no request is taken either. What is in flight is finished; whatever is not finished after 25 s is left to its lease.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::{App, HttpServer};
use anyhow::Context;
use carillon_adapter_mailbox::DevelopmentMailbox;
use carillon_application::keys::Keys;
use carillon_application::request_limits::RequestRates;
use carillon_application::{
    AnswerTexts, ApplyReceipts, DeliverMessages, FollowProviders, ForgetHistory, KeepMoving, PassOnTexts,
    Ports, SendDigests, Senders, SettleCosts, Vitals, WatchService,
};
use carillon_delivery_http::{Api, ApiSettings, Counts};
use carillon_delivery_websocket::Live;
use carillon_delivery_worker::{
    Pace, Reminding, Worker, apply_receipts, complete_texts, plan, send_lists, settle_costs, sweep, tidy,
    watch_providers, watch_service,
};
use carillon_ports::Clock;
use chrono::TimeDelta;
use tokio::net::TcpSocket;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::cli::{RoleName, ServeArgs};
use crate::clock::{FollowedClock, follow};
use crate::config::{Config, misspelt};
use crate::secrets::Secrets;
use crate::shared::Delivery;
use crate::{public_url, senders, telemetry, wiring};

/// How long a stop may take.
const LONGEST_STOP: Duration = Duration::from_secs(25);

/// How long an idle connection is kept open.
const LONGEST_IDLE: Duration = Duration::from_secs(75);

/// How often it is looked how full the queues are.
const LOAD_EVERY: Duration = Duration::from_secs(1);

/// Threads that answer requests: they wait for the database most of the time.
const HTTP_WORKERS: usize = 2;

/// All that the roles of a process need.
#[derive(Clone)]
pub(crate) struct Service {
    pub(crate) ports: Ports,
    pub(crate) senders: Arc<Senders>,
    pub(crate) mailbox: Option<Arc<DevelopmentMailbox>>,
    pub(crate) live: Live,
    pub(crate) jwt_secret: String,
    pub(crate) rates: RequestRates,
    pub(crate) counts: Option<Counts>,
    pub(crate) concurrency: usize,
    pub(crate) pace: Pace,
    pub(crate) vitals: Arc<Vitals>,
    /// How long history is kept; `None` for ever.
    pub(crate) keep: Option<TimeDelta>,
    pub(crate) requests_at_once: usize,
    /// Whether it watches itself. Not where days pass by jumps, which look like silence.
    pub(crate) watches: bool,
}

pub(crate) async fn run(args: ServeArgs) -> anyhow::Result<()> {
    let mut config = Config::load()?;
    if args.print_config {
        for (name, value) in config.masked() {
            println!("{name}={value}");
        }
        return Ok(());
    }
    let _telemetry = telemetry::start(&config)?;
    let counts = Counts { render: telemetry::count()?, guarded: config.is_production() };
    let roles = if args.roles.is_empty() {
        vec![RoleName::Api, RoleName::Worker, RoleName::Planner]
    } else {
        args.roles
    };
    for (name, meant) in misspelt() {
        tracing::warn!("{name} is no setting and changes nothing; {meant} is one");
    }
    let answers = roles.contains(&RoleName::Api);
    let mut bound = None;
    // Links carry the port, so a port that the system chooses must be known before anything is wired.
    if answers && public_url::needs_port(&config.carillon_public_url) {
        let listener = listen("CARILLON_BIND", &config.carillon_bind)?;
        config.carillon_public_url = public_url::of_bind(&listener.local_addr()?.to_string());
        bound = Some(listener);
    }
    let secrets = Secrets::load(&config)?;
    let followed = Arc::new(FollowedClock::new());
    let clock: Arc<dyn Clock> = followed.clone();
    let is_worker = roles.contains(&RoleName::Worker);
    let delivery = if is_worker { Delivery::Together } else { Delivery::ByOthers };
    let ports = wiring::ports(&config, &secrets, clock.clone(), delivery).await?;
    followed.look(&*ports.store).await.map_err(|error| anyhow::anyhow!("the database's clock: {error}"))?;
    if let Some(key) = &config.carillon_bootstrap_key {
        let adopted = Keys::new(&ports).adopt("bootstrap", key).await;
        adopted.map_err(super::explain).context("CARILLON_BOOTSTRAP_KEY")?;
    }
    let mailbox = Arc::new(DevelopmentMailbox::new(clock.clone()));
    let service = Service {
        senders: Arc::new(senders::senders(&config, &clock, &mailbox)?),
        mailbox: senders::uses_mailbox(&config).then_some(mailbox),
        live: wiring::live(&ports, &config, &secrets)?,
        vitals: Vitals::new(&ports, is_worker),
        keep: config.retention(),
        requests_at_once: config.carillon_requests_at_once,
        watches: true,
        ports,
        jwt_secret: secrets.carillon_jwt_secret,
        rates: config.request_rates(),
        counts: Some(counts),
        concurrency: config.carillon_worker_concurrency,
        pace: Pace::default(),
    };
    // Whoever works stops at once; whoever answers goes on for a moment, so that nobody is sent to a closed door.
    let (stop, close) = (CancellationToken::new(), CancellationToken::new());
    let mut loops = start_loops(&service, &roles, &stop);
    loops.spawn(follow(followed, service.ports.store.clone(), stop.clone()));
    if answers {
        let listener = bound.map_or_else(|| listen("CARILLON_BIND", &config.carillon_bind), Ok)?;
        announce(&service, &listener)?;
        let http = start_http(&service, listener, &close)?;
        loops.spawn(run_http(http));
    }
    if let Some(address) = &config.carillon_operations_bind {
        let listener = listen("CARILLON_OPERATIONS_BIND", address)?;
        println!("Health and metrics are on http://{}", listener.local_addr()?);
        loops.spawn(run_http(start_operations(&service, listener, &close)?));
    }
    let must_fail = tokio::select! {
        () = stop_requested() => false,
        ended = loops.join_next() => ended.is_some(),
    };
    tracing::info!("stopping: what is in flight is finished first");
    service.vitals.stop();
    stop.cancel();
    let finished = async {
        if !must_fail && roles.contains(&RoleName::Api) {
            drain(Duration::from_secs(config.carillon_drain_s as u64)).await;
        }
        close.cancel();
        while loops.join_next().await.is_some() {}
    };
    if tokio::time::timeout(LONGEST_STOP, finished).await.is_err() {
        tracing::warn!("not everything was finished in time; its leases will run out");
    }
    // A loop never ends by itself: whoever watches the process must start it again.
    anyhow::ensure!(!must_fail, "a part of the service ended unexpectedly; the log says which");
    Ok(())
}

/// Prints where the API, its documentation and the development mailbox are.
fn announce(service: &Service, listener: &TcpListener) -> anyhow::Result<()> {
    let address = listener.local_addr()?;
    println!("Carillon listens on http://{address}");
    let local = public_url::of_bind(&address.to_string());
    println!("  API      {local}/v1");
    println!("  Docs     {local}/docs");
    if service.mailbox.is_some() {
        println!("  Mailbox  {local}/console/mailbox");
    }
    Ok(())
}

/// Goes on answering while load balancers see that this process is not ready any more; a second signal cuts it short.
async fn drain(span: Duration) {
    drop(tokio::time::timeout(span, stop_requested()).await);
}

/// Starts the loops of the roles. The live push goes with the API; the sweeper belongs to the worker, for it feeds the worker's own
/// queue.
pub(crate) fn start_loops(service: &Service, roles: &[RoleName], stop: &CancellationToken) -> JoinSet<()> {
    let mut loops = JoinSet::new();
    let keep_moving = KeepMoving::new(&service.ports);
    if roles.contains(&RoleName::Api) {
        loops.spawn(service.live.clone().run(stop.clone()));
        loops.spawn(look_at_load(service.ports.clone(), stop.clone()));
    }
    if roles.contains(&RoleName::Worker) {
        let deliver = DeliverMessages::new(&service.ports, service.senders.clone());
        let (vitals, ports) = (service.vitals.clone(), service.ports.clone());
        let worker = Worker::new(deliver, service.concurrency, move || vitals.moved(&ports));
        loops.spawn(worker.run(stop.clone()));
        loops.spawn(sweep(keep_moving.clone(), service.pace, stop.clone()));
        loops.spawn(apply_receipts(ApplyReceipts::new(&service.ports), stop.clone()));
        let (answer, pass_on) = (AnswerTexts::new(&service.ports), PassOnTexts::new(&service.ports));
        loops.spawn(complete_texts(answer, pass_on, stop.clone()));
    }
    if roles.contains(&RoleName::Planner) {
        let history = ForgetHistory::new(&service.ports, service.keep);
        loops.spawn(tidy(keep_moving.clone(), history, stop.clone()));
        loops.spawn(send_lists(SendDigests::new(&service.ports), stop.clone()));
        loops.spawn(Reminding::new(&service.ports, chrono_tz::IANA_TZDB_VERSION).run(stop.clone()));
        loops.spawn(plan(keep_moving, service.pace, stop.clone()));
    }
    if service.watches {
        start_watches(service, roles, stop, &mut loops);
    }
    loops
}

fn start_watches(service: &Service, roles: &[RoleName], stop: &CancellationToken, loops: &mut JoinSet<()>) {
    let watch = WatchService::new(&service.ports);
    if roles.contains(&RoleName::Worker) {
        let follow = FollowProviders::new(&service.ports, service.senders.clone());
        loops.spawn(watch_providers(follow, watch.clone(), stop.clone()));
    }
    if roles.contains(&RoleName::Planner) {
        loops.spawn(watch_service(watch, stop.clone()));
        let settle = SettleCosts::new(&service.ports, service.senders.clone());
        loops.spawn(settle_costs(settle, stop.clone()));
    }
}

/// Looks how full the queues are, every second until stopped.
async fn look_at_load(ports: Ports, stop: CancellationToken) {
    while tokio::time::timeout(LOAD_EVERY, stop.cancelled()).await.is_err() {
        ports.load.look(&ports).await;
    }
}

/// As many may wait to be let in: when a process comes back, all pages that were open come at once, and 128 is soon full.
const BACKLOG: u32 = 4_096;

fn listen(name: &str, address: &str) -> anyhow::Result<TcpListener> {
    bind(address).with_context(|| format!("{name} {address}"))
}

fn bind(address: &str) -> std::io::Result<TcpListener> {
    let mut last = None;
    for address in std::net::ToSocketAddrs::to_socket_addrs(address)? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_reuseaddr(true)?;
        match socket.bind(address).and_then(|()| socket.listen(BACKLOG)) {
            Ok(listener) => return listener.into_std(),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| std::io::ErrorKind::AddrNotAvailable.into()))
}

async fn run_http(server: impl Future<Output = std::io::Result<()>>) {
    if let Err(error) = server.await {
        tracing::error!(%error, "the HTTP server ended");
    }
}

fn api(service: &Service) -> Api {
    let settings = ApiSettings { jwt_secret: service.jwt_secret.clone().into_bytes() };
    let api = Api::new(&service.ports, settings)
        .with_rates(service.rates)
        .with_lists(service.senders.lists.clone())
        .with_vitals(service.vitals.clone())
        .with_room_for(service.requests_at_once);
    match &service.counts {
        Some(counts) => api.with_counts(counts.clone()),
        None => api,
    }
}

/// Starts a server that tells how the process is, for one without the role `api`.
fn start_operations(
    service: &Service,
    listener: TcpListener,
    stop: &CancellationToken,
) -> anyhow::Result<impl Future<Output = std::io::Result<()>> + Send + use<>> {
    let api = api(service);
    let routes = move || App::new().configure(carillon_delivery_http::operations_routes(&api));
    let server = HttpServer::new(routes).disable_signals().workers(1).listen(listener)?.run();
    stop_with(&server, stop);
    Ok(server)
}

fn stop_with(server: &Server, stop: &CancellationToken) {
    let (handle, stop) = (server.handle(), stop.clone());
    actix_web::rt::spawn(async move {
        stop.cancelled().await;
        handle.stop(true).await;
    });
}

/// Starts the HTTP server; the future ends when it has stopped.
pub(crate) fn start_http(
    service: &Service,
    listener: TcpListener,
    stop: &CancellationToken,
) -> anyhow::Result<impl Future<Output = std::io::Result<()>> + Send + use<>> {
    let api = api(service);
    let (mailbox, live) = (service.mailbox.clone(), service.live.clone());
    let server = HttpServer::new(move || {
        let (api, mailbox, live) = (api.clone(), mailbox.clone(), live.clone());
        App::new()
            .configure(move |routes| {
                if let Some(mailbox) = mailbox {
                    carillon_delivery_console::configure(routes, mailbox);
                }
            })
            .configure(live.configure())
            .configure(carillon_delivery_http::routes(&api))
    })
    .disable_signals()
    // Longer than load balancers and clients keep an idle connection (60 s is common): whoever closes first must be the one who
    // sends, or a request meets a connection just being closed.
    .keep_alive(LONGEST_IDLE)
    // The same for one that a client opened ahead of its first request.
    .client_request_timeout(LONGEST_IDLE)
    // A request takes 5 s at most; a page that listens for news would hold a longer stop up for nothing.
    .shutdown_timeout(6)
    .workers(HTTP_WORKERS)
    .listen(listener)?
    .run();
    stop_with(&server, stop);
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
