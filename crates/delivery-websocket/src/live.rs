//! The live push of a process: who is connected, and what they share.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{self, Data, ServiceConfig};
use carillon_application::tokens::ReadTokens;
use carillon_application::{FollowInbox, Ports, Refusal};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::hub::Hub;
use crate::limits::{ASKING_AT_ONCE, CHANGING_AT_ONCE, LONGEST_ANSWER, SocketLimits};
use crate::origins::AllowedOrigins;
use crate::{open, problem, watch};

/// What this way in needs to know beside the ports.
#[derive(Debug, Clone, Default)]
pub struct LiveSettings {
    /// The pages that may connect.
    pub origins: AllowedOrigins,
    /// How much a socket may ask of us.
    pub limits: SocketLimits,
}

/// The live push of a process. Cheap to clone.
#[derive(Clone)]
pub struct Live(Arc<Shared>);

/// What all connections of a process share.
pub(crate) struct Shared {
    pub(crate) follow: FollowInbox,
    pub(crate) hub: Hub,
    pub(crate) settings: LiveSettings,
    pub(crate) stopping: CancellationToken,
    asking: Semaphore,
    changing: Semaphore,
}

/// The store did not answer, or not in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Away;

impl Live {
    /// Wires the way in.
    pub fn new(ports: &Ports, tokens: Arc<dyn ReadTokens>, settings: LiveSettings) -> Self {
        Self(Arc::new(Shared {
            follow: FollowInbox::new(ports, tokens),
            hub: Hub::default(),
            settings,
            stopping: CancellationToken::new(),
            asking: Semaphore::new(ASKING_AT_ONCE),
            changing: Semaphore::new(CHANGING_AT_ONCE),
        }))
    }

    /// Adds `GET /v1/ws`. Comes before routes that answer for paths nobody knows.
    pub fn configure(&self) -> impl FnOnce(&mut ServiceConfig) + Clone + use<> {
        let shared = Data::from(self.0.clone());
        move |config| {
            let resource = web::resource("/v1/ws").app_data(shared).route(web::get().to(open::open));
            config.service(resource.default_service(web::to(problem::wrong_method)));
        }
    }

    /// Hears the news and passes them on until `stop`, then ends every connection with 1012: clients come back to another process.
    pub async fn run(self, stop: CancellationToken) {
        tokio::select! {
            () = watch::news(&self.0) => {}
            () = watch::store(&self.0) => {}
            () = stop.cancelled() => {}
        }
        self.0.stopping.cancel();
    }

    /// How many clients are connected to this process and have said who they are.
    pub fn clients(&self) -> usize {
        self.0.hub.clients()
    }
}

impl Shared {
    /// Asks the store in turn and in time.
    pub(crate) async fn ask<T>(&self, question: impl Future<Output = Result<T, Refusal>>) -> Result<T, Away> {
        in_turn(&self.asking, question).await
    }

    /// Changes something in the store, in turn and in time.
    pub(crate) async fn change<T>(
        &self,
        change: impl Future<Output = Result<T, Refusal>>,
    ) -> Result<T, Away> {
        in_turn(&self.changing, change).await
    }
}

async fn in_turn<T>(
    turns: &Semaphore,
    question: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Away> {
    // Nobody ever closes it.
    let _turn = turns.acquire().await.map_err(|_| Away)?;
    within(LONGEST_ANSWER, question).await
}

/// The store's answer, in time.
pub(crate) async fn within<T>(
    longest: Duration,
    question: impl Future<Output = Result<T, Refusal>>,
) -> Result<T, Away> {
    match tokio::time::timeout(longest, question).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => {
            // An outage would fill the log, a line a socket; the loop that watches the store says it once.
            tracing::debug!(%error, "a connection could not ask the store");
            Err(Away)
        }
        Err(_) => Err(Away),
    }
}
