//! A person's in-app notifications.

use std::collections::BTreeMap;

use carillon_domain::{KindName, NotificationId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::dto::notification::ActionBody;
use crate::dto::timestamp::Timestamp;
use crate::world::{Content, InboxCounts, InboxItem};

/// An item of the inbox.
#[derive(Serialize, ToSchema)]
#[schema(as = InboxItem)]
pub(crate) struct InboxItemBody {
    /// Its place in the person's inbox: rises by one, without gaps.
    #[schema(example = 131)]
    pub(crate) seq: i64,
    /// The notification it shows.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c3e")]
    id: NotificationId,
    /// Its kind.
    #[schema(value_type = String, example = "client.appointment_confirmed")]
    kind: KindName,
    /// One line.
    #[schema(example = "Rendez-vous confirmé")]
    title: String,
    /// A sentence or two.
    #[schema(example = "Coupe, jeudi 3 décembre à 14:30.")]
    body: String,
    /// For the app; empty so far.
    #[schema(value_type = Object, example = json!({}))]
    data: BTreeMap<String, String>,
    /// When it arrived.
    created_at: Timestamp,
    /// When it was read; null until then.
    read_at: Option<Timestamp>,
    /// What can be done.
    actions: Vec<ActionBody>,
}

/// How many there are.
#[derive(Serialize, ToSchema)]
#[schema(as = InboxCounts)]
pub(crate) struct InboxCountsBody {
    /// Neither read nor archived.
    #[schema(example = 4)]
    unread: i64,
    /// Of those, how many are newer than what the person has seen.
    #[schema(example = 2)]
    unseen: i64,
    /// Not archived.
    #[schema(example = 12)]
    total: i64,
    /// The newest `seq`; 0 when nothing ever arrived.
    #[schema(example = 131)]
    newest: i64,
}

/// What reading everything did.
#[derive(Serialize, ToSchema)]
pub(crate) struct AllRead {
    /// How many were marked.
    #[schema(example = 4)]
    pub(crate) read: usize,
}

impl From<InboxItem> for InboxItemBody {
    fn from(item: InboxItem) -> Self {
        let (title, body, action) = match item.content {
            Content::InApp { title, body, action } => (title, body, action),
            // Only in-app texts are filed; any other is shown as far as it goes.
            Content::Email { subject, text, .. } => (subject, text, None),
            Content::Sms { text } => (String::new(), text, None),
        };
        Self {
            seq: item.seq,
            id: item.notification,
            kind: item.kind,
            title,
            body,
            data: BTreeMap::new(),
            created_at: item.created_at.into(),
            read_at: item.read_at.map(Timestamp),
            actions: action.into_iter().map(ActionBody::from).collect(),
        }
    }
}

impl From<InboxCounts> for InboxCountsBody {
    fn from(counts: InboxCounts) -> Self {
        Self { unread: counts.unread, unseen: counts.unseen, total: counts.total, newest: counts.newest }
    }
}
