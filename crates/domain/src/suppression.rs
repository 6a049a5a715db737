//! Why an address is suppressed, and which of two causes holds.

use serde::{Deserialize, Serialize};

use crate::channel::named;
use crate::reason::UnknownName;

/// Why nothing is sent to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The address does not exist: a message came back.
    Bounced,
    /// The address does not exist: a provider said so when it was given a message.
    Rejected,
    /// The address takes no messages at present.
    Undelivered,
    /// The person called a message spam.
    Complained,
    /// The person wants no more messages: STOP, or unsubscribed at the provider.
    Unsubscribed,
}
named!(Cause {
    Bounced => "bounced", Rejected => "rejected", Undelivered => "undelivered", Complained => "complained",
    Unsubscribed => "unsubscribed"
});

impl Cause {
    /// Whether the person said it, who alone takes it back.
    pub const fn is_said_by_person(self) -> bool {
        match self {
            Self::Complained | Self::Unsubscribed => true,
            Self::Bounced | Self::Rejected | Self::Undelivered => false,
        }
    }
}

/// A suppression as far as another one may take its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Against {
    /// Why.
    pub cause: Cause,
    /// Whether it ends by itself.
    pub rests: bool,
}

impl Against {
    /// Every one that there can be.
    pub fn all() -> impl Iterator<Item = Self> {
        Cause::ALL.iter().flat_map(|&cause| [false, true].map(|rests| Self { cause, rests }))
    }

    /// Whether a newer one takes its place. A rest gives way to whatever comes later. What a person said is kept until the person takes
    /// it back, also when the address turns out to be dead: otherwise lifting the bounce would lift the person's word with it.
    pub const fn gives_way_to(self, newer: Self) -> bool {
        self.rests || newer.weight() > self.weight()
    }

    const fn weight(self) -> u8 {
        if self.rests {
            return 0;
        }
        match self.cause {
            Cause::Bounced | Cause::Rejected | Cause::Undelivered => 1,
            Cause::Unsubscribed => 2,
            Cause::Complained => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn good(cause: Cause) -> Against {
        Against { cause, rests: false }
    }

    #[test]
    fn the_word_of_a_person_outlasts_what_is_found_out_and_a_rest_gives_way_to_all() {
        let rest = Against { cause: Cause::Undelivered, rests: true };
        for newer in Against::all() {
            assert!(rest.gives_way_to(newer), "{newer:?}");
        }
        for cause in [Cause::Bounced, Cause::Rejected, Cause::Undelivered] {
            for word in [Cause::Complained, Cause::Unsubscribed] {
                assert!(good(cause).gives_way_to(good(word)), "{cause} {word}");
                assert!(!good(word).gives_way_to(good(cause)), "{word} {cause}");
            }
            assert!(!good(cause).gives_way_to(rest) && !good(cause).gives_way_to(good(cause)));
        }
        assert!(good(Cause::Unsubscribed).gives_way_to(good(Cause::Complained)));
        assert!(!good(Cause::Complained).gives_way_to(good(Cause::Unsubscribed)));
    }

    #[test]
    fn names_can_be_read_back() {
        for cause in Cause::ALL {
            assert_eq!(cause.as_str().parse(), Ok(*cause));
        }
    }
}
