//! The dependency rule, over what Cargo knows.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Our own crates, each with those of ours that it may use outside of tests.
fn allowed(name: &str) -> Option<&'static [&'static str]> {
    Some(match name {
        "domain" | "migrations" => &[],
        "ports" => &["domain"],
        "application" | "provider-http" | "testkit" => &["domain", "ports"],
        "adapter-sql" => &["domain", "ports", "migrations"],
        "adapter-sendgrid" | "adapter-twilio" => &["domain", "ports", "provider-http"],
        name if name.starts_with("adapter-") => &["domain", "ports"],
        name if name.starts_with("delivery-") => &["application", "domain"],
        _ => return None,
    })
}

/// What a layer must not know, whatever it is called.
fn forbidden(name: &str) -> &'static [&'static str] {
    match name {
        "domain" | "ports" => &["tokio", "serde_json", "tracing", "actix-web", "sea-orm", "reqwest"],
        "application" => &["sea-orm", "deadpool-redis", "reqwest", "actix-web", "actix-ws"],
        name if name.starts_with("delivery-") => &["sea-orm", "deadpool-redis"],
        _ => &[],
    }
}

fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .expect("metadata");
    metadata
        .packages
        .iter()
        .map(|package| {
            let normal =
                package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
            (short(&package.name), normal.map(|dependency| short(&dependency.name)).collect())
        })
        .collect()
}

fn short(name: &str) -> String {
    name.strip_prefix("carillon-").unwrap_or(name).to_owned()
}

#[test]
fn each_layer_knows_only_the_layers_below_it() {
    let all = dependencies();
    assert!(all.len() > 15, "the workspace is read");
    for (name, used) in &all {
        let Some(allowed) = allowed(name) else { continue };
        let ours: Vec<&String> =
            used.iter().filter(|used| all.contains_key(*used) && !allowed.contains(&used.as_str())).collect();
        assert!(ours.is_empty(), "{name} must not depend on {ours:?}");
        let technologies: Vec<&&str> =
            forbidden(name).iter().filter(|crate_name| used.contains(**crate_name)).collect();
        assert!(technologies.is_empty(), "{name} must not know {technologies:?}");
    }
}

#[test]
fn every_crate_is_in_the_rule() {
    for name in dependencies().keys() {
        assert!(
            allowed(name).is_some() || matches!(name.as_str(), "server" | "e2e" | "bench" | "faults"),
            "{name} has no rule yet"
        );
    }
}

#[test]
fn nothing_that_ships_depends_on_the_testkit() {
    for (name, used) in dependencies().into_iter().filter(|(name, _)| name != "bench" && name != "faults") {
        assert!(!used.contains("testkit"), "{name} must use the testkit in tests only");
    }
}
