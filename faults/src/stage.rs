//! A deployment of Carillon of one's own: two processes that answer, two that deliver and plan, one PostgreSQL, one Redis, and providers
//! over real HTTP.

use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use carillon_testkit::postgres::PrivatePostgres;
use carillon_testkit::providers::{Behaviour, FakeSendGrid, FakeTwilio};
use carillon_testkit::redis::PrivateRedis;
use futures_util::future::try_join_all;
use serde_json::Value;
use tempfile::TempDir;

use crate::database::Database;
use crate::process::{Process, Recipe};

/// How many processes of each sort.
pub const PAIR: usize = 2;

/// All of it. Dropped, everything ends.
pub struct Stage {
    /// Those that answer requests.
    pub apis: Vec<Process>,
    /// Those that deliver and plan.
    pub workers: Vec<Process>,
    /// The shared Redis.
    pub redis: PrivateRedis,
    /// The shared PostgreSQL.
    pub postgres: PrivatePostgres,
    /// Carillon's database in it.
    pub database: Database,
    /// Where e-mails go.
    pub sendgrid: FakeSendGrid,
    /// Where text messages go.
    pub twilio: FakeTwilio,
    /// Where the APIs are.
    pub urls: Vec<String>,
    /// A key that may do everything.
    pub key: String,
    /// Where the processes run and write their logs.
    folder: TempDir,
}

/// What Redis is like while everything starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redis {
    /// As it should be.
    Running,
    /// Not there.
    Gone,
}

/// How a healthy provider behaves: it takes everything after 20 to 200 ms.
pub fn healthy() -> Behaviour {
    Behaviour::accept().after_between(Duration::from_millis(20), Duration::from_millis(200))
}

impl Stage {
    /// Starts everything.
    pub async fn start(redis: Redis) -> anyhow::Result<Self> {
        let mut stage = Self::start_without_workers(redis).await?;
        stage.start_workers().await?;
        Ok(stage)
    }

    /// Starts everything but the workers.
    pub async fn start_without_workers(wanted: Redis) -> anyhow::Result<Self> {
        // Another fault of the same process may have installed it.
        drop(rustls::crypto::ring::default_provider().install_default());
        let servers = tokio::task::spawn_blocking(|| (PrivatePostgres::start(), PrivateRedis::start()));
        let (postgres, redis) = servers.await?;
        if wanted == Redis::Gone {
            redis.kill();
        }
        let database = Database::at(&postgres.fresh_database());
        let (sendgrid, twilio) = (FakeSendGrid::start_for_many().await, FakeTwilio::start().await);
        sendgrid.behave(healthy());
        twilio.behave(healthy());
        let folder = tempfile::Builder::new().prefix("carillon-faults-").tempdir()?;
        let mut stage = Self {
            apis: Vec::new(),
            workers: Vec::new(),
            redis,
            postgres,
            database,
            sendgrid,
            twilio,
            urls: Vec::new(),
            key: String::new(),
            folder,
        };
        stage.key = stage.make_key().await?;
        let ports: Vec<u16> = (0..PAIR).map(|_| free_port()).collect();
        stage.urls = ports.iter().map(|port| format!("http://127.0.0.1:{port}")).collect();
        let recipes = (1..)
            .zip(&ports)
            .map(|(number, port)| stage.recipe(&format!("api-{number}"), "api", ("CARILLON_BIND", *port)));
        stage.apis =
            try_join_all(recipes.collect::<anyhow::Result<Vec<_>>>()?.into_iter().map(Process::start))
                .await?;
        Ok(stage)
    }

    /// Starts the workers.
    pub async fn start_workers(&mut self) -> anyhow::Result<()> {
        // Port 0: nobody asks them anything, but the line with the address says that they run.
        let recipes = (1..=PAIR).map(|number| {
            self.recipe(&format!("worker-{number}"), "worker,planner", ("CARILLON_OPERATIONS_BIND", 0))
        });
        let recipes = recipes.collect::<anyhow::Result<Vec<_>>>()?;
        self.workers = try_join_all(recipes.into_iter().map(Process::start)).await?;
        Ok(())
    }

    /// Every process.
    pub fn processes(&mut self) -> impl Iterator<Item = &mut Process> {
        self.apis.iter_mut().chain(&mut self.workers)
    }

    /// How many calls the providers hold.
    pub fn held(&self) -> usize {
        self.sendgrid.held() + self.twilio.held()
    }

    /// Leaves the folder with the logs where it is, and says where.
    pub fn keep_logs(&mut self) -> PathBuf {
        self.folder.disable_cleanup(true);
        self.folder.path().to_owned()
    }

    fn recipe(&self, name: &str, roles: &'static str, bind: (&str, u16)) -> anyhow::Result<Recipe> {
        let mut environment = self.environment();
        environment.push((bind.0.to_owned(), format!("127.0.0.1:{}", bind.1)));
        let folder = self.folder.path().to_owned();
        Ok(Recipe { name: name.to_owned(), binary: binary()?, folder, roles, environment })
    }

    /// Keys and secrets of development are made in the folder, where all processes find them.
    fn environment(&self) -> Vec<(String, String)> {
        let names = [
            ("DATABASE_URL", self.database.url().to_owned()),
            ("REDIS_URL", self.redis.url()),
            ("CARILLON_PUBLIC_URL", "https://carillon.example.com".to_owned()),
            ("SENDGRID_API_KEY", "SG.secret".to_owned()),
            ("SENDGRID_BASE_URL", self.sendgrid.url()),
            ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000000".to_owned()),
            ("TWILIO_AUTH_TOKEN", "token".to_owned()),
            ("TWILIO_FROM", "+15005550006".to_owned()),
            ("TWILIO_BASE_URL", self.twilio.url()),
            // Hundreds of messages an hour to the same people are what is measured here, not what people should get.
            ("CARILLON_CAP_PERSON_HOUR", "1000000".to_owned()),
            ("CARILLON_CAP_PHONE_DAY", "1000000".to_owned()),
            ("CARILLON_SMS_SPEND_HOUR", "0".to_owned()),
        ];
        names.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    async fn make_key(&self) -> anyhow::Result<String> {
        let mut command = tokio::process::Command::new(binary()?);
        command.args(["keys", "create", "--scope", "platform", "--name", "faults", "--json"]);
        command.current_dir(self.folder.path()).env_clear().envs(self.environment()).kill_on_drop(true);
        let output = command.output().await.context("Carillon cannot be started")?;
        ensure!(output.status.success(), "no key: {}", String::from_utf8_lossy(&output.stderr));
        let printed: Value = serde_json::from_slice(&output.stdout).context("the key is not JSON")?;
        Ok(printed["secret"].as_str().context("the key has no secret")?.to_owned())
    }
}

/// The binary under test: named by `CARILLON_BIN`, or beside this program.
fn binary() -> anyhow::Result<PathBuf> {
    if let Some(path) = std::env::var_os("CARILLON_BIN") {
        return Ok(path.into());
    }
    let own = std::env::current_exe().context("our own path")?;
    // A test's program lies one folder deeper.
    let found = own
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder: &Path| folder.join("carillon"))
        .find(|path| path.is_file());
    found.context(
        "the binary is missing: name it in CARILLON_BIN, or run `cargo build -p carillon-server` first",
    )
}

/// A port that is free, and that stays so while its process is being replaced: not one of those that the system gives to connections.
fn free_port() -> u16 {
    let random = RandomState::new();
    let candidates =
        (0_u64..).map(|number| 20_000 + u16::try_from(random.hash_one(number) % 12_000).unwrap_or_default());
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    candidates.into_iter().find(is_free).unwrap_or_default()
}
