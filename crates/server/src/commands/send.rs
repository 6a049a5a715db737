//! `carillon send`: one notification by hand, delivered by this very process.

use std::sync::Arc;
use std::time::Duration;

use carillon_adapter_mailbox::DevelopmentMailbox;
use carillon_application::accept::Repeatable;
use carillon_application::notifications::Notifications;
use carillon_application::notify::To;
use carillon_application::{DeliverMessages, Notify, NotifyRecipient};
use carillon_domain::access::Credential;
use carillon_domain::{Channel, KindName, Permission, Principal, Reach, Status, Value};
use carillon_ports::{Catalogue, Clock};
use serde_json::json;

use crate::cli::SendArgs;
use crate::clock::SystemClock;
use crate::commands::flags;
use crate::config::Config;
use crate::secrets::Secrets;
use crate::shared::Delivery;
use crate::{senders, wiring};

/// What the flags of this command fill.
const FLAGS: [(&str, &str); 5] = [
    ("/recipient_id", "--to"),
    ("/recipient", "--to"),
    ("/business_id", "--business"),
    ("/kind", "--kind"),
    ("/data", "--data"),
];

/// The command line itself: whoever can run it can read the database anyway.
pub(crate) fn operator() -> Principal {
    Principal {
        credential: Credential::ApiKey { id: "cli".to_owned(), permissions: Permission::ALL.to_vec() },
        reach: Reach::Platform,
    }
}

pub(crate) async fn run(args: SendArgs) -> anyhow::Result<()> {
    let config = Config::load()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ports = wiring::ports(&config, &Secrets::load(&config)?, clock.clone(), Delivery::Alone).await?;
    let notify = command(&args, &*ports.catalogue)?;
    let report = NotifyRecipient::new(&ports)
        .run(&operator(), notify)
        .await
        .map_err(|refusal| flags::explain(refusal, &FLAGS))?;

    let mailbox = Arc::new(DevelopmentMailbox::new(clock.clone()));
    let deliver = DeliverMessages::new(&ports, Arc::new(senders::senders(&config, &clock, &mailbox)?));
    for channel in Channel::ALL {
        for claimed in deliver.claim(*channel, 16, Duration::ZERO).await? {
            deliver.deliver(&claimed).await;
        }
    }

    let record = Notifications::new(&ports).show(&operator(), report.id).await.map_err(super::explain)?;
    let rows: Vec<_> = record
        .messages
        .iter()
        .map(|message| {
            let (status, reason) = (message.message.status, message.message.reason);
            json!({"id": message.message.id, "channel": message.message.channel, "status": status, "reason": reason, "provider": message.provider})
        })
        .collect();
    if args.json {
        println!("{}", json!({"id": report.id, "messages": rows}));
        return Ok(());
    }
    if senders::uses_mailbox(&config) {
        println!("No provider is set: printed here only, not in the mailbox of a running server.\n");
    }
    for message in &record.messages {
        let why = message.message.reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
        println!("— {} · {}{why}", message.message.channel, message.message.status);
        if let Some(content) = message.content.as_ref().filter(|_| message.message.status == Status::Sent) {
            super::templates::print(content, false);
            println!();
        }
    }
    Ok(())
}

fn command(args: &SendArgs, catalogue: &dyn Catalogue) -> anyhow::Result<Notify> {
    let kind = args.kind.parse().map_err(|error| anyhow::anyhow!("--kind {error}"))?;
    let data = match &args.data {
        Some(text) => {
            serde_json::from_str(text).map_err(|error| anyhow::anyhow!("--data is not JSON: {error}"))?
        }
        None => sample(catalogue, &kind),
    };
    let to = if args.to.trim_start().starts_with('{') {
        To::Inline(
            serde_json::from_str(&args.to).map_err(|error| anyhow::anyhow!("--to is not JSON: {error}"))?,
        )
    } else {
        To::Known(args.to.parse().map_err(|error| anyhow::anyhow!("--to {error}"))?)
    };
    let business = args
        .business
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|error| anyhow::anyhow!("--business {error}"))?;
    Ok(Notify { kind, business, to, data, channels: None, send_at: None, repeatable: None::<Repeatable> })
}

/// A kind's sample without its people: they are made up, and must not become people of a real business.
fn sample(catalogue: &dyn Catalogue, kind: &KindName) -> Value {
    let mut data = catalogue.sample(kind).unwrap_or_else(Value::map);
    for made_up in ["business", "client", "practitioner", "owner", "support"] {
        data.take(made_up);
    }
    data
}
