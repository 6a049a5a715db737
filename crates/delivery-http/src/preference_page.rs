//! The preference page: a form in plain HTML that works without scripts.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use carillon_application::preference_page::{Objection, PreferencePage};
use carillon_application::preferences::{Cell, Override};
use carillon_domain::choices::{Digest, Rhythm};
use carillon_domain::{Actor, Category, Channel, Person};

use crate::page::{STYLE, page};
use crate::preference_words::{self, Words};

/// The times of day that a daily digest is offered at.
const TIMES: [&str; 4] = ["08:00", "12:00", "18:00", "21:00"];

#[derive(Template)]
#[template(path = "preferences.html")]
struct Preferences<'a> {
    style: &'static str,
    words: &'a Words,
    from: &'a str,
    is_saved: bool,
    alerts: Vec<&'static str>,
    sections: Vec<Section>,
    quiet_from: &'a str,
    quiet_to: &'a str,
    /// The reader's addresses, masked.
    addresses: String,
}

/// A category.
struct Section {
    name: &'static str,
    title: &'static str,
    hint: String,
    ways: Vec<Way>,
    /// What is turned off kind by kind; empty when nothing is.
    exceptions: String,
    /// How it may come; empty where that is not offered.
    rhythms: Vec<Offered>,
}

/// A channel of a category.
struct Way {
    name: String,
    label: &'static str,
    is_ticked: bool,
    is_changeable: bool,
}

/// A way to gather.
struct Offered {
    value: String,
    label: String,
    is_chosen: bool,
}

/// The page as things stand.
pub(crate) fn of(status: StatusCode, shown: &PreferencePage, is_saved: bool) -> HttpResponse {
    let words = preference_words::of(&shown.language);
    let overview = &shown.overview;
    let from = shown.sender.as_str();
    let quiet = overview.person.choices.quiet_hours.as_ref();
    let (quiet_from, quiet_to) = quiet.map_or(("", ""), |hours| (hours.from.as_str(), hours.to.as_str()));
    let alerts = shown.objections.iter().map(|objection| words.alert(*objection)).collect();
    let sections = sections(shown, words, from);
    let addresses = addresses(&overview.person);
    page(
        status,
        &Preferences {
            style: STYLE,
            words,
            from,
            is_saved,
            alerts,
            sections,
            quiet_from,
            quiet_to,
            addresses,
        },
    )
}

/// The reader's addresses, masked: whoever shares a screen or a link need not show them.
fn addresses(person: &Person) -> String {
    let email = person.email.as_ref().map(ToString::to_string);
    let phone = person.phone.as_ref().map(ToString::to_string);
    email.into_iter().chain(phone).collect::<Vec<_>>().join(", ")
}

fn sections(shown: &PreferencePage, words: &Words, from: &str) -> Vec<Section> {
    let (person, matrix) = (&shown.overview.person, &shown.overview.matrix);
    let rows = matrix.rows.iter().map(|row| (row.category, &row.cells));
    // Only clients are asked whether they want offers; whoever was asked elsewhere can take it back here.
    let marketing = (Category::Marketing, &matrix.marketing);
    let is_asked = person.actor == Actor::EndClient || matrix.marketing.iter().any(|cell| cell.allowed);
    rows.chain(is_asked.then_some(marketing))
        .map(|(category, cells)| {
            let (title, hint) = words.category(category, person.actor);
            Section {
                name: category.as_str(),
                title,
                hint: hint.replace("{from}", from),
                ways: cells.iter().filter_map(|cell| way(category, *cell, person, words)).collect(),
                exceptions: exceptions(category, &matrix.overrides, words),
                rhythms: rhythms(category, person, words),
            }
        })
        .filter(|section| !section.ways.is_empty())
        .collect()
}

/// A box, unless there is nothing to choose: the business does not use the channel, or the person has no address that it can reach.
fn way(category: Category, cell: Cell, person: &Person, words: &Words) -> Option<Way> {
    let Cell { channel, allowed, changeable, .. } = cell;
    if !person.can_receive(channel) || !(allowed || changeable) {
        return None;
    }
    let label = match channel {
        Channel::Email => words.email,
        Channel::Sms => words.sms,
        Channel::InApp => words.in_app,
    };
    let name = format!("{category}.{channel}");
    Some(Way { name, label, is_ticked: allowed, is_changeable: changeable })
}

/// What the reader turned off kind by kind, by the links of e-mails or through the platform.
fn exceptions(category: Category, overrides: &[Override], words: &Words) -> String {
    let off = overrides.iter().filter(|one| !one.allowed && one.category == category).count();
    match off {
        0 => String::new(),
        1 => words.one_off.to_owned(),
        more => words.more_off.replace("{count}", &more.to_string()),
    }
}

/// Offered to those who hear a lot; clients see it where it is chosen already.
fn rhythms(category: Category, person: &Person, words: &Words) -> Vec<Offered> {
    let chosen = person.choices.digest.get(&category);
    let is_offered = match category {
        Category::Reminders | Category::Marketing => false,
        Category::Appointments
        | Category::Payments
        | Category::Messages
        | Category::Reports
        | Category::Platform => person.actor != Actor::EndClient || chosen.is_some(),
    };
    if !is_offered {
        return Vec::new();
    }
    let none = Digest { every: Rhythm::None, at: None };
    let chosen = chosen.unwrap_or(&none);
    let daily = |at: &str| Digest { every: Rhythm::Daily, at: Some(at.to_owned()) };
    let mut offered = vec![none.clone(), Digest { every: Rhythm::Hourly, at: None }];
    offered.extend(TIMES.map(daily));
    if !offered.contains(chosen) {
        offered.push(chosen.clone());
    }
    offered
        .into_iter()
        .map(|digest| {
            let at = digest.at.clone().unwrap_or_default();
            let (value, label) = match digest.every {
                Rhythm::None => (Rhythm::None.to_string(), words.at_once.to_owned()),
                Rhythm::Hourly => (Rhythm::Hourly.to_string(), words.hourly.to_owned()),
                Rhythm::Daily => (format!("{}-{at}", Rhythm::Daily), words.daily.replace("{at}", &at)),
            };
            Offered { is_chosen: digest == *chosen, value, label }
        })
        .collect()
}

impl Words {
    fn alert(&self, objection: Objection) -> &'static str {
        match objection {
            Objection::LastWay => self.needs_a_way,
            Objection::QuietHours => self.no_quiet,
            Objection::Form => self.stale,
        }
    }
}
