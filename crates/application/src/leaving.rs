//! What the rules look at, gathered for a claimed message.

use carillon_domain::business::{DigestRule, Every};
use carillon_domain::category::Category;
use carillon_domain::choices::Rhythm;
use carillon_domain::country::{Country, country_of};
use carillon_domain::legal_hours::{self, Region};
use carillon_domain::verdict::Facts;
use carillon_domain::{Business, Channel, Kind, Person, Platform, Purpose, Reason, whose_clock};
use carillon_ports::store::Claimed;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::digest;

/// The facts of a message, as far as they stand with the message itself. Whether it is true, how much its reader has had, and whether it can
/// be paid for, are for the caller to add.
pub(crate) fn facts<'a>(
    claimed: &'a Claimed,
    kind: Option<&Kind>,
    recipient: &'a Person,
    platform: &Platform,
    now: DateTime<Utc>,
) -> Facts<'a> {
    let (message, notification) = (&claimed.message, &claimed.notification);
    let business = claimed.business.as_deref();
    let zone = whose_clock::of_the_reader(recipient, business, platform);
    let was_postponed = matches!(
        message.reason,
        Some(Reason::MarketingHours | Reason::QuietHours | Reason::Digest | Reason::Capped)
    );
    // What waited for a list that was never made leaves by itself.
    let waited_for_list = matches!(message.reason, Some(Reason::Digest | Reason::Capped));
    let of_business =
        || business.and_then(|business| business.settings.digests.get(&notification.kind).cloned());
    let list = kind.and_then(|kind| own_list(recipient, kind)).or_else(of_business);
    Facts {
        now,
        class: message.class,
        purpose: notification.purpose,
        channel: message.channel,
        person: recipient,
        standing: &claimed.standing,
        is_true: true,
        expires_at: message.expires_at,
        was_postponed,
        quiet: recipient.choices.quiet().map(|quiet| (quiet, zone)),
        lawful_at: lawful_at(notification.purpose, message.channel, recipient, business, zone, now),
        digest_at: list
            .filter(|_| !waited_for_list && !digest::is_list(&notification.kind))
            .map(|list| list.next(now, zone)),
        capped_until: None,
        is_country_served: is_country_served(message.channel, recipient, business),
        is_affordable: true,
    }
}

/// When the person wants a list instead, by the kind's category.
fn own_list(recipient: &Person, kind: &Kind) -> Option<DigestRule> {
    let digest = recipient.choices.digest.get(&Category::of(kind))?;
    let every = match digest.every {
        Rhythm::None => return None,
        Rhythm::Hourly => Every::Hour,
        Rhythm::Daily => Every::Day,
    };
    Some(DigestRule { every, at: digest.at.clone() })
}

/// When the law of the reader's country next allows marketing by SMS; `None` for whatever the law leaves alone.
pub(crate) fn lawful_at(
    purpose: Purpose,
    channel: Channel,
    recipient: &Person,
    business: Option<&Business>,
    zone: Tz,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    if (purpose, channel) != (Purpose::Marketing, Channel::Sms) {
        return None;
    }
    let country = recipient.phone.as_ref().and_then(country_of)?;
    Some(legal_hours::next_allowed(country, region(country, business), zone, now))
}

/// Where the reader lives is not known; clients live near the business, whose address has a postal code.
fn region(country: Country, business: Option<&Business>) -> Option<Region> {
    let address = business?.settings.brand.address.as_deref().filter(|_| country.as_str() == "FR")?;
    address.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 5)?.parse().ok()
}

/// Whether the business writes to the country of the number. One that cannot be told is not among those it named.
pub(crate) fn is_country_served(channel: Channel, recipient: &Person, business: Option<&Business>) -> bool {
    let (Channel::Sms, Some(business)) = (channel, business) else { return true };
    let served = &business.settings.sms.countries;
    served.is_empty()
        || recipient.phone.as_ref().and_then(country_of).is_some_and(|country| served.contains(&country))
}
