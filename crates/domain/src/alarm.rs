//! What the service finds wrong with itself, as data: the wording is a matter of the texts.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::channel::{Channel, Class};
use crate::sms::decimal;
use crate::value::Value;

/// An alarm of the service. Nothing in it is personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Alarm {
    /// No planner has been alive for a while: nothing that is due later leaves.
    PlannerSilent {
        /// When one was heard last.
        heard_at: DateTime<Utc>,
    },
    /// Urgent messages have been due for too long.
    QueueAge {
        /// By this channel.
        channel: Channel,
        /// Of this class.
        class: Class,
        /// How many.
        waiting: u64,
        /// For how many minutes the oldest has been due.
        minutes: i64,
    },
    /// Too many messages failed for good.
    ErrorRate {
        /// By this channel.
        channel: Channel,
        /// How many.
        failed: u64,
        /// Of how many.
        of: u64,
    },
    /// Too many e-mails were returned.
    BounceRate {
        /// How many.
        bounced: u64,
        /// Of how many.
        of: u64,
    },
    /// Fewer messages arrive than promised.
    DeliveryRate {
        /// By this channel.
        channel: Channel,
        /// How many arrived.
        delivered: u64,
        /// Of how many.
        of: u64,
    },
    /// The text messages of an hour cost more than they may.
    SmsSpend {
        /// How many.
        messages: u64,
        /// What they cost, in millionths of the currency.
        spent: u64,
        /// What they may cost, likewise.
        limit: u64,
        /// The currency.
        currency: String,
    },
    /// A provider does not answer.
    ProviderDown {
        /// Which.
        provider: String,
        /// For this channel.
        channel: Channel,
        /// Whether another provider of the channel is asked instead.
        has_stand_in: bool,
    },
    /// A provider does not accept our credentials, or is not at the configured address.
    ProviderUnauthorized {
        /// Which.
        provider: String,
        /// For this channel.
        channel: Channel,
        /// Whether another provider of the channel is asked instead.
        has_stand_in: bool,
    },
    /// Reminders were not planned as they should have been, and are now.
    RemindersRepaired {
        /// How many were missing.
        missing: u64,
        /// How many were too many.
        surplus: u64,
        /// How many were planned for another time.
        moved: u64,
    },
}

/// How bad an alarm is, and so which kind tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// Messages do not leave, or fail: someone must act now.
    Critical,
    /// Something works less well than it should.
    Degraded,
    /// More is used up than is allowed.
    Quota,
}

impl Alarm {
    /// Its kind, by the name that texts know.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PlannerSilent { .. } => "planner_silent",
            Self::QueueAge { .. } => "queue_age",
            Self::ErrorRate { .. } => "error_rate",
            Self::BounceRate { .. } => "bounce_rate",
            Self::DeliveryRate { .. } => "delivery_rate",
            Self::SmsSpend { .. } => "sms_spend",
            Self::ProviderDown { .. } => "provider_down",
            Self::ProviderUnauthorized { .. } => "provider_unauthorized",
            Self::RemindersRepaired { .. } => "reminders_repaired",
        }
    }

    /// The name under which it stands, for programs: one alarm a channel or provider.
    pub fn name(&self) -> String {
        match self {
            Self::QueueAge { channel, .. }
            | Self::ErrorRate { channel, .. }
            | Self::DeliveryRate { channel, .. } => format!("{}:{channel}", self.code()),
            // A provider that does not answer may turn out to refuse us: that is one story.
            Self::ProviderDown { provider, .. } | Self::ProviderUnauthorized { provider, .. } => {
                format!("provider_down:{provider}")
            }
            Self::PlannerSilent { .. }
            | Self::BounceRate { .. }
            | Self::SmsSpend { .. }
            | Self::RemindersRepaired { .. } => self.code().to_owned(),
        }
    }

    /// How bad it is.
    pub const fn grade(&self) -> Grade {
        match self {
            Self::PlannerSilent { .. } | Self::QueueAge { .. } | Self::ErrorRate { .. } => Grade::Critical,
            Self::ProviderDown { has_stand_in, .. } | Self::ProviderUnauthorized { has_stand_in, .. } => {
                if *has_stand_in {
                    Grade::Degraded
                } else {
                    Grade::Critical
                }
            }
            Self::BounceRate { .. } | Self::DeliveryRate { .. } | Self::RemindersRepaired { .. } => {
                Grade::Degraded
            }
            Self::SmsSpend { .. } => Grade::Quota,
        }
    }

    /// Its figures, by the names that texts use.
    pub fn facts(&self) -> Value {
        let number = |number: u64| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
        let text = |text: &str| Value::from(text);
        let facts: Vec<(&str, Value)> = match self {
            Self::PlannerSilent { heard_at } => vec![("heard_at", text(&heard_at.to_rfc3339()))],
            Self::QueueAge { channel, class, waiting, minutes } => vec![
                ("channel", text(channel.as_str())),
                ("class", text(class.as_str())),
                ("waiting", number(*waiting)),
                ("minutes", Value::Integer(*minutes)),
            ],
            Self::ErrorRate { channel, failed, of } => {
                vec![("channel", text(channel.as_str())), ("failed", number(*failed)), ("of", number(*of))]
            }
            Self::BounceRate { bounced, of } => vec![("bounced", number(*bounced)), ("of", number(*of))],
            Self::DeliveryRate { channel, delivered, of } => vec![
                ("channel", text(channel.as_str())),
                ("delivered", number(*delivered)),
                ("of", number(*of)),
            ],
            Self::SmsSpend { messages, .. } => vec![("messages", number(*messages))],
            Self::ProviderDown { provider, channel, has_stand_in }
            | Self::ProviderUnauthorized { provider, channel, has_stand_in } => vec![
                ("provider", text(provider)),
                ("channel", text(channel.as_str())),
                ("has_stand_in", Value::Bool(*has_stand_in)),
            ],
            Self::RemindersRepaired { missing, surplus, moved } => {
                vec![("missing", number(*missing)), ("surplus", number(*surplus)), ("moved", number(*moved))]
            }
        };
        Value::Map(facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

/// One line of English: for logs, the API, and texts in a language that has no words for it.
impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stand_in =
            |has: &bool| if *has { "another provider stands in" } else { "messages wait, nothing is lost" };
        match self {
            Self::PlannerSilent { heard_at } => {
                write!(f, "no planner has been alive since {heard_at}: nothing that is due later leaves")
            }
            Self::QueueAge { channel, class, waiting, minutes } => write!(
                f,
                "{waiting} messages of class {class} are due by {channel}; the oldest for {minutes} minutes"
            ),
            Self::ErrorRate { channel, failed, of } => {
                write!(f, "{failed} of the last {of} messages by {channel} failed for good")
            }
            Self::BounceRate { bounced, of } => {
                write!(f, "{bounced} of {of} e-mails of the last hour bounced")
            }
            Self::DeliveryRate { channel, delivered, of } => {
                write!(f, "{delivered} of {of} messages by {channel} of the last 24 hours arrived")
            }
            Self::SmsSpend { messages, spent, limit, currency } => write!(
                f,
                "{messages} text messages of the last hour cost {} {currency}: more than {}",
                decimal(*spent),
                decimal(*limit)
            ),
            Self::ProviderDown { provider, channel, has_stand_in } => {
                write!(f, "{provider} does not answer for {channel}: {}", stand_in(has_stand_in))
            }
            Self::ProviderUnauthorized { provider, channel, has_stand_in } => write!(
                f,
                "{provider} does not accept our credentials for {channel}, or its API is not at the configured address: {}; \
                 `carillon doctor` says what to mend",
                stand_in(has_stand_in)
            ),
            Self::RemindersRepaired { missing, surplus, moved } => write!(
                f,
                "reminders differed from the rules and were mended: {missing} missing, {surplus} too many, {moved} at another time"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_that_is_stored_is_read_back_and_an_unknown_one_is_not() {
        let alarm = Alarm::ProviderDown {
            provider: "sendgrid".to_owned(),
            channel: Channel::Email,
            has_stand_in: true,
        };
        let stored = serde_json::to_string(&alarm).unwrap();
        assert_eq!(serde_json::from_str::<Alarm>(&stored).unwrap(), alarm);
        assert!(stored.contains(r#""code":"provider_down""#), "{stored}");
        assert!(serde_json::from_str::<Alarm>(r#"{"code":"of_the_future"}"#).is_err());
    }

    #[test]
    fn a_provider_is_one_alarm_that_is_critical_without_a_stand_in() {
        let (provider, channel) = ("sendgrid".to_owned(), Channel::Email);
        for (has_stand_in, grade) in [(true, Grade::Degraded), (false, Grade::Critical)] {
            let down = Alarm::ProviderDown { provider: provider.clone(), channel, has_stand_in };
            let refused = Alarm::ProviderUnauthorized { provider: provider.clone(), channel, has_stand_in };
            assert_eq!((down.grade(), refused.grade()), (grade, grade));
            assert_eq!((down.name(), refused.name()), (refused.name(), "provider_down:sendgrid".to_owned()));
        }
    }
}
