//! Who writes to us, to which business, and of what.

use std::collections::HashMap;

use carillon_domain::country::country_of;
use carillon_domain::ids::AppointmentId;
use carillon_domain::{AppointmentStatus, Booking, Business, Locale, Person, PhoneNumber};
use carillon_ports::texting::{Correspondence, SentText, Since};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::answers::Voice;
use super::choosing::Mention;
use crate::{Ports, Refusal};

/// For how long a text message of ours is what somebody answers.
const ANSWERS_WITHIN: TimeDelta = TimeDelta::days(90);
/// For how long a question stands.
const QUESTION_STANDS: TimeDelta = TimeDelta::hours(48);
/// Over which time answers are counted.
const COUNTED: TimeDelta = TimeDelta::minutes(10);
/// How many answers a number gets in that time: two machines that answer each other must come to an end.
const MOST_ANSWERS: u64 = 5;
/// How many appointments are looked at.
const MOST_APPOINTMENTS: usize = 10;

/// Who writes, and what passed between us.
#[derive(Debug)]
pub(super) struct Writer {
    /// Who: of several people of one number the one that was written to last.
    pub(super) person: Option<Person>,
    /// To whom: the business that wrote last.
    pub(super) business: Option<Business>,
    /// What that business wrote of and lies ahead, newest first, each once.
    pub(super) mentions: Vec<Mention>,
    /// All that is known.
    pub(super) known: Correspondence,
    /// The language and region of answers: French or English.
    locale: Locale,
    /// The zone of people and places that have none of their own.
    platform_zone: Tz,
}

impl Writer {
    /// Looks up who has a number and what they were told.
    pub(super) async fn of(ports: &Ports, number: &PhoneNumber) -> Result<Self, Refusal> {
        let now = ports.clock.now();
        let since =
            Since { sent: now - ANSWERS_WITHIN, asked: now - QUESTION_STANDS, answered: now - COUNTED };
        let known = ports.texts.find_correspondence(number, since).await?;
        let last = known.sent.first();
        let written_to = last.and_then(|last| known.people.iter().find(|one| one.id == last.person));
        let person = written_to.or(known.people.first()).cloned();
        let business = match last.and_then(|last| last.business.as_ref()) {
            Some(id) => ports.directory.find_business(id).await?,
            None => None,
        };
        let mentions = match &business {
            Some(business) => mentions(ports, business, &known.sent, now).await?,
            None => Vec::new(),
        };
        let locale = language(person.as_ref(), business.as_ref(), number);
        let platform_zone = ports.policy.platform.timezone;
        Ok(Self { person, business, mentions, known, locale, platform_zone })
    }

    /// Whether a number got so many answers that it gets no more for a while.
    pub(super) fn has_had_enough(&self) -> bool {
        self.known.answered >= MOST_ANSWERS
    }

    /// Whether the number is stopped as it would be now.
    pub(super) fn is_stopped(&self) -> bool {
        let business = self.business.as_ref().map(|business| business.id.clone());
        self.known.stopped.contains(&None) || self.known.stopped.contains(&business)
    }

    /// Those whose number it is and who have to do with the business.
    pub(super) fn concerned(&self) -> impl Iterator<Item = &Person> {
        let business = self.business.as_ref().map(|business| &business.id);
        self.known.people.iter().filter(move |person| {
            let was_written_to =
                |sent: &SentText| sent.person == person.id && sent.business.as_ref() == business;
            business.is_none()
                || person.business.as_ref() == business
                || self.known.sent.iter().any(was_written_to)
        })
    }

    /// In whose name and for whom answers are written.
    pub(super) fn voice<'a>(&self, ports: &'a Ports) -> Voice<'a> {
        let settings = self.business.as_ref().map(|business| &business.settings);
        let own_zone = self.person.as_ref().and_then(|person| person.timezone);
        Voice {
            french: self.locale.language() == Locale::french().language(),
            locale: self.locale.clone(),
            renderer: &*ports.renderer,
            now: ports.clock.now(),
            place: settings.map_or(self.platform_zone, |settings| settings.timezone),
            zone: own_zone.or(settings.map(|settings| settings.timezone)).unwrap_or(self.platform_zone),
            name: self.business.as_ref().map(|business| business.name.clone()),
            phone: settings.and_then(|settings| settings.brand.phone.clone()),
        }
    }
}

/// French or English, of their region: as they say, else as the business does, else as is spoken where the number is from. Who reads neither
/// gets English.
fn language(person: Option<&Person>, business: Option<&Business>, number: &PhoneNumber) -> Locale {
    let (french, english) = (Locale::french(), Locale::english());
    let own = person.and_then(|person| person.locale.as_ref());
    match own.or(business.map(|business| &business.settings.locale)) {
        Some(locale) if [french.language(), english.language()].contains(&locale.language()) => {
            locale.clone()
        }
        None if country_of(number).is_some_and(|country| country.as_str() == "FR") => french,
        Some(_) | None => english,
    }
}

/// The appointments that a business's text messages spoke of and that lie ahead.
async fn mentions(
    ports: &Ports,
    business: &Business,
    sent: &[SentText],
    now: DateTime<Utc>,
) -> Result<Vec<Mention>, Refusal> {
    let mut looked_up: HashMap<&AppointmentId, Option<usize>> = HashMap::new();
    let mut mentions: Vec<Mention> = Vec::new();
    for one in sent.iter().filter(|one| one.business.as_ref() == Some(&business.id)) {
        let Some((id, revision)) = &one.appointment else { continue };
        match looked_up.get(id) {
            Some(Some(known)) => {
                if let Some(mention) = mentions.get_mut(*known) {
                    mention.is_current |= *revision >= mention.booking.timing;
                }
            }
            None if looked_up.len() < MOST_APPOINTMENTS => {
                let booked = ports.appointments.find_appointment(&business.id, id).await?;
                let booking =
                    booked.map(|booked| booked.booking).filter(|booking| is_open(booking, one, now));
                looked_up.insert(id, booking.as_ref().map(|_| mentions.len()));
                mentions.extend(booking.map(|booking| Mention {
                    is_current: *revision >= booking.timing,
                    booking,
                    person: one.person.clone(),
                    at: one.at,
                }));
            }
            Some(None) | None => {}
        }
    }
    Ok(mentions)
}

/// Whether somebody may still say yes or no to it.
fn is_open(booking: &Booking, told: &SentText, now: DateTime<Utc>) -> bool {
    let appointment = &booking.appointment;
    let may_take_place =
        matches!(appointment.status, AppointmentStatus::Requested | AppointmentStatus::Confirmed);
    may_take_place && appointment.starts_at > now && appointment.clients.contains(&told.person)
}
