//! How long loading, checking and rendering take: `cargo run --release -p carillon-adapter-templates --example texts_pace`.

use std::collections::BTreeMap;
use std::time::Instant;

use carillon_adapter_templates::Templates;
use carillon_domain::ids::KindName;
use carillon_domain::{Actor, Business, Channel, Locale, Person, Settings};
use carillon_ports::catalogue::{Catalogue, RenderRequest, Renderer};

const ROUNDS: u32 = 20_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let templates = Templates::embedded()?;
    println!("load the catalogue   {:?}", start.elapsed());

    let kind: KindName = "client.appointment_cancelled".parse()?;
    let data = templates.sample(&kind).ok_or("the kind has a sample")?;
    let recipient = Person {
        id: "client-camille".parse()?,
        actor: Actor::EndClient,
        role: None,
        business: None,
        name: "Camille Laurent".to_owned(),
        email: None,
        phone: None,
        locale: None,
        timezone: None,
        choices: carillon_domain::Choices::default(),
    };
    let business = Business {
        id: "atelier".parse()?,
        name: "Atelier Lumière".to_owned(),
        settings: Settings::default(),
    };
    for channel in [Channel::Email, Channel::Sms, Channel::InApp] {
        let request = RenderRequest {
            kind: &kind,
            channel,
            locale: &Locale::french(),
            timezone: chrono_tz::Europe::Paris,
            reader_timezone: chrono_tz::Europe::Paris,
            now: chrono::DateTime::UNIX_EPOCH,
            data: &data,
            recipient: &recipient,
            people: &BTreeMap::new(),
            business: Some(&business),
            unsubscribe_url: "https://carillon.example/u/abc",
            preferences_url: "https://carillon.example/p/abc",
        };
        let start = Instant::now();
        for _ in 0..ROUNDS {
            templates.render(&request)?;
        }
        println!("render {channel:<13} {:?}", start.elapsed() / ROUNDS);
    }
    let start = Instant::now();
    for _ in 0..ROUNDS {
        assert!(templates.check_event("appointment.cancelled", &data).is_empty());
    }
    println!("check an event       {:?}", start.elapsed() / ROUNDS);
    Ok(())
}
