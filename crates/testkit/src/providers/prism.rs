//! Prism: a proxy nobody here wrote, which refuses every request that the provider's own OpenAPI document does not allow.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

const PACKAGE: &str = "@stoplight/prism-cli@5";

/// Where the providers' OpenAPI documents are, if they are anywhere: `CARILLON_PROVIDER_SPECS`, or `../shared/specs` beside the
/// workspace. The project stands alone without them.
pub fn specification(file: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs");
    let folder = std::env::var_os("CARILLON_PROVIDER_SPECS").map_or_else(beside, PathBuf::from);
    let path = folder.join(file);
    path.is_file().then_some(path)
}

/// A running `prism proxy --errors`; stops when it is dropped.
pub struct Prism {
    url: String,
    log: PathBuf,
    _process: Child,
}

impl Prism {
    /// Starts the proxy in front of `upstream`. `Err` says why the check is left out: no document, no node or npm, no network.
    /// Prism is taken from `CARILLON_PRISM`, or installed once into `tmp` (a test passes its `CARGO_TARGET_TMPDIR`).
    pub async fn in_front_of(upstream: &str, document: &str, tmp: &str) -> Result<Self, String> {
        let document = specification(document).ok_or("the provider's OpenAPI document is not here")?;
        let program = program(Path::new(tmp)).await?;
        let port = free_port();
        let log = Path::new(tmp).join(format!("prism-{port}.log"));
        let output = File::create(&log).map_err(|error| error.to_string())?;
        let errors = output.try_clone().map_err(|error| error.to_string())?;
        let mut process = Command::new(program)
            .args(["proxy", "-h", "127.0.0.1", "-p", &port.to_string(), "--errors"])
            .arg(document)
            .arg(upstream)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("prism does not start: {error}"))?;
        wait_until_it_listens(port, &mut process).await?;
        Ok(Self { url: format!("http://127.0.0.1:{port}"), log, _process: process })
    }

    /// Its base URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The lines of its log that tell of a request it refused, or of a violation it let pass.
    pub fn violations(&self) -> Vec<String> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let is_complaint = |line: &&str| {
            let line = line.to_lowercase();
            line.contains("violation") || line.contains("terminated with error")
        };
        log.lines().filter(is_complaint).map(str::to_owned).collect()
    }
}

async fn program(tmp: &Path) -> Result<PathBuf, String> {
    if let Some(path) = std::env::var_os("CARILLON_PRISM") {
        return Ok(path.into());
    }
    let folder = tmp.join("prism");
    let program = folder.join("node_modules/.bin/prism");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    // Tests run in processes of their own, side by side: one installs, the others wait.
    let lock = File::create(folder.join("lock")).map_err(|error| error.to_string())?;
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await;
    let _lock = lock.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
    if !program.exists() {
        install(&folder).await?;
    }
    Ok(program)
}

async fn install(folder: &Path) -> Result<(), String> {
    let done = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--prefix"])
        .arg(folder)
        .arg(PACKAGE)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let done = tokio::time::timeout(Duration::from_mins(5), done).await;
    let done = done.map_err(|_| "npm takes too long")?.map_err(|error| format!("no npm: {error}"))?;
    if done.status.success() { Ok(()) } else { Err("npm could not install prism".to_owned()) }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port on the loopback");
    listener.local_addr().expect("a bound listener").port()
}

/// Prism reads its document first and listens last, so a connection means that it is ready.
async fn wait_until_it_listens(port: u16, process: &mut Child) -> Result<(), String> {
    for _ in 0..600 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return Ok(());
        }
        if let Ok(Some(status)) = process.try_wait() {
            return Err(format!("prism ended at once: {status}"));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("prism does not listen after a minute".to_owned())
}
