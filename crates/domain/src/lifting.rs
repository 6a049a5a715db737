//! Who may lift what stands against an address.

use crate::suppression::Cause;

/// Who asks for an address to be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifter {
    /// The person whose address it is.
    Owner,
    /// A business, or the platform, that may manage the person.
    Manager,
}

impl Lifter {
    /// Whether a cause may be lifted by this caller. A bounce says something of the address, and the manager of the person may know
    /// better; a complaint or a stop is the person's word, and only the person takes it back.
    pub const fn may_lift(self, cause: Cause) -> bool {
        match self {
            Self::Owner => true,
            Self::Manager => !cause.is_said_by_person(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_said_is_taken_back_by_the_person_alone() {
        for cause in [Cause::Complained, Cause::Unsubscribed] {
            assert!(Lifter::Owner.may_lift(cause) && !Lifter::Manager.may_lift(cause), "{cause}");
        }
        for cause in [Cause::Bounced, Cause::Rejected, Cause::Undelivered] {
            assert!(Lifter::Owner.may_lift(cause) && Lifter::Manager.may_lift(cause), "{cause}");
        }
    }
}
