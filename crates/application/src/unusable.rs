//! Messages for addresses that nothing can be sent to.

use carillon_domain::{Message, Notification, Reason, Status};

use crate::inline::Unusable;

/// Leaves out what would go to an address that nothing can be sent to. What is left out anyway keeps its own reason, unless that is the
/// missing address.
pub(crate) fn leave_out(unusable: &[Unusable], notifications: &[Notification], messages: &mut [Message]) {
    for message in messages {
        let recipient = notifications.iter().find(|one| one.id == message.notification);
        let is_unusable = unusable.iter().any(|unusable| {
            unusable.channel == message.channel
                && recipient.is_some_and(|notification| notification.recipient == unusable.person)
        });
        let would_leave = message.status != Status::Suppressed || message.reason == Some(Reason::NoAddress);
        if is_unusable && would_leave {
            *message = message.clone().suppressed(Reason::InvalidAddress);
        }
    }
}
