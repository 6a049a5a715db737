use std::collections::BTreeMap;
use carillon_adapter_templates::Templates;
use carillon_domain::{*, business::Brand};
use carillon_ports::catalogue::*;
use carillon_ports::content::Content;
#[test]
fn loads() {
    let t = match Templates::embedded() { Ok(t) => t, Err(e) => panic!("\n{e}") };
    std::fs::create_dir_all("/tmp/shots").unwrap();
    for kind in t.kinds() {
        let sample = t.sample(&kind.name).unwrap();
        for loc in ["fr", "en"] {
            let locale: Locale = loc.parse().unwrap();
            let r = Person { id: "x".parse().unwrap(), actor: kind.actor, role: None, business: None, name: "Camille Laurent".into(), email: None, phone: None, locale: None, timezone: None };
            let b = Business { id: "b".parse().unwrap(), name: "Atelier Lumière".into(), settings: Settings { brand: Brand { color: None, phone: Some("04 78 00 00 00".into()), address: Some("12 rue des Lilas, 69003 Lyon".into()) }, ..Settings::default() } };
            for ch in &kind.channels {
                let p = BTreeMap::new();
                let req = RenderRequest { kind: &kind.name, channel: ch.channel, locale: &locale, timezone: chrono_tz::Europe::Paris, data: &sample, recipient: &r, people: &p, business: Some(&b), unsubscribe_url: "https://carillon.example/u/abc" };
                match t.render(&req).unwrap() {
                    Content::Email { subject, html, text } => {
                        std::fs::write(format!("/tmp/shots/{}.{loc}.html", kind.name), &html).unwrap();
                        println!("=== {} {loc}\nSUBJ {subject}\n{text}", kind.name);
                    }
                    Content::Sms { text } => println!("SMS {} {loc} [{}] {text}", kind.name, text.len()),
                    Content::InApp { title, body, action } => println!("APP {} {loc} {title} | {body} | {:?}", kind.name, action.map(|a| a.label)),
                }
            }
        }
    }
    let kind: carillon_domain::ids::KindName = "client.appointment_confirmed".parse().unwrap();
    let sample = t.sample(&kind).unwrap();
    let locale: Locale = "fr".parse().unwrap();
    let r = Person { id: "x".parse().unwrap(), actor: Actor::EndClient, role: None, business: None, name: "Camille Laurent".into(), email: None, phone: None, locale: None, timezone: None };
    let b = Business { id: "b".parse().unwrap(), name: "Atelier Lumière".into(), settings: Settings::default() };
    let p = BTreeMap::new();
    let req = RenderRequest { kind: &kind, channel: Channel::Email, locale: &locale, timezone: chrono_tz::Europe::Paris, data: &sample, recipient: &r, people: &p, business: Some(&b), unsubscribe_url: "https://carillon.example/u/abc" };
    let s = std::time::Instant::now();
    for _ in 0..2000 { t.render(&req).unwrap(); }
    println!("PERF {:?} per e-mail", s.elapsed() / 2000);
    let s = std::time::Instant::now();
    for _ in 0..2000 { t.check_event("appointment.booked", &sample); }
    println!("PERF {:?} per check", s.elapsed() / 2000);
}
