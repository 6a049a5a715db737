//! `carillon openapi`.

pub(crate) fn run() -> anyhow::Result<()> {
    println!("{}", carillon_delivery_http::openapi().to_pretty_json()?);
    Ok(())
}
