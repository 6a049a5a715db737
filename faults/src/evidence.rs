//! What clients were promised, what providers got and what the database says, laid side by side.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use carillon_testkit::providers::Call;

use crate::clients::{Answers, Load, Promised};
use crate::database::{Attempt, Standing};
use crate::level::Level;
use crate::row::Row;
use crate::stage::Stage;

/// What was in flight when something was cut off, and when that was: it may leave twice.
#[derive(Debug, Default)]
pub struct InFlight(HashMap<Attempt, Instant>);

/// All that is known of a run that has come to rest.
pub struct Evidence {
    /// What clients heard.
    pub answers: Answers,
    /// Every call to the e-mail provider.
    pub emails: Vec<Call>,
    /// Every call to the SMS provider.
    pub texts: Vec<Call>,
    /// How every message stands.
    pub standings: HashMap<String, Standing>,
    attempts: HashMap<Attempt, String>,
    overwritten: usize,
    in_flight: InFlight,
    /// What was still on its way when patience ended.
    unrest: Option<String>,
    /// Why calls were in doubt, and how many.
    doubts: String,
    may_doubt: bool,
}

impl InFlight {
    /// Notes what is in flight now. To be asked right after a process was ended, so that nothing can have begun in between that ended too.
    pub async fn note(&mut self, stage: &Stage) -> anyhow::Result<()> {
        let now = Instant::now();
        for attempt in stage.database.in_flight().await? {
            self.0.entry(attempt).or_insert(now);
        }
        Ok(())
    }
}

impl Evidence {
    /// Waits for the answers that are missing, then until nothing is on its way any more, and gathers it.
    pub async fn gather(
        stage: &Stage,
        load: Load,
        in_flight: InFlight,
        level: Level,
    ) -> anyhow::Result<Self> {
        let answers = load.finish().await?;
        let rest = stage.database.until_at_rest(level.patience()).await;
        Ok(Self {
            answers,
            emails: stage.sendgrid.calls(),
            texts: stage.twilio.calls(),
            standings: stage.database.standings().await?,
            attempts: stage.database.attempts().await?,
            overwritten: stage.database.overwritten().await?,
            in_flight,
            unrest: rest.err().map(|error| format!("{error:#}")),
            doubts: stage.database.doubts().await?,
            // A starved machine may not read an answer in time: then the doubt is honest.
            may_doubt: !level.is_timed(),
        })
    }

    /// The providers left callers in doubt, so that what they may have taken may come again.
    #[must_use]
    pub fn with_doubtful_providers(self) -> Self {
        Self { may_doubt: true, ..self }
    }

    /// Messages that were to go to a provider.
    pub fn promised(&self) -> impl Iterator<Item = &Promised> {
        self.answers.promised.iter().filter(|promised| promised.is_for_a_provider())
    }

    /// When each message was taken first, and how often.
    pub fn taken(&self) -> HashMap<&str, (Instant, usize)> {
        let mut taken = HashMap::new();
        for call in self.calls().filter(|call| call.taken) {
            let first = taken.entry(call.message_id.as_deref().unwrap_or_default()).or_insert((call.at, 0));
            *first = (first.0.min(call.at), first.1 + 1);
        }
        taken
    }

    /// How long it took from that moment until everything accepted before it had arrived.
    pub fn recovery(&self, moment: Instant) -> Duration {
        let taken = self.taken();
        let before = self.promised().filter(|promised| promised.at <= moment);
        let arrivals = before.filter_map(|promised| taken.get(promised.id.as_str()).map(|(first, _)| *first));
        arrivals.max().map_or(Duration::ZERO, |last| last.saturating_duration_since(moment))
    }

    /// The longest time between two calls that reached providers, from one moment to another.
    pub fn longest_pause(&self, from: Instant, to: Instant) -> Duration {
        let mut moments: Vec<Instant> =
            self.calls().map(|call| call.at).filter(|at| *at > from && *at < to).collect();
        moments.extend([from, to]);
        moments.sort_unstable();
        moments.windows(2).map(|two| two[1] - two[0]).max().unwrap_or_default()
    }

    /// The verdict that all faults have in common: what was promised arrived once, or again where that is allowed, and is known to be sent.
    /// `excused` messages are left out.
    pub fn judge(&self, fault: &str, excused: &HashSet<&str>) -> Row {
        let taken = self.taken();
        let promised: Vec<&Promised> =
            self.promised().filter(|promised| !excused.contains(promised.id.as_str())).collect();
        let names: HashSet<&str> = self.promised().map(|promised| promised.id.as_str()).collect();
        let arrived = promised.iter().filter(|promised| taken.contains_key(promised.id.as_str())).count();
        let allowed = self.allowed();
        let mut row = Row::named(fault);
        row.accepted = promised.len();
        row.arrived = arrived;
        row.lost = promised
            .iter()
            .filter(|promised| !taken.contains_key(promised.id.as_str()) || !self.is_sent(&promised.id))
            .count();
        row.duplicated = taken.values().map(|(_, times)| times - 1).sum();
        row.allowed = allowed.values().sum();
        let excess = taken
            .iter()
            .map(|(id, (_, times))| (times - 1).saturating_sub(allowed.get(id).copied().unwrap_or(0)));
        row.must_be_nought(row.lost, "promised messages were lost");
        row.must_be_nought(excess.sum(), "duplicates were neither in flight at the fault nor in doubt");
        row.must_be_nought(
            taken.keys().filter(|id| !names.contains(*id)).count(),
            "messages arrived that no answer promised",
        );
        row.must_be_nought(self.unfiled(excused), "in-app messages are not filed");
        row.must_be_nought(self.overwritten, "messages whose newest attempt is not the one that counts");
        row.must_be_nought(self.answers.given_up.len(), "events were never accepted");
        row.must_be_nought(self.answers.tally.rejected, "requests were refused as wrong");
        let cut_off = self.cut_off();
        if let Some(longest) = cut_off.values().max() {
            let count = cut_off.len();
            row.notes.push(format!(
                "{count} calls were cut off, the first had reached the provider {longest:.1?} before"
            ));
        }
        row.broken.extend(self.unrest.clone());
        row.notes.extend(self.answers.given_up.first().cloned());
        row.notes.extend(Some(self.answers.tally.told()).filter(|told| !told.is_empty()));
        row.notes.extend(
            Some(&self.doubts)
                .filter(|doubts| !doubts.is_empty())
                .map(|doubts| format!("in doubt: {doubts}")),
        );
        row
    }

    /// How often each message may leave again: once for each call that was cut off before its outcome was recorded, and, where a provider
    /// gave reason to doubt, once for each call whose outcome was in doubt.
    fn allowed(&self) -> HashMap<&str, usize> {
        let mut allowed = HashMap::new();
        for (id, _) in self.cut_off() {
            *allowed.entry(id).or_insert(0) += 1;
        }
        let in_doubt = self.attempts.iter().filter(|(_, status)| self.may_doubt && *status == "in_doubt");
        for ((id, _), _) in in_doubt {
            *allowed.entry(id.as_str()).or_insert(0) += 1;
        }
        allowed
    }

    /// The calls that were cut off before their outcome was recorded, and how long before they had reached the provider.
    fn cut_off(&self) -> HashMap<&str, Duration> {
        let taken = self.calls().filter(|call| call.taken);
        let unrecorded = taken.filter_map(|call| {
            let attempt = attempt(call)?;
            let noted_at = self.in_flight.0.get(&attempt)?;
            let since = noted_at.saturating_duration_since(call.at);
            (!self.attempts.contains_key(&attempt)).then_some((call.message_id.as_deref()?, since))
        });
        unrecorded.collect()
    }

    fn unfiled(&self, excused: &HashSet<&str>) -> usize {
        let filed = self.answers.promised.iter().filter(|promised| !promised.is_for_a_provider());
        filed
            .filter(|promised| !excused.contains(promised.id.as_str()) && !self.is_sent(&promised.id))
            .count()
    }

    fn is_sent(&self, id: &str) -> bool {
        self.standings
            .get(id)
            .is_some_and(|standing| matches!(standing.status.as_str(), "sent" | "delivered"))
    }

    fn calls(&self) -> impl Iterator<Item = &Call> {
        self.emails.iter().chain(&self.texts)
    }
}

fn attempt(call: &Call) -> Option<Attempt> {
    Some((call.message_id.clone()?, call.attempt.as_ref()?.parse().ok()?))
}
