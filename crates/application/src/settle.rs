//! What a text message really cost: the provider is asked, and the budget corrected by the difference.
//!
//! What if we die between asking and correcting? It is asked again: correcting is one commit with the end of the question.

use std::sync::Arc;

use carillon_ports::costs::{Settled, Unsettled};
use chrono::TimeDelta;

use crate::{Ports, Refusal, Senders};

/// How many are asked for in one run.
const AT_ONCE: u32 = 200;
/// How long after each look without a price the next one follows; after the last, the estimate stands.
const LOOKS: [TimeDelta; 2] = [TimeDelta::minutes(10), TimeDelta::hours(6)];

/// Settles what text messages cost.
#[derive(Clone)]
pub struct SettleCosts {
    ports: Ports,
    senders: Arc<Senders>,
}

impl SettleCosts {
    /// Wires the use case.
    pub fn new(ports: &Ports, senders: Arc<Senders>) -> Self {
        Self { ports: ports.clone(), senders }
    }

    /// Asks for the prices that are due, and answers how many are known now.
    pub async fn run(&self) -> Result<usize, Refusal> {
        let now = self.ports.clock.now();
        let mut settled = 0;
        for unsettled in self.ports.costs.list_unsettled(now, AT_ONCE).await? {
            settled += usize::from(self.settle(&unsettled).await?);
        }
        Ok(settled)
    }

    async fn settle(&self, unsettled: &Unsettled) -> Result<bool, Refusal> {
        let now = self.ports.clock.now();
        let price = self.senders.price_of(&unsettled.provider, &unsettled.provider_id).await;
        let next = LOOKS.get(unsettled.looks as usize).map(|wait| now + *wait);
        let known = price.filter(|price| price.currency == unsettled.currency);
        let Some(price) = known else {
            self.ports.costs.look_again(unsettled.message, next).await?;
            return Ok(false);
        };
        let settled = Settled { micros: price.micros, segments: price.segments };
        Ok(self.ports.costs.settle(unsettled, settled).await?)
    }
}
