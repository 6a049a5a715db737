//! Messages that nobody can read, or that the provider refuses, among others that are sound.

use std::collections::{HashMap, HashSet};

use anyhow::ensure;
use carillon_testkit::providers::Behaviour;

use crate::booking;
use crate::clients::{Load, Promised};
use crate::database::Standing;
use crate::evidence::{Evidence, InFlight};
use crate::level::Level;
use crate::row::Row;
use crate::stage::Stage;

/// Events whose data is destroyed: two messages each.
const UNREADABLE: usize = 10;
/// Clients whose address the provider refuses: one message each.
const REFUSED: usize = 30;
/// Messages that must end in the dead letters.
const POISONED: usize = 2 * UNREADABLE + REFUSED;
/// Tries that a message may use up.
const MOST_TRIES: u32 = 3;

pub(super) async fn inject(stage: &mut Stage, level: Level, name: &str) -> anyhow::Result<Row> {
    // Payments are the even numbers; their messages are e-mails.
    let unreadable: HashSet<usize> = (0..UNREADABLE).map(|number| 20 + 4 * number).collect();
    let refused: HashSet<usize> = (0..REFUSED).map(|number| 22 + 4 * number).collect();
    refuse(stage, &refused);
    let load = Load::start(stage, level.rate, level.clients)?;
    load.until_accepted(level.events.clamp(200, 1_000)).await?;
    let events = load.events(&unreadable);
    ensure!(events.len() == UNREADABLE, "{} of {UNREADABLE} events were accepted", events.len());
    destroy(stage, &events).await?;
    stage.start_workers().await?;
    let evidence = Evidence::gather(stage, load, InFlight::default(), level).await?;
    let turned_away: HashSet<&str> = evidence
        .emails
        .iter()
        .filter(|call| !call.taken)
        .filter_map(|call| call.message_id.as_deref())
        .collect();
    let is_poisoned = |promised: &&Promised| {
        unreadable.contains(&promised.number)
            || (refused.contains(&promised.number) && turned_away.contains(promised.id.as_str()))
    };
    let poisoned = evidence.answers.promised.iter().filter(is_poisoned).map(|promised| promised.id.as_str());
    let poisoned: HashSet<&str> = poisoned.collect();
    let mut row = evidence.judge(name, &poisoned);
    let dead: Vec<&str> =
        evidence.promised().map(|promised| promised.id.as_str()).filter(|id| poisoned.contains(id)).collect();
    judge_dead(&dead, &evidence.standings, &mut row);
    Ok(row)
}

/// SendGrid answers as it does for an address that it cannot deliver to.
fn refuse(stage: &Stage, numbers: &HashSet<usize>) {
    let addresses: HashSet<String> = numbers.iter().map(|number| booking::client_address(*number)).collect();
    let body = r#"{"errors":[{"message":"Does not contain a valid address.","field":"personalizations.0.to.0.email","help":null}]}"#;
    stage.sendgrid.except(move |request| {
        let address = request.body["personalizations"][0]["to"][0]["email"].as_str()?;
        addresses
            .contains(address)
            .then(|| Behaviour::status(400).header("Content-Type", "application/json").body(body))
    });
}

/// Destroys the sealed data of events in three ways: noise, nothing, and what was sealed for another event.
async fn destroy(stage: &Stage, events: &[String]) -> anyhow::Result<()> {
    let ways = [
        "decode(repeat('5a', 200), 'hex')",
        "''::bytea",
        "(SELECT other.data_sealed FROM events other WHERE other.id <> events.id ORDER BY other.id DESC LIMIT 1)",
    ];
    for (event, way) in events.iter().zip(ways.iter().cycle()) {
        let sql = format!("UPDATE events SET data_sealed = {way} WHERE id = '{event}'");
        stage.database.ask(&sql).await?;
    }
    Ok(())
}

/// All of them are given up for a reason, and without many tries.
fn judge_dead(dead: &[&str], standings: &HashMap<String, Standing>, row: &mut Row) {
    let found: Vec<&Standing> = dead.iter().filter_map(|id| standings.get(*id)).collect();
    let is_dead = |standing: &&&Standing| standing.status == "failed" && !standing.reason.is_empty();
    let given_up = found.iter().filter(is_dead).count();
    row.must(given_up == POISONED, || {
        format!("{given_up} of {POISONED} poisoned messages are dead letters with a reason")
    });
    let tried =
        found.iter().filter(|standing| standing.tries > MOST_TRIES || standing.attempt > MOST_TRIES).count();
    row.must_be_nought(tried, "poisoned messages were tried more than three times");
    let mut reasons: HashMap<&str, usize> = HashMap::new();
    for standing in found {
        *reasons.entry(&standing.reason).or_default() += 1;
    }
    let mut told: Vec<String> = reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    told.sort_unstable();
    row.notes.push(format!("dead letters: {}", told.join(", ")));
}
