//! `carillon simulate`: a business's weeks on a virtual clock, by the real rules, store, planner and texts; only the providers are not
//! there. What would leave is printed, or compared with what would leave by other settings, so that a change can be judged before it is
//! made.

mod script;
mod stage;
mod told;

use std::path::Path;

use anyhow::Context;
use carillon_domain::{Business, Settings};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use owo_colors::Style;

use crate::cli::SimulateArgs;
use crate::terminal::styled;
use script::Script;
use stage::Stage;
use told::{Played, Told};

pub(crate) async fn run(args: SimulateArgs) -> anyhow::Result<()> {
    let script = match (&args.appointments, &args.business) {
        (Some(path), None) => Script::read(path)?,
        (None, Some(business)) => Script::of_database(business).await?,
        (Some(_), Some(_)) | (None, None) => {
            anyhow::bail!("name either --appointments FILE or --business ID: what is to be played?")
        }
    };
    let (from, to) = span(&args, &script.business)?;
    let settings = args.settings.as_deref().map(settings).transpose()?;
    let first = play(&script, settings.as_ref(), from, to).await.with_context(|| source(&args))?;
    match args.against.as_deref() {
        None => print(&first, &script.business),
        Some(path) => {
            let other = self::settings(path)?;
            let second = play(&script, Some(&other), from, to).await;
            let second = second.with_context(|| path.display().to_string())?;
            compare(&first.left, &second.left, &script.business);
        }
    }
    Ok(())
}

/// Where what is played comes from, for errors.
fn source(args: &SimulateArgs) -> String {
    let files = [&args.settings, &args.appointments].into_iter().flatten();
    let names = files.map(|path| path.display().to_string());
    let business = args.business.iter().map(|id| format!("--business {id}"));
    names.chain(business).collect::<Vec<_>>().join(", ")
}

async fn play(
    script: &Script,
    settings: Option<&Settings>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> anyhow::Result<Played> {
    let business = Business {
        settings: settings.cloned().unwrap_or_else(|| script.business.settings.clone()),
        ..script.business.clone()
    };
    let stage = Stage::set(script, &business, from).await?;
    stage.play(script, from, to).await
}

/// From the begin of the first day to the end of the last, where the business is.
fn span(args: &SimulateArgs, business: &Business) -> anyhow::Result<(DateTime<Utc>, DateTime<Utc>)> {
    let begin = |day: NaiveDate| {
        carillon_domain::civil::instant(day.and_time(NaiveTime::MIN), business.settings.timezone)
    };
    let end = args.to.succ_opt().context("--to is too far ahead")?;
    anyhow::ensure!(args.from <= args.to, "--from must not be after --to");
    anyhow::ensure!((args.to - args.from).num_days() <= 400, "at most 400 days can be played at once");
    Ok((begin(args.from), begin(end)))
}

/// Settings as `GET /v1/businesses/{id}/settings` answers them.
fn settings(path: &Path) -> anyhow::Result<Settings> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| format!("{} does not hold settings", path.display()))
}

fn print(played: &Played, business: &Business) {
    for one in &played.left {
        println!("{}", one.line(business.settings.timezone));
    }
    println!("\n{}", told::summary(&played.left));
    if !played.left_out.is_empty() {
        println!("\nReminders that do not leave:");
    }
    for one in &played.left_out {
        println!("{}", one.line(business.settings.timezone));
    }
}

fn compare(first: &[Told], second: &[Told], business: &Business) {
    let zone = business.settings.timezone;
    let changes = told::difference(first, second);
    for (sign, one) in &changes {
        let style = if *sign == '+' { Style::new().green() } else { Style::new().red() };
        println!("{}", styled(&format!("{sign} {}", one.line(zone)), style));
    }
    println!("\nbefore: {}\nafter:  {}", told::summary(first), told::summary(second));
    if changes.is_empty() {
        println!("Nothing would change.");
    }
}
