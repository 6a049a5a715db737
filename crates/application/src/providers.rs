//! Which providers are asked: workers say what they see, operators say what they wish, and both meet in the database.

use std::collections::HashMap;
use std::sync::Arc;

use carillon_domain::alarm::Alarm;
use carillon_domain::circuit::State;
use carillon_domain::{Channel, Permission, Principal};
pub use carillon_ports::providers::ProviderState;
use chrono::{DateTime, TimeDelta, Utc};

use crate::alarm::{Episode, RaiseAlarm};
use crate::gate::Gate;
use crate::{Ports, Refusal, Senders, access};

/// How often a worker says what it sees, where nothing changed: an alarm that stands must be renewed within a minute.
const SAY_EVERY: TimeDelta = TimeDelta::seconds(20);
/// A provider that is down for longer than this is an alarm; shorter is a hiccup that its circuit is there for.
const HICCUP: TimeDelta = TimeDelta::seconds(3);

/// What a worker said last of a provider, and the last wish that it followed.
struct Said {
    state: State,
    at: DateTime<Utc>,
    wish: DateTime<Utc>,
}

/// Follows operators' wishes, and reports what this worker sees.
pub struct FollowProviders {
    ports: Ports,
    senders: Arc<Senders>,
    alarm: RaiseAlarm,
    said: HashMap<(&'static str, Channel), Said>,
}

impl FollowProviders {
    /// Wires the use case.
    pub fn new(ports: &Ports, senders: Arc<Senders>) -> Self {
        Self { ports: ports.clone(), senders, alarm: RaiseAlarm::new(ports), said: HashMap::new() }
    }

    /// One look at the wishes and at the gates.
    pub async fn run(&mut self) -> Result<(), Refusal> {
        let known = self.ports.providers.list_providers().await?;
        let gates: Vec<Arc<Gate>> = self.senders.gates().cloned().collect();
        for gate in &gates {
            let wish = known.iter().find(|one| one.name == gate.provider && one.channel == gate.channel);
            let last =
                self.said.get(&(gate.provider, gate.channel)).map_or(DateTime::UNIX_EPOCH, |said| said.wish);
            let followed = wish.map_or(last, |wish| follow(gate, wish, last));
            self.report(gate, followed).await?;
        }
        Ok(())
    }

    async fn report(&mut self, gate: &Gate, wish: DateTime<Utc>) -> Result<(), Refusal> {
        let (now, (state, since)) = (self.ports.clock.now(), gate.state());
        let name = (gate.provider, gate.channel);
        let is_news =
            self.said.get(&name).is_none_or(|said| said.state != state || now - said.at >= SAY_EVERY);
        if is_news {
            self.ports.providers.report_provider(gate.provider, gate.channel, state, since, now).await?;
        }
        if is_news && state.is_down() && now - since >= HICCUP {
            self.alarm.stands(&self.alarm_of(gate, state)).await?;
        }
        // Until it was told, a provider that is down stays news.
        let is_settled = !state.is_down() || now - since >= HICCUP;
        let at = if is_news && is_settled {
            now
        } else {
            self.said.get(&name).map_or(DateTime::UNIX_EPOCH, |said| said.at)
        };
        self.said.insert(name, Said { state, at, wish });
        Ok(())
    }

    fn alarm_of(&self, gate: &Gate, state: State) -> Alarm {
        let (provider, channel) = (gate.provider.to_owned(), gate.channel);
        let stands_in = |other: &&Arc<Gate>| {
            let state = other.state().0;
            other.channel == channel
                && other.provider != gate.provider
                && !state.is_down()
                && state != State::Paused
        };
        let has_stand_in = self.senders.gates().any(|other| stands_in(&other));
        match state {
            State::Unauthorized => Alarm::ProviderUnauthorized { provider, channel, has_stand_in },
            State::Open | State::Closed | State::HalfOpen | State::Throttled | State::Paused => {
                Alarm::ProviderDown { provider, channel, has_stand_in }
            }
        }
    }
}

/// Does what an operator wished since the last look; answers the wish that is followed now.
fn follow(gate: &Gate, wish: &ProviderState, last: DateTime<Utc>) -> DateTime<Utc> {
    let is_at_start = last == DateTime::UNIX_EPOCH;
    if wish.is_paused {
        gate.pause();
    } else if gate.state().0 == State::Paused || (wish.wished_at > last && !is_at_start) {
        gate.resume();
    }
    wish.wished_at.max(DateTime::UNIX_EPOCH + TimeDelta::milliseconds(1))
}

/// Lets operators see and say which providers are asked.
#[derive(Clone)]
pub struct OperateProviders {
    ports: Ports,
}

impl OperateProviders {
    /// Wires the use case.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// All providers, as workers saw them last. For the platform alone: a business has no providers of its own.
    pub async fn list(&self, caller: &Principal) -> Result<Vec<ProviderState>, Refusal> {
        access::require_platform(&self.ports, caller, Permission::OperationsRead).await?;
        Ok(self.ports.providers.list_providers().await?)
    }

    /// All alarms that stand, the oldest first.
    pub async fn alarms(&self, caller: &Principal) -> Result<Vec<Episode>, Refusal> {
        access::require_platform(&self.ports, caller, Permission::OperationsRead).await?;
        Ok(self.ports.alarms.list_standing().await?)
    }

    /// Pauses a provider, or lets it be asked again; every worker follows within seconds.
    pub async fn wish(&self, caller: &Principal, provider: &str, paused: bool) -> Result<(), Refusal> {
        access::require_platform(&self.ports, caller, Permission::OperationsWrite).await?;
        if !self.ports.providers.wish_provider(provider, paused, self.ports.clock.now()).await? {
            return Err(Refusal::NotFound { what: "provider" });
        }
        let action = if paused { "provider.paused" } else { "provider.resumed" };
        access::note(&self.ports, &caller.name(), action, None, provider).await;
        Ok(())
    }
}
