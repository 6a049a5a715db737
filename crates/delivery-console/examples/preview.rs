//! Shows the console with sample messages: `cargo run -p carillon-delivery-console --example preview [PORT] [empty|live]`.
//! `live` lets one more arrive every five seconds.

#[path = "../tests/shelf/mod.rs"]
mod shelf;

use std::sync::Arc;
use std::time::Duration;

use actix_web::{App, HttpServer};
use carillon_application::mailbox::Attachment;
use chrono::{TimeDelta, Utc};
use shelf::ShelvedLetterbox;

const CONFIRMED: &str = include_str!("samples/client.appointment_confirmed.fr.html");
const REMINDER: &str = include_str!("samples/client.reminder_24h.en.html");
const REPORT: &str = include_str!("samples/owner.activity_report.fr.html");

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().and_then(|port| port.parse().ok()).unwrap_or(8090);
    let mode = arguments.next().unwrap_or_default();
    let letters = Arc::new(ShelvedLetterbox::new());
    if mode != "empty" {
        fill(&letters);
    }
    if mode == "live" {
        actix_web::rt::spawn(ring(letters.clone()));
    }
    println!("http://127.0.0.1:{port}/console/mailbox");
    let app = move || App::new().configure(|cfg| carillon_delivery_console::configure(cfg, letters.clone()));
    HttpServer::new(app).workers(1).bind(("127.0.0.1", port))?.run().await
}

#[expect(clippy::disallowed_methods, reason = "an example shows today's messages")]
fn fill(letters: &ShelvedLetterbox) {
    let at = |minutes: i64| Utc::now() - TimeDelta::minutes(minutes);
    let camille = "Camille Moreau <camille@example.com>";
    letters.email(at(2890), "Nora Lambert <nora@lilas.example>", "Votre activité de la semaine", REPORT, "Bonjour Nora,\n\nVoici votre semaine en chiffres : 42 rendez-vous, 3 annulations.\n\nLe détail : https://rendez-vous.example/activite?semaine=48\n");
    letters.sms(at(1450), "+33698765432", "Salon des Lilas : nous vous attendons aujourd'hui à 9h30. Être en avance de 5 min vous garantit le créneau 💇. Annuler : https://rv.example/a/9d2");
    letters.email(at(187), "Ines Faure <ines@lilas.example>", "<script>alert(1)</script> & \"friends\"", "<h1>Hello</h1><script>document.body.textContent='script ran'</script><p onclick=\"alert(1)\">No script runs here.</p><form action=\"https://evil.example\"><button>Neither does this form</button></form>", "Plain <b>text</b>, javascript:alert(1), https://ok.example.");
    letters.email(
        at(64),
        "James Whitfield <james@example.org>",
        "Your appointment is tomorrow at 2:30 pm",
        REMINDER,
        "Hello James,\n\nWe look forward to seeing you tomorrow at 2:30 pm.\n",
    );
    letters.sms(at(21), "+33612345678", "Salon des Lilas : nous vous attendons le 3 déc. à 14h30, 12 rue des Lilas. En cas de retard, prévenez-nous au 04 78 00 00 00.");
    let confirmed = letters.email(at(3), camille, "Votre rendez-vous du jeudi 3 décembre à 14:30 est confirmé", CONFIRMED, "Bonjour Camille,\n\nVotre rendez-vous est confirmé.\n\n  Coupe et brushing, avec Inès\n  Jeudi 3 décembre à 14:30\n  12 rue des Lilas, 69003 Lyon\n\nModifier ou annuler : https://rendez-vous.example/rv/4821.\n\nÀ bientôt,\nSalon des Lilas\n");
    let calendar = Attachment {
        file_name: "invite.ics".to_owned(),
        media_type: "text/calendar; charset=utf-8; method=REQUEST".to_owned(),
        bytes: include_bytes!("samples/invite.ics").to_vec(),
    };
    letters.attach(confirmed, &calendar);
}

#[expect(clippy::disallowed_methods, reason = "an example shows today's messages")]
async fn ring(letters: Arc<ShelvedLetterbox>) {
    loop {
        actix_web::rt::time::sleep(Duration::from_secs(5)).await;
        letters.sms(
            Utc::now(),
            "+33612345678",
            "Salon des Lilas : votre place vous attend <b>maintenant</b>.",
        );
    }
}
