//! `carillon keys`.

use std::sync::Arc;

use carillon_adapter_vault::KeyRing;
use carillon_application::keys::{self, Keys};
use carillon_domain::{BusinessId, Permission, Reach};
use serde_json::json;

use crate::cli::{KeysArgs, KeysCommand};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::secrets::Secrets;
use crate::shared::Delivery;
use crate::wiring;

pub(crate) async fn run(args: KeysArgs) -> anyhow::Result<()> {
    match args.command {
        KeysCommand::Create { scope, permissions, name, json } => {
            create(&keys().await?, &scope, &permissions, &name, json).await
        }
        KeysCommand::Draft => print_draft(),
        KeysCommand::List { json } => list(&keys().await?, json).await,
        KeysCommand::Revoke { id } => {
            keys().await?.revoke(&id).await.map_err(super::explain)?;
            println!("Revoked {id}. Running processes refuse it within 5 s.");
            Ok(())
        }
    }
}

async fn keys() -> anyhow::Result<Keys> {
    let config = Config::load()?;
    let ports =
        wiring::ports(&config, &Secrets::load(&config)?, Arc::new(SystemClock), Delivery::ByOthers).await?;
    Ok(Keys::new(&ports))
}

/// Needs no database: the vault lends its randomness.
fn print_draft() -> anyhow::Result<()> {
    let vault = KeyRing::from_config(&Secrets::fresh()?.carillon_master_keys)?;
    println!("{}", keys::draft(&vault));
    Ok(())
}

async fn create(
    keys: &Keys,
    scope: &str,
    permissions: &[String],
    name: &str,
    json: bool,
) -> anyhow::Result<()> {
    let reach = parse_scope(scope)?;
    let permissions = parse_permissions(permissions)?;
    let new = keys.create(name, reach, permissions).await;
    let new = new.map_err(|refusal| super::flags::explain(refusal, &[("/name", "--name")]))?;
    let names: Vec<&str> = new.key.permissions.iter().map(|permission| permission.as_str()).collect();
    if json {
        println!(
            "{}",
            json!({"id": new.key.id, "secret": new.secret, "name": new.key.name, "scope": scope, "permissions": names})
        );
    } else {
        println!("{}", new.secret);
        eprintln!("Key {} ({name}, {scope}). Keep the line above: it is shown this once.", new.key.id);
    }
    Ok(())
}

async fn list(keys: &Keys, json: bool) -> anyhow::Result<()> {
    let found = keys.list().await.map_err(super::explain)?;
    if json {
        let rows: Vec<_> = found
            .iter()
            .map(|key| {
                let permissions: Vec<&str> = key.permissions.iter().map(|permission| permission.as_str()).collect();
                json!({"id": key.id, "name": key.name, "scope": scope_of(&key.reach), "permissions": permissions,
                       "created_at": key.created_at, "revoked_at": key.revoked_at})
            })
            .collect();
        println!("{}", serde_json::Value::from(rows));
        return Ok(());
    }
    for key in found {
        let state = if key.revoked_at.is_some() { "revoked" } else { "live" };
        println!(
            "{:10} {:8} {:24} {:24} {}",
            key.id,
            state,
            scope_of(&key.reach),
            key.name,
            key.created_at.format("%Y-%m-%d %H:%M")
        );
    }
    Ok(())
}

fn scope_of(reach: &Reach) -> String {
    match reach {
        Reach::Platform => "platform".to_owned(),
        Reach::Business(business) => format!("business:{business}"),
        Reach::Person(person) => format!("person:{person}"),
    }
}

fn parse_scope(scope: &str) -> anyhow::Result<Reach> {
    if scope == "platform" {
        return Ok(Reach::Platform);
    }
    let id = scope
        .strip_prefix("business:")
        .ok_or_else(|| anyhow::anyhow!("--scope must be platform or business:<id>"))?;
    Ok(Reach::Business(
        id.parse::<BusinessId>().map_err(|error| anyhow::anyhow!("--scope: the business id {error}"))?,
    ))
}

/// The named permissions; `operations:*` names both of a kind; none named is all.
fn parse_permissions(names: &[String]) -> anyhow::Result<Vec<Permission>> {
    if names.is_empty() {
        return Ok(Permission::ALL.to_vec());
    }
    let mut permissions = Vec::new();
    for name in names {
        let found: Vec<Permission> = match name.strip_suffix('*') {
            Some(prefix) => Permission::ALL
                .iter()
                .copied()
                .filter(|permission| permission.as_str().starts_with(prefix))
                .collect(),
            None => name.parse().into_iter().collect(),
        };
        if found.is_empty() {
            let known: Vec<&str> = Permission::ALL.iter().map(|permission| permission.as_str()).collect();
            anyhow::bail!("--permissions: {name:?} is none of {}", known.join(", "));
        }
        permissions.extend(found);
    }
    permissions.sort();
    permissions.dedup();
    Ok(permissions)
}
