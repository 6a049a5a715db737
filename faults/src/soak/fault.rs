//! The faults of a long run. Each is over within its minute, and short enough to use up no message's last try: what fails is tried again
//! after 15 s or later, and no provider is in trouble in two minutes on end.

use std::time::Duration;

use carillon_testkit::providers::Behaviour;
use tokio::task::block_in_place;
use tokio::time::sleep;

use crate::evidence::InFlight;
use crate::stage::{Stage, healthy};

/// How long a provider is in trouble, or Redis away.
const TROUBLE: Duration = Duration::from_secs(10);
/// Longer than a lease.
const STANDSTILL: Duration = Duration::from_secs(35);

/// What is done to the deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SoakFault {
    WorkerKilled,
    ApiKilled,
    WorkerReplaced,
    ApiReplaced,
    WorkerFrozen,
    RedisEmptied,
    RedisRestarted,
    PostgresCrashed,
    EmailFails,
    EmailIsSilent,
    SmsFails,
    SmsResets,
}

impl SoakFault {
    const OF_PROCESSES: [Self; 8] = [
        Self::WorkerKilled,
        Self::ApiKilled,
        Self::WorkerReplaced,
        Self::ApiReplaced,
        Self::WorkerFrozen,
        Self::RedisEmptied,
        Self::RedisRestarted,
        Self::PostgresCrashed,
    ];
    const OF_PROVIDERS: [Self; 4] = [Self::EmailFails, Self::EmailIsSilent, Self::SmsFails, Self::SmsResets];

    /// Does it, and mends it.
    pub(super) async fn inject(self, stage: &mut Stage, in_flight: &mut InFlight) -> anyhow::Result<()> {
        match self {
            Self::WorkerKilled => {
                stage.workers[1].kill().await?;
                in_flight.note(stage).await?;
                stage.workers[1].start_again().await
            }
            Self::ApiKilled => {
                stage.apis[1].kill().await?;
                stage.apis[1].start_again().await
            }
            Self::WorkerReplaced => {
                stage.workers[1].stop().await?;
                stage.workers[1].start_again().await
            }
            Self::ApiReplaced => {
                stage.apis[1].stop().await?;
                stage.apis[1].start_again().await
            }
            Self::WorkerFrozen => {
                stage.workers[1].freeze().await?;
                in_flight.note(stage).await?;
                sleep(STANDSTILL).await;
                stage.workers[1].thaw().await
            }
            Self::RedisEmptied => {
                block_in_place(|| stage.redis.ask("FLUSHALL"));
                Ok(())
            }
            Self::RedisRestarted => {
                block_in_place(|| stage.redis.stop());
                sleep(TROUBLE).await;
                block_in_place(|| stage.redis.start_empty());
                Ok(())
            }
            Self::PostgresCrashed => {
                in_flight.note(stage).await?;
                block_in_place(|| stage.postgres.immediate_restart());
                in_flight.note(stage).await
            }
            Self::EmailFails => email(stage, Behaviour::status(500)).await,
            Self::EmailIsSilent => email(stage, Behaviour::hang()).await,
            Self::SmsFails => sms(stage, Behaviour::status(503)).await,
            Self::SmsResets => sms(stage, Behaviour::reset().but_takes_it()).await,
        }
    }
}

async fn email(stage: &Stage, behaviour: Behaviour) -> anyhow::Result<()> {
    stage.sendgrid.behave(behaviour);
    sleep(TROUBLE).await;
    stage.sendgrid.behave(healthy());
    Ok(())
}

async fn sms(stage: &Stage, behaviour: Behaviour) -> anyhow::Result<()> {
    stage.twilio.behave(behaviour);
    sleep(TROUBLE).await;
    stage.twilio.behave(healthy());
    Ok(())
}

/// What comes next, by chance that a seed repeats: one in two of a process or server, one in two of a provider unless the last was.
#[derive(Debug)]
pub(super) struct Choice {
    state: u64,
    last_was_of_a_provider: bool,
}

impl Choice {
    pub(super) fn from(seed: u64) -> Self {
        Self { state: seed, last_was_of_a_provider: false }
    }

    pub(super) fn next(&mut self) -> SoakFault {
        self.last_was_of_a_provider = !self.last_was_of_a_provider && self.below(2) == 1;
        if self.last_was_of_a_provider {
            SoakFault::OF_PROVIDERS[self.below(SoakFault::OF_PROVIDERS.len())]
        } else {
            SoakFault::OF_PROCESSES[self.below(SoakFault::OF_PROCESSES.len())]
        }
    }

    /// A number below that one, by `SplitMix64` (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % bound.max(1) as u64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_faults_and_no_two_of_providers_follow_each_other() {
        let faults = |seed| {
            let mut choice = Choice::from(seed);
            (0..200).map(|_| choice.next()).collect::<Vec<_>>()
        };
        assert_eq!(faults(7), faults(7));
        assert_ne!(faults(7), faults(8));
        let is_of_a_provider = |fault: &SoakFault| SoakFault::OF_PROVIDERS.contains(fault);
        assert!(faults(7).windows(2).all(|two| !two.iter().all(is_of_a_provider)));
        let all = SoakFault::OF_PROCESSES.iter().chain(&SoakFault::OF_PROVIDERS);
        assert!(all.clone().all(|fault| faults(7).contains(fault)), "all come sooner or later");
    }
}
