//! `carillon doctor`: everything a deployment needs, checked; exit code 1 with what to mend.

mod public_url;
mod time;

use std::process::ExitCode;
use std::sync::Arc;

use carillon_adapter_mailbox::DevelopmentMailbox;
use carillon_application::{Ports, Senders};
use carillon_domain::Channel;
use carillon_ports::Clock;
use owo_colors::Style;
use serde_json::json;

use crate::cli::DoctorArgs;
use crate::clock::SystemClock;
use crate::config::{Config, misspelt};
use crate::secrets::Secrets;
use crate::shared::{self, Delivery};
use crate::terminal::styled;
use crate::{doors, providers_check, senders, wiring};

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    result: Result<String, String>,
}

pub(crate) async fn run(args: DoctorArgs) -> anyhow::Result<ExitCode> {
    let findings = examine().await;
    let is_healthy = findings.iter().all(|finding| finding.result.is_ok());
    if args.json {
        let rows: Vec<_> = findings
            .iter()
            .map(|finding| {
                let detail = finding.result.as_ref().unwrap_or_else(|detail| detail);
                json!({"check": finding.what, "ok": finding.result.is_ok(), "detail": detail})
            })
            .collect();
        println!("{}", json!({"healthy": is_healthy, "checks": rows}));
    } else {
        for finding in &findings {
            match &finding.result {
                Ok(detail) => {
                    println!("{} {:14} {detail}", styled("ok  ", Style::new().green()), finding.what);
                }
                Err(detail) => {
                    println!("{} {:14} {detail}", styled("mend", Style::new().red().bold()), finding.what);
                }
            }
        }
    }
    Ok(if is_healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn examine() -> Vec<Finding> {
    let config = match Config::load() {
        Ok(config) => config,
        Err(error) => return vec![Finding { what: "configuration", result: Err(format!("{error:#}")) }],
    };
    let environment = if config.is_production() { "production" } else { "development" };
    let mut findings = vec![Finding { what: "configuration", result: Ok(environment.to_owned()) }];
    findings.push(Finding { what: "variables", result: variables() });
    findings.push(Finding {
        what: "texts",
        result: text(wiring::templates(&config).map(|_| "every kind is in order".to_owned())),
    });
    let secrets = Secrets::load(&config);
    findings.push(Finding {
        what: "secrets",
        result: match &secrets {
            Ok(_) => Ok("master keys and token secret are there".to_owned()),
            Err(error) => Err(format!("{error:#}")),
        },
    });
    let ports = match &secrets {
        Ok(secrets) => Some(database(&config, secrets).await),
        Err(_) => None,
    };
    if let Some(ports) = &ports {
        findings.push(Finding {
            what: "database",
            result: ports.as_ref().map(|_| described(&config)).map_err(Clone::clone),
        });
    }
    findings.push(Finding { what: "redis", result: redis(&config).await });
    match providers(&config) {
        Ok((senders, described)) => {
            findings.push(Finding { what: "providers", result: Ok(described) });
            let said = providers_check::ask(&senders).await;
            // The mailbox has no credentials.
            let said = said.into_iter().filter(|(what, _)| *what != carillon_adapter_mailbox::NAME);
            findings.extend(said.map(|(what, result)| Finding { what, result }));
        }
        Err(problem) => findings.push(Finding { what: "providers", result: Err(problem) }),
    }
    findings
        .push(Finding { what: "public URL", result: public_url::examine(&config.carillon_public_url).await });
    let store = ports.as_ref().and_then(|ports| ports.as_ref().ok()).map(|ports| &*ports.store);
    findings.push(Finding { what: "clock", result: time::examine(&config, store).await });
    findings.push(Finding { what: "receipts", result: Ok(doors::describe(&config)) });
    // Whether an appointment takes place when people think it does hangs on this version.
    findings.push(Finding { what: "time zones", result: Ok(chrono_tz::IANA_TZDB_VERSION.to_owned()) });
    findings
}

fn variables() -> Result<String, String> {
    let misspelt = misspelt();
    if misspelt.is_empty() {
        return Ok("no setting is misspelt".to_owned());
    }
    let each = misspelt.iter().map(|(name, meant)| format!("{name} is no setting; {meant} is one"));
    Err(each.collect::<Vec<_>>().join("; "))
}

async fn database(config: &Config, secrets: &Secrets) -> Result<Ports, String> {
    let ports = wiring::ports(config, secrets, Arc::new(SystemClock), Delivery::ByOthers)
        .await
        .map_err(|error| format!("{error:#}"))?;
    ports.store.ping().await.map_err(|error| error.to_string())?;
    Ok(ports)
}

fn described(config: &Config) -> String {
    let kind = if config.database_url.starts_with("sqlite:") { "SQLite" } else { "PostgreSQL" };
    format!("{kind} answers and is up to date")
}

async fn redis(config: &Config) -> Result<String, String> {
    match shared::examine(config).await {
        None => Ok("none: queues, live feed and limits are this process's own".to_owned()),
        Some(result) => result.map(|()| "answers".to_owned()),
    }
}

fn providers(config: &Config) -> Result<(Senders, String), String> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mailbox = Arc::new(DevelopmentMailbox::new(clock.clone()));
    let senders = senders::senders(config, &clock, &mailbox).map_err(|error| format!("{error:#}"))?;
    let of = |channel| senders.gates().filter(move |gate| gate.channel == channel).map(|gate| gate.provider);
    let (email, sms): (Vec<&str>, Vec<&str>) = (of(Channel::Email).collect(), of(Channel::Sms).collect());
    let described = format!("e-mail by {}; SMS by {}", email.join(", then "), sms.join(", then "));
    Ok((senders, described))
}

fn text(result: anyhow::Result<String>) -> Result<String, String> {
    result.map_err(|error| format!("{error:#}"))
}
