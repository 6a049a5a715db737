//! `carillon openapi`.

use carillon_application::event_types;

use crate::commands::templates::{in_force, load};

pub(crate) fn run() -> anyhow::Result<()> {
    let document = carillon_delivery_http::openapi(&event_types::list(&load(in_force())?));
    println!("{}", serde_json::to_string_pretty(&document)?);
    Ok(())
}
