//! Making the text of a message: from what is agreed now, in the reader's language, by the clock of the place.

use carillon_domain::{
    Booking, Business, Channel, Event, Locale, Notification, Person, Platform, Value, whose_clock,
};
use carillon_ports::catalogue::{RenderError, RenderRequest};
use carillon_ports::content::Content;
use carillon_ports::store::Claimed;
use chrono_tz::Tz;

use crate::Ports;
use crate::own_texts::{Chosen, TextLookup};
use crate::preference_page::PreferenceLink;
use crate::unsubscribe::UnsubscribeLink;

/// Where a text leads its reader to decide.
#[derive(Debug, Clone, Default)]
pub(crate) struct Links {
    /// Where one click unsubscribes.
    pub(crate) unsubscribe: String,
    /// Where the reader chooses what comes by which channel.
    pub(crate) preferences: String,
}

impl Links {
    /// The links of a notification.
    pub(crate) fn of(ports: &Ports, notification: &Notification, public_url: &str) -> Self {
        Self {
            unsubscribe: UnsubscribeLink::of(notification).url(&*ports.vault, public_url),
            preferences: PreferenceLink::of(notification).url(&*ports.vault, public_url),
        }
    }
}

/// A message about to be read by somebody.
pub(crate) struct Reading<'a> {
    claimed: &'a Claimed,
    recipient: &'a Person,
    event: &'a Event,
    channel: Channel,
}

impl<'a> Reading<'a> {
    /// A message by one of its notification's channels; `None` when its reader, or what it is about, was erased.
    pub(crate) fn of(claimed: &'a Claimed, channel: Channel) -> Option<Self> {
        let (recipient, event) = (claimed.recipient.as_ref()?, claimed.event.as_deref()?);
        Some(Self { claimed, recipient, event, channel })
    }

    /// The text of the business for it, where there is one.
    pub(crate) async fn own(&self, lookup: &TextLookup) -> Option<Chosen> {
        let business = self.claimed.business.as_deref()?;
        let locale = self.recipient.locale.as_ref().unwrap_or(&business.settings.locale);
        lookup.find(&business.id, &self.claimed.notification.kind, self.channel, locale).await
    }

    /// Who reads it.
    pub(crate) fn recipient(&self) -> &'a Person {
        self.recipient
    }
}

/// Makes the text: the business's own where it has one that can be made, else the built-in one. Answers which version of its own that was.
pub(crate) fn render(
    ports: &Ports,
    reading: &Reading<'_>,
    own: Option<&Chosen>,
    links: &Links,
) -> Result<(Content, Option<u32>), RenderError> {
    let (claimed, recipient) = (reading.claimed, reading.recipient);
    // What a reminder says is what is agreed now, not what was said when it was planned.
    let mut agreed = reminded(claimed).map(|booking| booking.appointment.data());
    let business = claimed.business.as_deref();
    let platform = &ports.policy.platform;
    let locale = locale(recipient, business, platform);
    if let (Some(data), Some(note)) = (&mut agreed, own_words(claimed, &locale)) {
        data.set("note", Value::from(note));
    }
    let request = RenderRequest {
        kind: &claimed.notification.kind,
        channel: reading.channel,
        locale: &locale,
        timezone: place(claimed, reading.event, recipient, platform),
        reader_timezone: whose_clock::of_the_reader(recipient, business, platform),
        now: ports.clock.now(),
        data: agreed.as_ref().unwrap_or(&reading.event.data),
        recipient,
        people: &claimed.people,
        business,
        unsubscribe_url: &links.unsubscribe,
        preferences_url: &links.preferences,
    };
    let Some(own) = own else { return Ok((ports.renderer.render(&request)?, None)) };
    match ports.own_texts.render_own(&RenderRequest { locale: &own.locale, ..request.clone() }, &own.text) {
        Ok(content) => Ok((content, Some(own.version))),
        // What a business wrote must keep nobody from hearing: the built-in text says the same.
        Err(error) => {
            tracing::warn!(%error, notification.kind = %claimed.notification.kind, version = own.version, "a text of a business could not be made");
            Ok((ports.renderer.render(&request)?, None))
        }
    }
}

/// The language that somebody reads: their own, else the business's, else the platform's.
pub(crate) fn locale(person: &Person, business: Option<&Business>, platform: &Platform) -> Locale {
    let of_business = || business.map(|business| business.settings.locale.clone());
    person.locale.clone().or_else(of_business).unwrap_or_else(|| platform.locale.clone())
}

/// The zone of the place that a message speaks of: what is stored of its appointment counts, as in the calendar file.
fn place(claimed: &Claimed, event: &Event, recipient: &Person, platform: &Platform) -> Tz {
    let stored = claimed.booking.as_deref().and_then(|booking| booking.appointment.timezone);
    let appointment = stored.or_else(|| zone_in(&event.data));
    whose_clock::of_the_place(appointment, claimed.business.as_deref(), Some(recipient), platform)
}

/// The zone that data gives its appointment.
pub(crate) fn zone_in(data: &Value) -> Option<Tz> {
    data.text_at("appointment.timezone")?.parse().ok()
}

/// The appointment that a message reminds of.
fn reminded(claimed: &Claimed) -> Option<&Booking> {
    let fence = claimed.notification.fence.as_ref()?;
    fence.rule.as_ref().and(claimed.booking.as_deref())
}

/// What the business itself says in reminders of this rule.
fn own_words<'a>(claimed: &'a Claimed, locale: &Locale) -> Option<&'a str> {
    let rule = claimed.notification.fence.as_ref()?.rule.as_deref()?;
    let settings = &claimed.business.as_ref()?.settings;
    let found = settings.reminders.rules.iter().find(|one| one.is_called(rule))?;
    found.note_in(locale, &settings.locale)
}
