//! What a text is made from, as the template engine sees it.

use std::collections::BTreeMap;

use carillon_domain::kind::Audience;
use carillon_domain::{Actor, Business, Channel, Kind, Value, name};
use carillon_ports::catalogue::RenderRequest;
use chrono_tz::Tz;
use minijinja::Value as Seen;

use crate::accent::Accent;
use crate::people::{Cast, person, reader, without_breaks};
use crate::scene::{Scene, placed};
use crate::texts::Words;

/// The people of an event: names that data may not take over from the people given with it.
pub(crate) const PARTS: [&str; 4] = ["client", "practitioner", "owner", "support"];
/// Names that every text can use, besides the parts and the names of the data.
pub(crate) const ALWAYS: [&str; 12] = [
    "recipient",
    "business",
    "platform_name",
    "unsubscribe_url",
    "preferences_url",
    "locale",
    "accent",
    "accent_text",
    "subject",
    "action_url",
    "can_reply",
    "left_out",
];
/// The name of a place in data.
const PLACE: &str = "location";
/// The name of a business's name in data.
const BUSINESS_NAME: &str = "business_name";
/// Where the filters find language and zone.
pub(crate) const SCENE: &str = " scene";

/// What a text says of itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent<'a> {
    /// What the platform is called.
    pub(crate) platform_name: &'a str,
    /// Whether its reader can answer it.
    pub(crate) can_reply: bool,
    /// How many entries of a list it leaves out, for want of room.
    pub(crate) left_out: usize,
}

/// Builds it, once for all parts of a text.
pub(crate) fn build(
    kind: &Kind,
    request: &RenderRequest<'_>,
    words: &Words,
    scene: Scene,
    extent: Extent<'_>,
) -> BTreeMap<String, Seen> {
    let cast = Cast { people: request.people, words, is_reachable: kind.actor == Actor::BusinessUser };
    let named = about(kind, request).map(|business| with_business_name(request.data, business));
    let data = named.as_ref().unwrap_or(request.data);
    let mut seen = names_of(data, Some(&cast));
    if request.channel != Channel::Email {
        places_on_one_line(data, Some(&cast), &mut seen);
    }
    seen.retain(|name, _| !ALWAYS.contains(&name.as_str()) || name == "action_url");
    for part in PARTS {
        let (id, name) = match (request.people.get(part), data.at(part)) {
            (Some(person), _) => (person.id.as_str(), person.name.as_str()),
            (None, Some(data @ Value::Map(_))) => {
                (data.text_at("id").unwrap_or_default(), data.text_at("name").unwrap_or_default())
            }
            (None, _) => {
                seen.remove(part);
                continue;
            }
        };
        seen.insert(part.to_owned(), person(id, name, words.someone(part)));
    }
    let recipient = request.recipient;
    seen.insert(
        "recipient".to_owned(),
        reader(recipient.id.as_str(), &recipient.name, words.someone("recipient")),
    );
    // The platform's own kinds speak for the platform, whatever business they are about.
    let tenant = request.business.filter(|_| kind.actor != Actor::PlatformAdmin);
    let accent = Accent::of(tenant.and_then(|business| business.settings.brand.color.as_deref()));
    if let Some(business) = tenant {
        seen.insert("business".to_owned(), business_of(business, &accent));
    }
    seen.insert("accent".to_owned(), accent.color.into());
    seen.insert("accent_text".to_owned(), accent.text.into());
    seen.insert("platform_name".to_owned(), name::unlinked(extent.platform_name).into());
    seen.insert("unsubscribe_url".to_owned(), request.unsubscribe_url.into());
    seen.insert("preferences_url".to_owned(), request.preferences_url.into());
    seen.insert("can_reply".to_owned(), extent.can_reply.into());
    seen.insert("left_out".to_owned(), extent.left_out.into());
    seen.insert("locale".to_owned(), words.locale.as_str().into());
    seen.insert(SCENE.to_owned(), Seen::from_object(scene));
    seen
}

/// The name of the business that one of the platform's own kinds is about, where its data does not say it elsewhere.
fn about<'a>(kind: &Kind, request: &'a RenderRequest<'_>) -> Option<&'a str> {
    request.data.text_at("business.name").filter(|_| kind.is_of_platform())
}

/// Data in which each block at the top has the name of the business: its own, else the one given.
fn with_business_name(data: &Value, business: &str) -> Value {
    let mut named = data.clone();
    if let Value::Map(blocks) = &mut named {
        for block in blocks.values_mut().filter(|block| block.text_at(BUSINESS_NAME).is_none()) {
            if let Value::Map(fields) = block {
                fields.insert(BUSINESS_NAME.to_owned(), Value::from(name::unlinked(business).as_str()));
            }
        }
    }
    named
}

/// The place under the names at the top on one line: for texts that have no room for several.
fn places_on_one_line(data: &Value, cast: Option<&Cast<'_>>, seen: &mut BTreeMap<String, Seen>) {
    let Value::Map(items) = data else { return };
    for (name, item) in items {
        if item.text_at(PLACE).is_some_and(|place| place.contains('\n')) {
            let mut inner = names_of(item, cast);
            let place = item.text_at(PLACE).map(on_one_line);
            inner.extend(place.map(|place| (PLACE.to_owned(), place.into())));
            seen.insert(name.clone(), inner.into());
        }
    }
}

fn on_one_line(place: &str) -> String {
    place.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ")
}

fn business_of(business: &Business, accent: &Accent) -> Seen {
    let brand = &business.settings.brand;
    let filled = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(Seen::from)
    };
    let always =
        [("name", Seen::from(name::unlinked(&business.name))), ("color", accent.color.as_str().into())];
    let phone = brand.phone.as_deref().map(without_breaks);
    let perhaps = [("phone", filled(&phone)), ("address", filled(&brand.address))];
    Seen::from_pairs(
        always.into_iter().chain(perhaps.into_iter().filter_map(|(name, text)| Some((name, text?)))),
    )
}

/// The names at the top of data, with the people of the cast where data names them by part. What is null counts as absent, so that a
/// text never says "none".
pub(crate) fn names_of(data: &Value, cast: Option<&Cast<'_>>) -> BTreeMap<String, Seen> {
    match data {
        Value::Map(items) => {
            let present = items.iter().filter(|(_, item)| !matches!(item, Value::Null));
            let zone = items.get("timezone").and_then(Value::as_text).and_then(|zone| zone.parse().ok());
            present.map(|(name, item)| (name.clone(), seen_in(zone, item, cast))).collect()
        }
        Value::Null
        | Value::Bool(_)
        | Value::Integer(_)
        | Value::Float(_)
        | Value::Text(_)
        | Value::List(_) => BTreeMap::new(),
    }
}

/// A value of a map that has a zone: its times keep it, for another zone may be that of the text.
fn seen_in(zone: Option<Tz>, value: &Value, cast: Option<&Cast<'_>>) -> Seen {
    let placed = zone.filter(|_| cast.is_some()).and_then(|zone| placed(value.as_text()?, zone));
    placed.map_or_else(|| seen(value, cast), Seen::from)
}

fn seen(value: &Value, cast: Option<&Cast<'_>>) -> Seen {
    match value {
        Value::Null => Seen::UNDEFINED,
        Value::Bool(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(|item| listed(item, cast)).collect::<Vec<_>>().into(),
        Value::Map(items) => {
            cast.and_then(|cast| cast.listed(items)).unwrap_or_else(|| names_of(value, cast).into())
        }
    }
}

/// An item of a list, in which a place has one line.
fn listed(item: &Value, cast: Option<&Cast<'_>>) -> Seen {
    match item.text_at(PLACE) {
        Some(place) if place.contains('\n') => {
            let mut inner = names_of(item, cast);
            inner.insert(PLACE.to_owned(), on_one_line(place).into());
            inner.into()
        }
        Some(_) | None => seen(item, cast),
    }
}

/// The part that the recipients of an audience take in a sample.
pub(crate) const fn part_of(audience: Audience) -> &'static str {
    match audience {
        Audience::PlatformAdmins => "admin",
        Audience::Owners => "owner",
        Audience::Practitioner => "practitioner",
        Audience::Support => "support",
        Audience::Clients => "client",
    }
}
