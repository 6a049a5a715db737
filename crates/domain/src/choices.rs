//! What people choose for themselves, whoever addresses them: hours in which nothing is to disturb them, and what may come gathered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::business::{QuietHours, time_of_day};
use crate::category::Category;
use crate::channel::named;
use crate::civil::Quiet;
use crate::reason::UnknownName;

/// A person's own choices; the default is to have made none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// Hours in which nothing is to disturb, by the person's own clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
    /// What comes gathered, by category; what is not named comes at once.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub digest: BTreeMap<Category, Digest>,
}

/// How a category comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// How often.
    pub every: Rhythm,
    /// For a daily one: the time of day, by the person's own clock (`18:00`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// How often what was gathered comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rhythm {
    /// Nothing is gathered.
    #[default]
    None,
    /// Once an hour.
    #[serde(alias = "hour")]
    Hourly,
    /// Once a day.
    #[serde(alias = "day")]
    Daily,
}
named!(Rhythm { None => "none", Hourly => "hourly", Daily => "daily" });

/// What is wrong with choices.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// Not a time of day.
    #[error("is not a time of day such as 08:00")]
    TimeOfDay,
    /// A quiet that begins and ends at once would be none, or last for ever.
    #[error("must differ from the begin")]
    EmptyQuiet,
    /// Daily, but when?
    #[error("is required for a daily digest: a time of day such as 18:00")]
    NoTime,
    /// A time where none is used.
    #[error("is only for a daily digest")]
    NeedlessTime,
    /// A reminder that waits is none.
    #[error("cannot be gathered: what is gathered comes too late to remind")]
    NotGathered,
}

impl Choices {
    /// The hours in which nothing is to disturb.
    pub fn quiet(&self) -> Option<Quiet> {
        self.quiet_hours.as_ref().and_then(QuietHours::quiet)
    }

    /// How often a category comes.
    pub fn rhythm(&self, category: Category) -> Rhythm {
        self.digest.get(&category).map(|digest| digest.every).unwrap_or_default()
    }

    /// What is wrong with them, each with a pointer (RFC 6901) to where.
    pub fn problems(&self) -> Vec<(String, ChoiceError)> {
        let mut problems = Vec::new();
        if let Some(QuietHours { from, to }) = &self.quiet_hours {
            let (begin, end) = (time_of_day(from), time_of_day(to));
            for (field, time) in [("from", begin), ("to", end)] {
                if time.is_none() {
                    problems.push((format!("/quiet_hours/{field}"), ChoiceError::TimeOfDay));
                }
            }
            if begin.is_some() && begin == end {
                problems.push(("/quiet_hours/to".to_owned(), ChoiceError::EmptyQuiet));
            }
        }
        for (category, digest) in &self.digest {
            if *category == Category::Reminders && digest.every != Rhythm::None {
                problems.push((format!("/digest/{category}"), ChoiceError::NotGathered));
            } else if let Some(error) = digest.problem() {
                problems.push((format!("/digest/{category}/at"), error));
            }
        }
        problems
    }
}

impl Digest {
    fn problem(&self) -> Option<ChoiceError> {
        match (self.every, &self.at) {
            (Rhythm::Daily, None) => Some(ChoiceError::NoTime),
            (Rhythm::Daily, Some(at)) => time_of_day(at).is_none().then_some(ChoiceError::TimeOfDay),
            (Rhythm::None | Rhythm::Hourly, Some(_)) => Some(ChoiceError::NeedlessTime),
            (Rhythm::None | Rhythm::Hourly, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet(from: &str, to: &str) -> Choices {
        let hours = QuietHours { from: from.to_owned(), to: to.to_owned() };
        Choices { quiet_hours: Some(hours), ..Choices::default() }
    }

    fn digest(category: Category, every: Rhythm, at: Option<&str>) -> Choices {
        let digest = Digest { every, at: at.map(str::to_owned) };
        Choices { digest: BTreeMap::from([(category, digest)]), ..Choices::default() }
    }

    #[test]
    fn each_choice_that_could_not_be_followed_is_named() {
        let table = [
            (quiet("21:00", "08:00"), vec![]),
            (quiet("9pm", "08:00"), vec![("/quiet_hours/from", ChoiceError::TimeOfDay)]),
            (quiet("21:00", "24:00"), vec![("/quiet_hours/to", ChoiceError::TimeOfDay)]),
            (quiet("08:00", "08:00"), vec![("/quiet_hours/to", ChoiceError::EmptyQuiet)]),
            (digest(Category::Payments, Rhythm::Daily, Some("18:00")), vec![]),
            (digest(Category::Payments, Rhythm::Hourly, None), vec![]),
            (
                digest(Category::Payments, Rhythm::Daily, None),
                vec![("/digest/payments/at", ChoiceError::NoTime)],
            ),
            (
                digest(Category::Payments, Rhythm::Daily, Some("six")),
                vec![("/digest/payments/at", ChoiceError::TimeOfDay)],
            ),
            (
                digest(Category::Payments, Rhythm::None, Some("18:00")),
                vec![("/digest/payments/at", ChoiceError::NeedlessTime)],
            ),
            (
                digest(Category::Reminders, Rhythm::Hourly, None),
                vec![("/digest/reminders", ChoiceError::NotGathered)],
            ),
            (digest(Category::Reminders, Rhythm::None, None), vec![]),
        ];
        for (choices, expected) in table {
            let expected: Vec<_> = expected.into_iter().map(|(at, error)| (at.to_owned(), error)).collect();
            assert_eq!(choices.problems(), expected, "{choices:?}");
        }
    }

    #[test]
    fn choices_are_read_back_as_stored_and_none_is_an_empty_object() {
        let all = Choices {
            digest: digest(Category::Payments, Rhythm::Daily, Some("18:00")).digest,
            ..quiet("21:00", "08:00")
        };
        let json = serde_json::to_string(&all).unwrap();
        assert_eq!(
            json,
            r#"{"quiet_hours":{"from":"21:00","to":"08:00"},"digest":{"payments":{"every":"daily","at":"18:00"}}}"#
        );
        assert_eq!(serde_json::from_str::<Choices>(&json).unwrap(), all);
        assert_eq!(serde_json::from_str::<Choices>("{}").unwrap(), Choices::default());
        assert_eq!(all.rhythm(Category::Payments), Rhythm::Daily);
        assert_eq!(all.rhythm(Category::Messages), Rhythm::None);
        assert!(all.quiet().is_some());
    }
}
