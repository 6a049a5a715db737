//! Where PostgreSQL's programs are, and running them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Names the folder with PostgreSQL's programs, where they are in no usual place.
const FOLDER: &str = "CARILLON_POSTGRES_BIN";

const MISSING: &str = "PostgreSQL is not installed, or in no usual place. On Debian and Ubuntu: apt-get install postgresql. \
    Elsewhere: put it on PATH, or name the folder that holds initdb, pg_ctl and psql in CARILLON_POSTGRES_BIN";

/// The programs of a server. All of one folder: those of different releases do not fit each other.
#[derive(Debug)]
pub(super) struct Programs {
    pub(super) initdb: PathBuf,
    pub(super) pg_ctl: PathBuf,
}

impl Programs {
    pub(super) fn find() -> Self {
        let programs =
            |folder: PathBuf| Self { initdb: folder.join("initdb"), pg_ctl: folder.join("pg_ctl") };
        let is_complete = |programs: &Self| programs.initdb.is_file() && programs.pg_ctl.is_file();
        folders().into_iter().map(programs).find(is_complete).expect(MISSING)
    }
}

/// The client.
pub(super) fn psql() -> PathBuf {
    folders().into_iter().map(|folder| folder.join("psql")).find(|path| path.is_file()).expect(MISSING)
}

/// Runs a program to its end: what it wrote, or what it complained of.
pub(super) fn run(command: &mut Command) -> Result<String, String> {
    let output = without_settings(command).stdin(Stdio::null()).output();
    let output =
        output.map_err(|error| format!("{} cannot be run: {error}", command.get_program().display()))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{} ended with {}: {complaint}", command.get_program().display(), output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A developer's own `PGHOST`, `PGOPTIONS` and the like must not lead the tests to another server.
pub(super) fn without_settings(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PG")) {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C")
}

/// Where to look, best first.
fn folders() -> Vec<PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return vec![folder.into()];
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian_folders().into_iter().chain(std::env::split_paths(&path)).collect()
}

/// Debian keeps a folder for each release and puts none of them on PATH; the newest comes first.
fn debian_folders() -> Vec<PathBuf> {
    let release = |folder: &Path| folder.file_name().and_then(OsStr::to_str)?.parse::<u32>().ok();
    let entries = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    folders.sort_by_key(|folder| std::cmp::Reverse(release(folder)));
    folders.into_iter().map(|folder| folder.join("bin")).collect()
}
