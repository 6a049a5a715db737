//! The story of the demo.

use carillon_application::recipients::{Decision, Recipients};
use carillon_domain::{Actor, BusinessId, Channel, EmailAddress, Person, PersonId, Role};
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use chrono_tz::Europe::Paris;
use serde_json::{Value, json};

use super::scene::Scene;
use crate::commands::explain;
use crate::commands::send::operator;

/// An event that a reader can post: a payment, of which client and owner hear.
pub(crate) const CURL_BODY: &str = r#"{"type":"payment.received","business_id":"atelier-lumiere","data":{"client":{"id":"camille"},"payment":{"id":"p-2","amount":2500,"currency":"EUR"}}}"#;

/// Plays it.
pub(crate) async fn play(scene: &mut Scene) -> anyhow::Result<()> {
    let salon: BusinessId = "atelier-lumiere".parse()?;
    for (id, name) in [
        ("camille", "Camille Laurent"),
        ("ines", "Inès Moreau"),
        ("helene", "Hélène Girard"),
        ("paul", "Paul Bernard"),
    ] {
        scene.introduce(id, name);
    }
    hire_support(scene, &salon).await?;
    let (first, second) = (afternoon(scene.now(), 4, 14, 30)?, afternoon(scene.now(), 5, 10, 0)?);

    scene.at(scene.now(), "Camille asks for a cut at Atelier Lumière");
    scene.happens("appointment.requested", &salon, everybody(first, "requested")).await?;
    scene.watch().await?;

    scene.at(scene.now() + TimeDelta::minutes(12), "The salon says yes");
    scene.happens("appointment.booked", &salon, everybody(first, "confirmed")).await?;
    agree(scene, &salon).await?;
    scene.watch().await?;

    scene.at(scene.now() + TimeDelta::hours(20), "Something came up: Camille moves it a day");
    let mut moved = appointment(second, "confirmed");
    moved["previous"] = json!({"starts_at": local(first)});
    scene.happens("appointment.rescheduled", &salon, moved).await?;
    scene.watch().await?;

    scene.at(second - TimeDelta::hours(24), "The day before (nothing left for the old time)");
    scene.watch().await?;

    scene.at(second - TimeDelta::hours(1), "An hour before");
    scene.watch().await?;

    let end = second + TimeDelta::hours(1);
    scene.at(end, "Done: Camille pays, the appointment is completed");
    let payment = json!({
        "client": {"id": "camille"},
        "payment": {"id": "p-1", "amount": 4500, "currency": "EUR", "method": "Visa", "service": "Coupe et brushing", "paid_at": local(end)}
    });
    scene.happens("payment.received", &salon, payment).await?;
    scene.happens("appointment.completed", &salon, appointment(second, "completed")).await?;
    scene.watch().await?;

    scene.at(
        end + TimeDelta::hours(2) + TimeDelta::minutes(1),
        "Two hours later, because Camille agreed to it",
    );
    scene.watch().await
}

/// A time of day in the salon's zone, some days from now.
fn afternoon(now: DateTime<Utc>, days: u64, hour: u32, minute: u32) -> anyhow::Result<DateTime<Utc>> {
    let day = now.with_timezone(&Paris).date_naive() + Days::new(days);
    let time =
        NaiveTime::from_hms_opt(hour, minute, 0).ok_or_else(|| anyhow::anyhow!("no such time of day"))?;
    let local = day
        .and_time(time)
        .and_local_timezone(Paris)
        .earliest()
        .ok_or_else(|| anyhow::anyhow!("no such time on that day"))?;
    Ok(local.to_utc())
}

fn local(time: DateTime<Utc>) -> String {
    time.with_timezone(&Paris).to_rfc3339()
}

fn appointment(starts_at: DateTime<Utc>, status: &str) -> Value {
    json!({
        "appointment": {
            "id": "a-4821",
            "client_ids": ["camille"],
            "practitioner_id": "ines",
            "service": "Coupe et brushing",
            "location": "12 rue des Lilas, 69003 Lyon",
            "starts_at": local(starts_at),
            "ends_at": local(starts_at + TimeDelta::hours(1)),
            "timezone": "Europe/Paris",
            "status": status
        },
        "action_url": "https://rendez-vous.example/a/4821"
    })
}

/// The first event brings everybody along: one request is enough.
fn everybody(starts_at: DateTime<Utc>, status: &str) -> Value {
    let mut data = appointment(starts_at, status);
    data["business"] = json!({"name": "Atelier Lumière", "locale": "fr", "timezone": "Europe/Paris"});
    data["client"] = json!({"id": "camille", "name": "Camille Laurent", "email": "camille.laurent@example.com", "phone": "+33612345678", "locale": "fr"});
    data["practitioner"] = json!({"id": "ines", "name": "Inès Moreau", "email": "ines.moreau@example.com", "phone": "+33623456789", "locale": "fr"});
    data["owner"] = json!({"id": "helene", "name": "Hélène Girard", "email": "helene.girard@example.com", "phone": "+33634567890", "locale": "en"});
    data
}

/// Somebody at the salon answers requests. People can come with an event, or be stored before, as here.
async fn hire_support(scene: &Scene, business: &BusinessId) -> anyhow::Result<()> {
    let paul = Person {
        id: "paul".parse()?,
        actor: Actor::BusinessUser,
        role: Some(Role::Support),
        business: Some(business.clone()),
        name: "Paul Bernard".to_owned(),
        email: EmailAddress::parse("paul.bernard@example.com").ok(),
        phone: None,
        locale: None,
        timezone: None,
        choices: carillon_domain::Choices::default(),
    };
    Recipients::new(&scene.ports).put(&operator(), paul).await.map_err(explain)?;
    Ok(())
}

/// Camille agrees to be asked for a review.
async fn agree(scene: &Scene, business: &BusinessId) -> anyhow::Result<()> {
    let camille: PersonId = "camille".parse()?;
    let decision = Decision {
        business: Some(business.clone()),
        channel: Channel::Email,
        granted: true,
        source: "booking_form".to_owned(),
        wording: Some("reviews-1".to_owned()),
        ip: None,
    };
    Recipients::new(&scene.ports).decide(&operator(), &camille, decision).await.map_err(explain)?;
    Ok(())
}
