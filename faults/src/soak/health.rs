//! The memory and the connections of a process, as Linux tells them.

use std::collections::HashSet;
use std::fs;

use anyhow::Context;

use crate::stage::Stage;

/// Where the servers listen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ports {
    postgres: u16,
    redis: u16,
}

/// How a process stood at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Health {
    /// Resident memory in KiB.
    pub(super) resident: u64,
    /// Connections to PostgreSQL.
    pub(super) postgres: u64,
    /// Connections to Redis.
    pub(super) redis: u64,
}

impl Ports {
    pub(super) fn of(stage: &Stage) -> anyhow::Result<Self> {
        Ok(Self { postgres: port(stage.database.url())?, redis: port(&stage.redis.url())? })
    }
}

impl Health {
    /// Of the process of this number; `None` if there is none.
    pub(super) fn of(process: u32, ports: Ports) -> Option<Self> {
        let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let sockets = sockets(process);
        let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
        let count = |port| connections(&table, port).filter(|inode| sockets.contains(*inode)).count() as u64;
        Some(Self {
            resident: resident.trim().trim_end_matches("kB").trim().parse().ok()?,
            postgres: count(ports.postgres),
            redis: count(ports.redis),
        })
    }
}

fn port(url: &str) -> anyhow::Result<u16> {
    let (_, rest) = url.rsplit_once(':').context("a URL with a port")?;
    rest.split('/').next().unwrap_or_default().parse().with_context(|| url.to_owned())
}

/// The inodes of a process's sockets.
fn sockets(process: u32) -> HashSet<String> {
    let files = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    let targets = files.filter_map(|file| fs::read_link(file.path()).ok());
    targets
        .filter_map(|target| Some(target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect()
}

/// The inodes of the established connections to a port. The columns are those of `proc(5)`: the fields of interest are the remote address, the
/// state (01) and the inode.
fn connections(table: &str, port: u16) -> impl Iterator<Item = &str> {
    let ending = format!(":{port:04X}");
    table.lines().filter_map(move |line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let is_one = columns.get(2)?.ends_with(&ending) && *columns.get(3)? == "01";
        is_one.then(|| columns.get(9).copied()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_counted_by_the_port_they_lead_to() {
        let table =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:C350 0100007F:1538 01 00000000:00000000 00:00000000 00000000  0  0 111 1
   1: 0100007F:1538 0100007F:C350 01 00000000:00000000 00:00000000 00000000  0  0 222 1
   2: 0100007F:C351 0100007F:1538 06 00000000:00000000 00:00000000 00000000  0  0 333 1";
        assert_eq!(connections(table, 0x1538).collect::<Vec<_>>(), ["111"]);
        assert_eq!(port("postgres://carillon@127.0.0.1:5432/test").unwrap(), 5432);
        assert_eq!(port("redis://127.0.0.1:6379").unwrap(), 6379);
    }

    #[test]
    fn a_process_knows_its_own_memory_and_connections() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let ports = Ports { postgres: port, redis: 1 };
        let before = Health::of(std::process::id(), ports).unwrap();
        let _open = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        let after = Health::of(std::process::id(), ports).unwrap();
        assert_eq!((before.postgres, after.postgres, after.redis), (0, 1, 0));
        assert!(after.resident > 0);
    }
}
