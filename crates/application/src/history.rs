//! How long history is kept: what ended long ago is forgotten.

use carillon_ports::StoreError;
pub use carillon_ports::retention::Forgotten;
use chrono::TimeDelta;

use crate::Ports;

/// How many rows go in one statement where they go one by one.
const AT_ONCE: u32 = 1_000;
/// How many such statements one run makes at most: the next run goes on.
const MOST_STEPS: u32 = 100;

/// Forgets what ended long ago, and makes room for what comes.
#[derive(Clone)]
pub struct ForgetHistory {
    ports: Ports,
    /// How long it is kept; `None` for ever.
    keep: Option<TimeDelta>,
}

impl ForgetHistory {
    /// Wires the use case.
    pub fn new(ports: &Ports, keep: Option<TimeDelta>) -> Self {
        Self { ports: ports.clone(), keep }
    }

    /// One run.
    pub async fn run(&self) -> Result<Forgotten, StoreError> {
        let now = self.ports.clock.now();
        self.ports.retention.make_room(now).await?;
        let Some(keep) = self.keep else { return Ok(Forgotten::default()) };
        let mut all = Forgotten::default();
        for _ in 0..MOST_STEPS {
            let forgotten = self.ports.retention.forget_history(now - keep, AT_ONCE).await?;
            all = Forgotten { rows: all.rows + forgotten.rows, parts: all.parts + forgotten.parts };
            if forgotten == Forgotten::default() {
                break;
            }
        }
        Ok(all)
    }
}
