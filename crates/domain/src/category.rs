//! What people choose by: a handful of categories that everybody understands, instead of every kind there is.

use serde::{Deserialize, Serialize};

use crate::channel::{Purpose, named};
use crate::ids::KindName;
use crate::kind::Kind;
use crate::reason::UnknownName;

/// What a kind is about, as its readers see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Booked, confirmed, moved, called off.
    Appointments,
    /// What comes shortly before something.
    Reminders,
    /// Money, subscriptions included.
    Payments,
    /// What people write to each other.
    Messages,
    /// Figures and overviews.
    Reports,
    /// What the platform tells those who run it.
    Platform,
    /// Everything that needs consent.
    Marketing,
}
named!(Category {
    Appointments => "appointments",
    Reminders => "reminders",
    Payments => "payments",
    Messages => "messages",
    Reports => "reports",
    Platform => "platform",
    Marketing => "marketing",
});

impl Category {
    /// The category of a kind.
    pub fn of(kind: &Kind) -> Self {
        Self::named(&kind.name, kind.purpose)
    }

    /// The same by name and purpose alone: all that a stored message knows of its kind. So a name has to say what its kind is about
    /// (`client.reminder_24h`, `owner.payment_received`); one that says nothing else is about appointments.
    pub fn named(kind: &KindName, purpose: Purpose) -> Self {
        match purpose {
            Purpose::Marketing => Self::Marketing,
            Purpose::Service if kind.as_str().starts_with("platform.") => Self::Platform,
            Purpose::Service => {
                kind.as_str().split(['.', '_']).skip(1).find_map(Self::of_word).unwrap_or(Self::Appointments)
            }
        }
    }

    /// Whether decisions on the category hold for a kind. Not for a list of what was gathered: each of its lines was wanted by itself.
    pub fn governs(kind: &KindName) -> bool {
        !kind.as_str().ends_with(".digest")
    }

    /// The first such word of a name decides.
    fn of_word(word: &str) -> Option<Self> {
        match word {
            "reminder" | "reminders" | "starting" => Some(Self::Reminders),
            "payment" | "payments" | "refund" | "invoice" | "subscription" | "budget" => Some(Self::Payments),
            "message" | "messages" | "question" | "answer" => Some(Self::Messages),
            "report" | "agenda" | "summary" | "digest" => Some(Self::Reports),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_its_kind_is_about() {
        let table = [
            ("client.appointment_cancelled", Purpose::Service, Category::Appointments),
            ("client.reminder_24h", Purpose::Service, Category::Reminders),
            ("staff.appointment_reminder", Purpose::Service, Category::Reminders),
            ("staff.shift_starting", Purpose::Service, Category::Reminders),
            ("support.payment_problem", Purpose::Service, Category::Payments),
            ("owner.subscription_renewal", Purpose::Service, Category::Payments),
            ("staff.client_message", Purpose::Service, Category::Messages),
            ("owner.sms_budget", Purpose::Service, Category::Payments),
            ("staff.digest", Purpose::Service, Category::Reports),
            ("owner.activity_report", Purpose::Service, Category::Reports),
            ("platform.customer_payment_failed", Purpose::Service, Category::Platform),
            ("client.reminder_to_come_again", Purpose::Marketing, Category::Marketing),
            ("payment", Purpose::Service, Category::Appointments),
        ];
        for (name, purpose, expected) in table {
            assert_eq!(Category::named(&name.parse().unwrap(), purpose), expected, "{name}");
        }
    }
}
