//! What keeps reminders as they should be, by the clock: the safety net, the comparison, the lists of whom to call, the reports.

use std::time::Duration;

use carillon_application::alarm::RaiseAlarm;
use carillon_application::replan::Repaired;
use carillon_application::{
    FollowClocks, Ports, Refusal, ReplanReminders, SendReports, TellWhomToCall, WatchCosts,
};
use carillon_domain::alarm::Alarm;
use tokio_util::sync::CancellationToken;

/// How often it is looked whether a report is due, or somebody should be told of what came too late.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// After so many looks the safety net is thrown: every 15 minutes.
const NET_EVERY: u64 = 15;
/// After so many looks everything is compared: every hour.
const COMPARE_EVERY: u64 = 60;

/// Keeps reminders as they should be.
#[derive(Clone)]
pub struct Reminding {
    replan: ReplanReminders,
    clocks: FollowClocks,
    missed: TellWhomToCall,
    reports: SendReports,
    alarm: RaiseAlarm,
    costs: WatchCosts,
    time_zones: &'static str,
}

impl Reminding {
    /// Wires it. `time_zones` is the version of their rules that this program knows.
    pub fn new(ports: &Ports, time_zones: &'static str) -> Self {
        Self {
            replan: ReplanReminders::new(ports),
            clocks: FollowClocks::new(ports),
            missed: TellWhomToCall::new(ports),
            reports: SendReports::new(ports),
            alarm: RaiseAlarm::new(ports),
            costs: WatchCosts::new(ports),
            time_zones,
        }
    }

    /// Runs until stopped. What fails is tried again with the next look.
    pub async fn run(self, stop: CancellationToken) {
        for look in 0_u64.. {
            if look.is_multiple_of(COMPARE_EVERY) {
                note("appointments follow the clocks", self.clocks.run(self.time_zones).await);
            }
            if look.is_multiple_of(NET_EVERY) {
                note("missing reminders are planned", self.replan.plan_missing().await.map(Repaired::total));
            }
            if look > 0 && look.is_multiple_of(COMPARE_EVERY) {
                self.compare().await;
            }
            note("businesses are told whom to call", self.missed.run().await);
            note("reports are sent", self.reports.run().await);
            note("businesses are told of their budgets", self.costs.tell().await);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// What differs should not have: it is mended, and somebody must look why.
    async fn compare(&self) {
        match self.replan.compare_all().await {
            Ok(repaired) if repaired.is_alarming() => {
                tracing::error!(
                    ?repaired,
                    "reminders were not planned as they should have been; they are now"
                );
                let raised = self.alarm.raise(&alarm_of(repaired)).await;
                note("an alarm is raised", raised.map(|()| 0));
            }
            other => note("reminders are compared", other.map(Repaired::total)),
        }
    }
}

fn alarm_of(repaired: Repaired) -> Alarm {
    let Repaired { appeared, vanished, moved } = repaired;
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    Alarm::RemindersRepaired { missing: count(appeared), surplus: count(vanished), moved: count(moved) }
}

fn note(what: &str, done: Result<usize, Refusal>) {
    match done {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, what, "done"),
        Err(error) => tracing::warn!(%error, what, "failed; it is tried again"),
    }
}
