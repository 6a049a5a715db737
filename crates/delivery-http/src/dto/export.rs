//! All that is held on a person (GDPR art. 15 and 20).

use std::collections::BTreeMap;

use carillon_application::recipients::Dossier;
use carillon_domain::Category;
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::consent::ConsentBody;
use crate::dto::inbox::InboxItemBody;
use crate::dto::notification::NotificationBody;
use crate::dto::preference::{DigestBody, own_choices};
use crate::dto::recipient::RecipientBody;
use crate::dto::settings::QuietHoursBody;
use crate::dto::suppression::SuppressionBody;

/// All that is held on a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct Export {
    /// The person.
    recipient: RecipientBody,
    /// Hours in which nothing is to disturb the person; null for none.
    quiet_hours: Option<QuietHoursBody>,
    /// What comes gathered, by category.
    #[schema(value_type = BTreeMap<String, DigestBody>, example = json!({"messages": {"every": "daily", "at": "18:00"}}))]
    digest: BTreeMap<Category, DigestBody>,
    /// Every decision, oldest first.
    consents: Vec<ConsentBody>,
    /// Whether the decisions are as they were recorded: `intact`, or `broken at 3` when the third was changed, removed or put in.
    #[schema(example = "intact")]
    chain: String,
    /// Every notification with its texts, newest first.
    notifications: Vec<NotificationBody>,
    /// The in-app inbox, newest first.
    inbox: Vec<InboxItemBody>,
    /// What stands against the addresses, the oldest first.
    suppressions: Vec<SuppressionBody>,
}

impl From<Dossier> for Export {
    fn from(dossier: Dossier) -> Self {
        let (quiet_hours, digest) = own_choices(dossier.person.choices.clone());
        Self {
            recipient: dossier.person.into(),
            quiet_hours,
            digest,
            chain: dossier.chain.to_string(),
            consents: dossier.consents.into_iter().map(ConsentBody::from).collect(),
            notifications: dossier.notifications.into_iter().map(NotificationBody::from).collect(),
            inbox: dossier.inbox.into_iter().map(InboxItemBody::from).collect(),
            suppressions: dossier.suppressions.into_iter().map(SuppressionBody::from).collect(),
        }
    }
}
