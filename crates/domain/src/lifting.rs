//! Who may lift what stands against an address.

use crate::reason::Reason;

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
    pub const fn may_lift(self, cause: Reason) -> bool {
        match self {
            Self::Owner => true,
            Self::Manager => !matches!(cause, Reason::Complained | Reason::Unsubscribed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_said_is_taken_back_by_the_person_alone() {
        for cause in [Reason::Complained, Reason::Unsubscribed] {
            assert!(Lifter::Owner.may_lift(cause) && !Lifter::Manager.may_lift(cause), "{cause}");
        }
        for cause in [Reason::Bounced, Reason::Rejected, Reason::Undelivered] {
            assert!(Lifter::Owner.may_lift(cause) && Lifter::Manager.may_lift(cause), "{cause}");
        }
    }
}
