//! The frames of the protocol. Names and fields are the contract; nothing here decides anything.

use std::collections::BTreeMap;

use carillon_application::inbox::{InboxCounts, InboxItem};
use carillon_application::mailbox::{Action, Content};
use carillon_domain::{KindName, NotificationId};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize, Serializer};

/// What clients send. No `Debug`: it holds tokens.
#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Incoming {
    /// Who I am, and the last item I saw.
    Hello {
        token: String,
        #[serde(default)]
        cursor: Option<i64>,
    },
    /// I read these.
    Read { seqs: Vec<i64> },
    /// I saw the list up to here.
    Seen { seq: i64 },
    /// My next token.
    Renew { token: String },
    /// Are you there?
    Ping,
}

impl Incoming {
    /// Reads a frame; the error names what is wrong and repeats nothing of it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        serde_json::from_str(text).map_err(
            |_| "This is no frame of the protocol: hello, read, seen, renew or ping, with its fields.",
        )
    }
}

/// What clients hear.
#[derive(Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(crate) enum Outgoing {
    /// You are in. Items later than the cursor follow.
    Welcome {
        cursor: i64,
        #[serde(flatten)]
        counts: Counts,
    },
    /// An item.
    Notification { seq: i64, item: Item },
    /// How many there are.
    Counts(Counts),
    /// These were read elsewhere.
    Read { seqs: Vec<i64> },
    /// These were put away.
    Archived { seqs: Vec<i64> },
    /// Your next token holds.
    Renewed { expires_at: Timestamp },
    /// I am here.
    Pong,
    /// Your last frame did nothing.
    Error { code: &'static str, detail: &'static str },
}

impl Outgoing {
    /// As it travels.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// How many there are: the same as `GET /v1/inbox/counts` answers.
#[derive(Serialize)]
pub(crate) struct Counts {
    unread: i64,
    unseen: i64,
    total: i64,
    newest: i64,
}

/// An item: the same as `GET /v1/inbox` answers.
#[derive(Serialize)]
pub(crate) struct Item {
    seq: i64,
    id: NotificationId,
    kind: KindName,
    title: String,
    body: String,
    /// For the app; empty so far.
    data: BTreeMap<String, String>,
    created_at: Timestamp,
    read_at: Option<Timestamp>,
    actions: Vec<Button>,
}

/// What can be done.
#[derive(Serialize)]
struct Button {
    label: String,
    url: String,
}

/// A time in UTC with milliseconds.
pub(crate) struct Timestamp(DateTime<Utc>);

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl From<InboxCounts> for Counts {
    fn from(counts: InboxCounts) -> Self {
        let InboxCounts { unread, unseen, total, newest } = counts;
        Self { unread, unseen, total, newest }
    }
}

impl From<InboxItem> for Item {
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
            actions: action.into_iter().map(Button::from).collect(),
        }
    }
}

impl From<Action> for Button {
    fn from(action: Action) -> Self {
        Self { label: action.label, url: action.url }
    }
}
