//! `carillon kinds`: the catalogue.

use carillon_adapter_templates::Templates;
use carillon_domain::Kind;
use carillon_ports::Catalogue;
use serde_json::json;

use crate::cli::KindsArgs;
use crate::commands::templates::{in_force, load};

pub(crate) fn run(args: &KindsArgs) -> anyhow::Result<()> {
    let templates: Templates = load(in_force())?;
    let mut kinds = templates.kinds();
    kinds.sort_by(|left, right| left.name.as_str().cmp(right.name.as_str()));
    if args.json {
        let items: Vec<_> = kinds.iter().map(|kind| row(kind)).collect();
        println!("{}", json!({"items": items}));
        return Ok(());
    }
    println!("{:42} {:10} {:20} DESCRIPTION", "KIND", "CLASS", "CHANNELS");
    for kind in &kinds {
        let (name, class) = (kind.name.to_string(), kind.class.to_string());
        println!("{name:42} {class:10} {:20} {}", channels(kind).join(", "), kind.description);
    }
    Ok(())
}

fn row(kind: &Kind) -> serde_json::Value {
    json!({
        "kind": kind.name.to_string(),
        "description": kind.description,
        "class": kind.class.to_string(),
        "channels": channels(kind),
    })
}

fn channels(kind: &Kind) -> Vec<String> {
    kind.channels.iter().map(|rule| rule.channel.to_string()).collect()
}
