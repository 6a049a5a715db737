//! A provider in trouble, while the other channel's provider is well.

mod figures;
mod trouble;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use carillon_testkit::providers::Behaviour;
use tokio::time::sleep;

use crate::clients::Load;
use crate::evidence::{Evidence, InFlight};
use crate::fault::provider::figures::{Figures, Span};
use crate::level::Level;
use crate::row::Row;
use crate::stage::{Stage, healthy};

pub use trouble::Trouble;

/// The longest that a provider's wish may hold a message back.
const LONGEST_ASKED: Duration = Duration::from_hours(1);
/// What waits longer than this once the provider is well waits for a wish of its, not for the policy of retries.
const LONG: Duration = Duration::from_mins(4);
/// The first moments, in which connections are opened and statements planned, belong to no figure.
const WARM_UP: Duration = Duration::from_secs(3);

/// Which provider is in trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// That of e-mail.
    Email,
    /// That of SMS.
    Sms,
}

impl Side {
    /// What a fault's name ends in.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Email => "",
            Self::Sms => "-sms",
        }
    }

    /// The channel in trouble.
    fn channel(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }

    fn behave(self, stage: &Stage, behaviours: Vec<Behaviour>) {
        match self {
            Self::Email => stage.sendgrid.behave_in_turn(behaviours),
            Self::Sms => stage.twilio.behave_in_turn(behaviours),
        }
    }
}

pub(super) async fn inject(
    stage: &mut Stage,
    level: Level,
    name: &str,
    trouble: Trouble,
    side: Side,
) -> anyhow::Result<Row> {
    let load = Load::start(stage, level.rate / 2, level.clients)?;
    load.until_accepted(1).await?;
    sleep(WARM_UP).await;
    let quiet = Span::while_waiting(level.pick(Duration::from_secs(7), Duration::from_secs(30))).await;
    side.behave(stage, trouble.behaviours(side));
    let in_trouble = Span::while_waiting(level.pick(Duration::from_secs(10), Duration::from_secs(30))).await;
    side.behave(stage, vec![healthy()]);
    let healed_at = Instant::now();
    load.until_accepted(level.events).await?;
    let brought_forward = bring_forward(stage).await?;
    let evidence = Evidence::gather(stage, load, InFlight::default(), level).await?.with_doubtful_providers();
    let mut row = evidence.judge(name, &HashSet::new());
    row.recovery = Some(evidence.recovery(healed_at));
    Figures::of(&evidence, side, quiet, in_trouble).judge(level, &mut row);
    if brought_forward > 0 {
        row.notes.push(format!("{brought_forward} put off for up to an hour, brought forward by hand"));
    }
    Ok(row)
}

/// What a provider's wish holds back for longer than a run lasts is made due now, after a look that none waits longer than an hour.
async fn bring_forward(stage: &Stage) -> anyhow::Result<usize> {
    let now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    let (long, longest) = (LONG.as_millis(), LONGEST_ASKED.as_millis());
    let later = format!("status = 'scheduled' AND due_at > {now} +");
    let too_long = stage
        .database
        .count(&format!("SELECT count(*) FROM messages WHERE {later} {longest} + 60000"))
        .await?;
    anyhow::ensure!(too_long == 0, "{too_long} messages were put off for more than an hour");
    let sql = format!(
        "WITH moved AS (UPDATE messages SET due_at = {now} WHERE {later} {long} RETURNING 1) SELECT count(*) FROM moved"
    );
    stage.database.count(&sql).await
}
