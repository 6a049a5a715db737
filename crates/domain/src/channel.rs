//! How a message travels, how urgent it is, and what it is for.

use serde::{Deserialize, Serialize};

use crate::reason::UnknownName;

/// Names of an enum as clients and the database read them.
macro_rules! named {
    ($name:ident { $($variant:ident => $text:literal),+ $(,)? }) => {
        impl $name {
            /// Every one, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name as clients and the database read it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownName;
            fn from_str(text: &str) -> Result<Self, UnknownName> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(UnknownName { known: concat!($($text, " "),+) }),
                }
            }
        }
    };
}
pub(crate) use named;

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
    /// The person's in-app inbox.
    InApp,
}
named!(Channel { Email => "email", Sms => "sms", InApp => "in_app" });

/// How urgent a message is. The order is the order in which a queue serves them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// First in every queue, five tries.
    Critical,
    /// As soon as possible, three tries.
    Immediate,
    /// Later at a set time, then as IMMEDIATE.
    Scheduled,
    /// Many at once, rate-limited, after everything else.
    Bulk,
}
named!(Class { Critical => "critical", Immediate => "immediate", Scheduled => "scheduled", Bulk => "bulk" });

impl Class {
    /// How often a message is tried before it goes to the dead letters.
    pub const fn tries(self) -> u32 {
        match self {
            Self::Critical => 5,
            Self::Immediate | Self::Scheduled | Self::Bulk => 3,
        }
    }
}

/// What a message is for, in the sense of the ePrivacy directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A factual message about the person's own affair: needs no consent.
    Service,
    /// Needs consent, legal hours and an opt-out.
    Marketing,
}
named!(Purpose { Service => "service", Marketing => "marketing" });
