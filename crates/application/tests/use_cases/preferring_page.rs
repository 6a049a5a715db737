//! The preference page: what its form records, and what it cannot do.

use carillon_application::preference_page::{Form, Objection, PreferenceLink};
use carillon_application::{OpenPreferences, Refusal};
use carillon_domain::{Category, Channel, Topic};
use carillon_testkit::build::{id, now};

use crate::preferring::{change, no, put, records, world};
use crate::world::World;

fn token(world: &World) -> String {
    PreferenceLink { person: id("camille"), business: Some(id("salon")) }.token(&*world.ports.vault)
}

#[tokio::test]
async fn the_page_records_what_differs_and_clears_what_was_decided_kind_by_kind() {
    let world = world().await;
    let page = OpenPreferences::new(&world.ports);
    let (payments, kind) = (Topic::Category(Category::Payments), Topic::Kind(id("client.payment_confirmed")));
    put(&world, change(vec![no(kind.clone(), Channel::Email)])).await.expect("kept");
    let shown = vec![(payments.clone(), Channel::Email), (Topic::Marketing, Channel::Email)];
    let form = Form {
        ticked: shown.clone(),
        shown: shown.clone(),
        again: vec![Category::Payments],
        quiet: Some(("21:00".to_owned(), "08:00".to_owned())),
        ..Form::default()
    };
    let saved = page.save(&token(&world), &form, None).await.expect("saved");
    assert!(saved.objections.is_empty() && saved.overview.matrix.marketing[0].allowed);
    assert!(saved.overview.person.choices.quiet().is_some());
    let expected = [
        (kind.clone(), Channel::Email, false),
        (Topic::Marketing, Channel::Email, true),
        (kind.clone(), Channel::Email, true),
    ];
    assert_eq!(records(&world).await, expected);
    // Nothing ticked, no quiet: all off, the kind that was allowed by itself too.
    let nothing = Form { shown, quiet: Some((String::new(), String::new())), ..Form::default() };
    let saved = page.save(&token(&world), &nothing, None).await.expect("saved");
    assert_eq!(saved.overview.person.choices.quiet_hours, None);
    let expected = [
        (payments, Channel::Email, false),
        (Topic::Marketing, Channel::Email, false),
        (kind, Channel::Email, false),
    ];
    assert_eq!(records(&world).await[3..], expected);
}

#[tokio::test]
async fn a_form_that_may_not_be_changes_nothing_and_comes_back_as_filled_in() {
    let world = world().await;
    let page = OpenPreferences::new(&world.ports);
    let ways = [Channel::Email, Channel::InApp].map(|way| (Topic::Category(Category::Appointments), way));
    let form =
        Form { shown: ways.into(), quiet: Some(("21:00".to_owned(), String::new())), ..Form::default() };
    let refused = page.save(&token(&world), &form, None).await.expect("a page");
    assert_eq!(refused.objections, [Objection::LastWay, Objection::QuietHours]);
    let cell = refused.overview.matrix.cell(Category::Appointments, Channel::Email).expect("a cell");
    assert!(!cell.allowed);
    assert_eq!(records(&world).await, []);
    let stored = page.show(&token(&world)).await.expect("the page");
    assert!(stored.overview.matrix.cell(Category::Appointments, Channel::Email).expect("a cell").allowed);
    assert_eq!(page.show("x").await.err(), Some(Refusal::NotFound { what: "link" }));
    world.ports.directory.erase_person(&id("camille"), now()).await.expect("erased");
    assert_eq!(page.show(&token(&world)).await.err(), Some(Refusal::NotFound { what: "link" }));
}
