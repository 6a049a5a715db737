//! Identifiers: ours are time-ordered UUIDs, the platform's are opaque strings of 1 to 128 characters.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a text is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Empty, or longer than 128 characters.
    #[error("must have 1 to 128 characters")]
    Length,
    /// A control character, which would corrupt headers and logs.
    #[error("must not contain control characters")]
    ControlCharacter,
    /// Not a UUID where one of our own ids is meant.
    #[error("is not an id of this service (a UUID)")]
    NotUuid,
}

macro_rules! own_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::try_parse(text).map(Self).map_err(|_| IdError::NotUuid)
            }
        }
    };
}

own_id!(
    /// One accepted business event.
    EventId
);
own_id!(
    /// One kind for one recipient.
    NotificationId
);
own_id!(
    /// One channel of one notification: what is queued, tried, paid for and receipted.
    MessageId
);
own_id!(
    /// One bulk request.
    BatchId
);

macro_rules! platform_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text as the platform gave it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                check(&text)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::try_from(text.to_owned())
            }
        }
    };
}

platform_id!(
    /// A tenant, by the platform's own id.
    BusinessId
);
platform_id!(
    /// A person, by the platform's own id.
    PersonId
);
platform_id!(
    /// An appointment, by the platform's own id.
    AppointmentId
);
platform_id!(
    /// The name of a kind: `client.appointment_confirmed`.
    KindName
);

fn check(text: &str) -> Result<(), IdError> {
    let length = text.chars().take(129).count();
    if length == 0 || length > 128 {
        return Err(IdError::Length);
    }
    if text.chars().any(char::is_control) {
        return Err(IdError::ControlCharacter);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_id_has_1_to_128_characters_and_no_control_character() {
        assert_eq!("".parse::<BusinessId>(), Err(IdError::Length));
        assert_eq!("é".repeat(129).parse::<BusinessId>(), Err(IdError::Length));
        assert_eq!("a\r\nb".parse::<PersonId>(), Err(IdError::ControlCharacter));
        assert_eq!("é".repeat(128).parse::<PersonId>().unwrap().as_str().chars().count(), 128);
    }
}
