//! What the arithmetic starts from.

use anyhow::Context;
use serde::Deserialize;

/// All of it, as benches/costs.json has it; docs/scaling.md says where each comes from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Costs {
    pub(super) measured: Measured,
    pub(super) process: Process,
    pub(super) assumed: Assumed,
    pub(super) cell: Cell,
}

/// What a run of the benchmark measured, for each message.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measured {
    pub(super) cpu_seconds_per_1000: Cpu,
    /// Bytes of write-ahead log, pages that are written to it whole left out.
    pub(super) log_bytes: f64,
    /// Bytes on disk, indexes included.
    pub(super) disk_bytes: f64,
    /// Of a busy process.
    pub(super) memory_mib: Memory,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cpu {
    pub(super) api: f64,
    pub(super) worker: f64,
    pub(super) postgres: f64,
    pub(super) redis: f64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Memory {
    pub(super) api: f64,
    pub(super) worker: f64,
}

/// What a process is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Process {
    pub(super) cores: f64,
    /// To PostgreSQL, at most.
    pub(super) connections: f64,
    /// To the provider of one channel, at once: `CARILLON_WORKER_CONCURRENCY`.
    pub(super) calls_in_flight: f64,
}

/// What nobody can measure beforehand.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Assumed {
    /// The busiest hour against the mean of the day.
    pub(super) peak_hour: f64,
    /// How busy a processor may be in that hour.
    pub(super) busy_at_most: f64,
    /// Pages that a message is the first to change since the last checkpoint, and that are logged whole.
    pub(super) log_pages: f64,
    /// How long a provider takes to answer.
    pub(super) provider_seconds: f64,
    /// How long messages are kept.
    pub(super) days_kept: Vec<f64>,
}

/// How large one PostgreSQL and one Redis may get while they are still easily saved, restored and moved.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cell {
    pub(super) postgres_cores: f64,
    pub(super) postgres_connections: f64,
    /// What is written, copied to a standby and archived.
    pub(super) log_mb_a_second: f64,
    pub(super) disk_tb: f64,
    pub(super) redis_cores: f64,
}

impl Costs {
    /// Those of the last measurement.
    pub(super) fn measured() -> anyhow::Result<Self> {
        Self::read(include_str!("../../costs.json"))
    }

    pub(super) fn read(text: &str) -> anyhow::Result<Self> {
        serde_json::from_str(text).context("the costs are not as in benches/costs.json")
    }
}
