//! Whether this machine's clock is right: reminders leave by it, and tokens and signatures of providers are judged by it.

use std::time::Instant;

use actix_web::http::Uri;
use carillon_ports::{Clock, MessageStore};
use carillon_provider_http::probe;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

use crate::clock::SystemClock;
use crate::config::Config;

/// The largest difference that does no harm. HTTP dates are whole seconds, and an answer takes its time.
const LARGEST_DRIFT: TimeDelta = TimeDelta::seconds(5);

/// What other clocks showed.
struct Shown {
    whose: String,
    /// Ahead of this machine, or behind it if negative.
    ahead: TimeDelta,
}

/// Compares the clock with those of the database and of the providers, as far as there are any.
pub(super) async fn examine(config: &Config, store: Option<&dyn MessageStore>) -> Result<String, String> {
    let mut shown = Vec::new();
    if let Some(store) = store {
        shown.extend(database(store).await);
    }
    for url in providers(config) {
        shown.extend(provider(url).await);
    }
    judge(SystemClock.now(), &shown)
}

fn judge(now: DateTime<Utc>, shown: &[Shown]) -> Result<String, String> {
    let now = now.to_rfc3339_opts(SecondsFormat::Secs, true);
    let wrong = shown.iter().find(|one| one.ahead.abs() > LARGEST_DRIFT);
    match wrong {
        Some(Shown { whose, ahead }) => {
            let side = if *ahead > TimeDelta::zero() { "behind" } else { "ahead of" };
            let seconds = ahead.abs().num_seconds();
            Err(format!("{now}: this machine is {seconds} s {side} {whose}: set its clock by NTP"))
        }
        None if shown.is_empty() => Ok(format!("{now}; no database server or provider to compare with")),
        None => {
            let whose: Vec<&str> = shown.iter().map(|one| one.whose.as_str()).collect();
            Ok(format!("{now}, as {}", whose.join(" and ")))
        }
    }
}

async fn database(store: &dyn MessageStore) -> Option<Shown> {
    let asked_at = Instant::now();
    let time = store.read_clock().await.ok().flatten()?;
    Some(compare("the database", time, asked_at))
}

/// The address of each provider that tells the time: one by HTTP.
fn providers(config: &Config) -> Vec<&str> {
    let sendgrid = config.sendgrid_api_key.as_ref().map(|_| config.sendgrid_base_url.as_str());
    let twilio = config.twilio_account_sid.as_ref().map(|_| config.twilio_base_url.as_str());
    sendgrid.into_iter().chain(twilio).collect()
}

async fn provider(url: &str) -> Option<Shown> {
    let asked_at = Instant::now();
    let answer = probe(url).await.ok()?;
    let time = DateTime::parse_from_rfc2822(answer.header("date")?).ok()?.to_utc();
    let host = url.parse::<Uri>().ok().and_then(|url| url.host().map(str::to_owned));
    Some(compare(host.as_deref().unwrap_or(url), time, asked_at))
}

/// What another clock showed half-way between asking and hearing.
fn compare(whose: &str, time: DateTime<Utc>, asked_at: Instant) -> Shown {
    let half = TimeDelta::from_std(asked_at.elapsed() / 2).unwrap_or_default();
    Shown { whose: whose.to_owned(), ahead: time - (SystemClock.now() - half) }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::{Shown, judge};

    fn shown(whose: &str, seconds: i64) -> Shown {
        Shown { whose: whose.to_owned(), ahead: TimeDelta::seconds(seconds) }
    }

    #[test]
    fn a_clock_that_differs_by_more_than_five_seconds_must_be_mended() {
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(
            judge(now, &[shown("the database", 0), shown("api.sendgrid.com", -5)]),
            Ok("1970-01-01T00:00:00Z, as the database and api.sendgrid.com".to_owned())
        );
        let behind = judge(now, &[shown("the database", 42)]).expect_err("a mistake");
        assert_eq!(
            behind,
            "1970-01-01T00:00:00Z: this machine is 42 s behind the database: set its clock by NTP"
        );
        let ahead =
            judge(now, &[shown("the database", 1), shown("api.twilio.com", -90)]).expect_err("a mistake");
        assert!(ahead.contains("is 90 s ahead of api.twilio.com"), "{ahead}");
        assert!(judge(now, &[]).expect("no mistake").ends_with("to compare with"));
    }
}
