//! One kind to many people at once.

use carillon_application::accept::Repeatable;
use carillon_application::addressees::Refused;
use carillon_application::notify_many::BulkReport;
use carillon_application::{Bulk, Refusal};
use carillon_domain::batch::RecipientRefusal;
use carillon_domain::{BatchId, Channel, MessageId, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dto::names::{ChannelName, RecipientRefusalName};
use crate::dto::reading::Reading;

/// One kind to many people. A recipient that is wrong is refused by itself, in the answer; the others hear.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "client.service_changed",
    "business_id": "salon-1",
    "recipients": [
        "client-77",
        {"id": "client-78", "name": "Marc Petit", "email": "marc@example.com", "data": {"previous": {"service": "Coupe"}}}
    ],
    "data": {"appointment": {"id": "apt-1", "starts_at": "2026-12-03T14:30:00+01:00", "service": "Coupe et brushing"}},
    "channels": ["email"],
    "rate_per_minute": 600
}))]
pub(crate) struct BulkBody {
    /// The kind; GET /v1/kinds lists them.
    #[schema(example = "client.service_changed")]
    kind: String,
    /// The business it comes from; left out for the platform's own kinds.
    #[schema(example = "salon-1")]
    business_id: Option<String>,
    /// Who hears it, each person once. The whole body must fit into 1 MiB.
    #[schema(value_type = Vec<BulkRecipient>, min_items = 1, max_items = 1000)]
    recipients: Vec<Value>,
    /// What the texts are made from, shared by all recipients; with each recipient's own data over it, it must fit the kind's schema.
    #[schema(value_type = Object, example = json!({"appointment": {"id": "apt-1", "starts_at": "2026-12-03T14:30:00+01:00"}}))]
    data: Value,
    /// The channels to use; left out, the kind and the business decide.
    #[schema(value_type = Option<Vec<ChannelName>>, example = json!(["email"]))]
    channels: Option<Vec<Channel>>,
    /// How many messages may leave a minute; left out or 0, as fast as it goes.
    #[schema(minimum = 0, maximum = 100_000, example = 600)]
    rate_per_minute: Option<u32>,
}

/// A recipient: the id of somebody who is known, or a person who comes with the request.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(
    dead_code,
    reason = "shows the specification what the use case reads itself, recipient by recipient"
)]
pub(crate) enum BulkRecipient {
    /// The platform's own id of somebody who is known.
    Id(String),
    /// A person: stored as by PUT.
    Person(BulkPerson),
}

/// A person who comes with a bulk request.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "shows the specification what the use case reads itself, recipient by recipient"
)]
pub(crate) struct BulkPerson {
    /// The platform's own id.
    #[schema(example = "client-78")]
    id: String,
    /// How the person is called; required for somebody who is not known yet.
    #[schema(example = "Marc Petit")]
    name: Option<String>,
    /// Where e-mail goes.
    #[schema(example = "marc@example.com")]
    email: Option<String>,
    /// Where text messages go, in international form.
    #[schema(example = "+33612345679")]
    phone: Option<String>,
    /// Language (BCP 47).
    #[schema(example = "fr")]
    locale: Option<String>,
    /// Time zone (IANA).
    #[schema(example = "Europe/Paris")]
    timezone: Option<String>,
    /// Data of this recipient alone: its members replace those of the same name in the shared `data`. Brings no people.
    #[schema(value_type = Option<Object>, example = json!({"previous": {"service": "Coupe"}}))]
    data: Option<Value>,
}

/// What came of a bulk request.
#[derive(Serialize, ToSchema)]
pub(crate) struct BulkAccepted {
    /// The batch: GET /v1/batches/{id} shows how far it has come.
    #[schema(value_type = String, example = "0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c40")]
    batch_id: BatchId,
    /// How many recipients were accepted.
    #[schema(example = 999)]
    accepted: usize,
    /// The recipients that were refused.
    refused: Vec<RefusedRecipient>,
    /// The messages that will leave, in the order of the recipients.
    #[schema(value_type = Vec<String>, example = json!(["0193f1c2-6b7e-7c1a-9c8e-3f2f0a1b2c41"]))]
    messages: Vec<MessageId>,
}

/// A recipient that was refused.
#[derive(Serialize, ToSchema)]
pub(crate) struct RefusedRecipient {
    /// Its place in `recipients`, from 0.
    #[schema(example = 17)]
    index: usize,
    /// Why.
    #[schema(value_type = RecipientRefusalName)]
    code: RecipientRefusal,
}

impl BulkBody {
    /// The command.
    pub(crate) fn bulk(self, repeatable: Option<Repeatable>) -> Result<Bulk, Refusal> {
        let mut reading = Reading::new("invalid_data");
        let kind = reading.field("/kind", &self.kind, str::parse);
        let business = reading.optional("/business_id", self.business_id.as_deref(), str::parse);
        let (recipients, data, channels) = (self.recipients, self.data, self.channels);
        let per_minute = self.rate_per_minute.unwrap_or_default();
        reading.finish(kind.map(|kind| Bulk {
            kind,
            business,
            recipients,
            data,
            channels,
            per_minute,
            repeatable,
        }))
    }
}

impl From<BulkReport> for BulkAccepted {
    fn from(report: BulkReport) -> Self {
        let refused = |Refused { index, code }| RefusedRecipient { index, code };
        Self {
            batch_id: report.batch_id,
            accepted: report.accepted,
            refused: report.refused.into_iter().map(refused).collect(),
            messages: report.messages,
        }
    }
}
