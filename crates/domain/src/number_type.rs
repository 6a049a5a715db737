//! Whether a phone number can receive text messages, as far as its country's numbering plan says.

use phonenumber::metadata::{DATABASE, Descriptor, Descriptors};
use phonenumber::{Metadata, PhoneNumber as Number};

use crate::address::PhoneNumber;

/// What a numbering plan says of some numbers.
type Sort = fn(&Descriptors) -> Option<&Descriptor>;

/// The sorts of numbers that receive no text messages.
const WITHOUT_TEXTS: [Sort; 9] = [
    Descriptors::fixed_line,
    Descriptors::voip,
    Descriptors::premium_rate,
    Descriptors::toll_free,
    Descriptors::shared_cost,
    Descriptors::personal_number,
    Descriptors::pager,
    Descriptors::uan,
    Descriptors::voicemail,
];

/// How numbering plans call what lies in no country: satellites, international networks and services.
const NO_COUNTRY: &str = "001";

/// Whether a number may receive text messages. One that may be a mobile number, or that no plan knows, is worth a try.
pub fn receives_texts(number: &PhoneNumber) -> bool {
    let Ok(number) = phonenumber::parse(None, number.expose()) else { return true };
    let plans = plans(&number);
    if plans.iter().any(|plan| plan.id() == NO_COUNTRY) {
        return false;
    }
    // With the zeros it begins with: Italian landlines do.
    let national = number.national().to_string();
    let is = |sort: Sort| {
        plans.iter().map(|plan| plan.descriptors()).any(|plan| {
            plan.general().is_match(&national) && sort(plan).is_some_and(|sort| sort.is_match(&national))
        })
    };
    is(Descriptors::mobile) || !WITHOUT_TEXTS.into_iter().any(is)
}

/// The plan of a number's country; those of all countries that share its code where that is not certain.
fn plans(number: &Number) -> Vec<&'static Metadata> {
    match number.metadata(&DATABASE) {
        Some(plan) => vec![plan],
        None => DATABASE.by_code(&number.code().value()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn landlines_and_special_numbers_receive_no_texts_and_what_may_be_mobile_does() {
        let table = [
            // France: mobile, landline, VoIP, premium, free, overseas mobile and landline.
            ("+33612345678", true),
            ("+33712345678", true),
            ("+33140506070", false),
            ("+33478000000", false),
            ("+33970701234", false),
            ("+33899123456", false),
            ("+33800123456", false),
            ("+262692123456", true),
            ("+262262123456", false),
            ("+590690001234", true),
            // United Kingdom, Jersey: mobile, landline, personal, free.
            ("+447400123456", true),
            ("+447797712345", true),
            ("+442079460958", false),
            ("+447012345678", false),
            ("+448001234567", false),
            // North America: nothing tells a landline from a mobile number.
            ("+12015550123", true),
            ("+15142223333", true),
            ("+18005550199", false),
            ("+19002123456", false),
            // Germany, Switzerland, Belgium, Spain, Luxembourg, Portugal, the Netherlands.
            ("+4915123456789", true),
            ("+493012345678", false),
            ("+41781234567", true),
            ("+41212345678", false),
            ("+32470123456", true),
            ("+3222345678", false),
            ("+34612345678", true),
            ("+34911234567", false),
            ("+352621123456", true),
            ("+351912345678", true),
            ("+351212345678", false),
            ("+31612345678", true),
            ("+31201234567", false),
            // Italy: landlines keep their zero.
            ("+393123456789", true),
            ("+390612345678", false),
            ("+390236618300", false),
            // Brazil, Morocco, India, Japan, Australia.
            ("+5511961234567", true),
            ("+551123456789", false),
            ("+212650123456", true),
            ("+212522123456", false),
            ("+919876543210", true),
            ("+819012345678", true),
            ("+81312345678", false),
            ("+61412345678", true),
            ("+61212345678", false),
            // Satellites and international services.
            ("+881612345678", false),
            ("+870773111632", false),
            ("+80012345678", false),
            ("+979123456789", false),
            // What no plan knows is tried.
            ("+1", true),
            ("", true),
        ];
        for (number, expected) in table {
            assert_eq!(receives_texts(&PhoneNumber::from_stored(number.to_owned())), expected, "{number}");
        }
    }
}
