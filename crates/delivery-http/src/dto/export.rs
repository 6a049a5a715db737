//! All that is held on a person (GDPR art. 15 and 20).

use carillon_application::recipients::Dossier;
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::consent::ConsentBody;
use crate::dto::inbox::InboxItemBody;
use crate::dto::notification::NotificationBody;
use crate::dto::recipient::RecipientBody;

/// All that is held on a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct Export {
    /// The person.
    recipient: RecipientBody,
    /// Every decision, oldest first.
    consents: Vec<ConsentBody>,
    /// Every notification with its texts, newest first.
    notifications: Vec<NotificationBody>,
    /// The in-app inbox, newest first.
    inbox: Vec<InboxItemBody>,
}

impl From<Dossier> for Export {
    fn from(dossier: Dossier) -> Self {
        Self {
            recipient: dossier.person.into(),
            consents: dossier.consents.into_iter().map(ConsentBody::from).collect(),
            notifications: dossier.notifications.into_iter().map(NotificationBody::from).collect(),
            inbox: dossier.inbox.into_iter().map(InboxItemBody::from).collect(),
        }
    }
}
