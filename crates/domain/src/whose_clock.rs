//! Whose clock counts: the place's for what is printed and planned, the reader's for when they may be disturbed.

use chrono_tz::Tz;

use crate::{Business, Person, Platform};

/// The zone of what is printed and of rules such as "1 day before at 18:00": the appointment's, else the business's. What belongs to no
/// business is told by the clock of its reader, else of the platform.
pub fn of_the_place(
    appointment: Option<Tz>,
    business: Option<&Business>,
    reader: Option<&Person>,
    platform: &Platform,
) -> Tz {
    appointment
        .or_else(|| business.map(|business| business.settings.timezone))
        .or_else(|| reader.and_then(|reader| reader.timezone))
        .unwrap_or(platform.timezone)
}

/// The zone of quiet hours, digests and legal hours: the recipient's, else the business's, else the platform's.
pub fn of_the_reader(reader: &Person, business: Option<&Business>, platform: &Platform) -> Tz {
    let of_business = || business.map(|business| business.settings.timezone);
    reader.timezone.or_else(of_business).unwrap_or(platform.timezone)
}

#[cfg(test)]
mod tests {
    use chrono_tz::{America::New_York, Asia::Tokyo, Europe::Paris, UTC};

    use super::*;
    use crate::{Actor, Choices, Settings};

    fn reader(timezone: Option<Tz>) -> Person {
        Person {
            id: "reader".parse().unwrap(),
            actor: Actor::EndClient,
            role: None,
            business: None,
            name: String::new(),
            email: None,
            phone: None,
            locale: None,
            timezone,
            choices: Choices::default(),
        }
    }

    #[test]
    fn the_place_counts_for_what_is_printed_and_the_reader_for_when_they_are_disturbed() {
        // appointment, business, reader; the place's clock, the reader's clock
        let table = [
            (Some(Tokyo), Some(Paris), Some(New_York), Tokyo, New_York),
            (Some(Tokyo), Some(Paris), None, Tokyo, Paris),
            (None, Some(Paris), Some(New_York), Paris, New_York),
            (None, Some(Paris), None, Paris, Paris),
            (None, None, Some(New_York), New_York, New_York),
            (None, None, None, UTC, UTC),
        ];
        let platform = Platform { timezone: UTC, ..Platform::default() };
        for (appointment, business, own, place, disturbed) in table {
            let business = business.map(|timezone| Business {
                id: "salon".parse().unwrap(),
                name: String::new(),
                settings: Settings { timezone, ..Settings::default() },
            });
            let reader = reader(own);
            let found = of_the_place(appointment, business.as_ref(), Some(&reader), &platform);
            assert_eq!(found, place, "{appointment:?} {own:?}");
            assert_eq!(
                of_the_reader(&reader, business.as_ref(), &platform),
                disturbed,
                "{appointment:?} {own:?}"
            );
        }
    }
}
