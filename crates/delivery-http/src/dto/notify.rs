//! One kind to one recipient, asked for by hand.

use std::collections::BTreeMap;

use carillon_application::accept::Repeatable;
use carillon_application::notify::To;
use carillon_application::subject::parse_time;
use carillon_application::{Notify, Refusal};
use carillon_domain::{Actor, Channel, Role, Value};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::dto::names::{ActorName, ChannelName, RoleName};
use crate::dto::object::Object;
use crate::dto::reading::Reading;

/// One kind to one recipient. Exactly one of `recipient_id` and `recipient` says who.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "client.service_changed",
    "business_id": "salon-1",
    "recipient_id": "client-77",
    "data": {"appointment": {"id": "apt-1", "starts_at": "2026-12-03T14:30:00+01:00", "service": "Coupe"}}
}))]
pub(crate) struct NotifyBody {
    /// The kind; GET /v1/kinds lists them.
    #[schema(example = "client.service_changed")]
    kind: String,
    /// The business it comes from; left out for the platform's own kinds.
    #[schema(example = "salon-1")]
    business_id: Option<String>,
    /// Somebody who is known.
    #[schema(example = "client-77")]
    recipient_id: Option<String>,
    /// Somebody who comes with the request: stored as by PUT.
    #[schema(value_type = Option<InlinePerson>)]
    recipient: Option<Object<InlinePerson>>,
    /// What the text is made from, as the kind's schema asks.
    #[schema(value_type = Object, example = json!({"appointment": {"id": "apt-1", "starts_at": "2026-12-03T14:30:00+01:00"}}))]
    data: Value,
    /// The channels to use; left out, the kind and the business decide.
    #[schema(value_type = Option<Vec<ChannelName>>, example = json!(["email"]))]
    channels: Option<Vec<Channel>>,
    /// When it leaves (RFC 3339 with offset), at most 400 days ahead; at once where absent.
    #[schema(format = DateTime, example = "2026-12-02T09:00:00+01:00")]
    send_at: Option<String>,
}

/// A person who comes with a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InlinePerson {
    /// The platform's own id.
    #[schema(example = "client-77")]
    id: String,
    /// How the person is called; required for somebody who is not known yet.
    #[schema(example = "Camille Martin")]
    name: Option<String>,
    /// Where e-mail goes.
    #[schema(example = "camille@example.com")]
    email: Option<String>,
    /// Where text messages go, in international form.
    #[schema(example = "+33612345678")]
    phone: Option<String>,
    /// Language (BCP 47).
    #[schema(example = "fr")]
    locale: Option<String>,
    /// Time zone (IANA).
    #[schema(example = "Europe/Paris")]
    timezone: Option<String>,
    /// What the person is to the platform: what the kind is for.
    #[schema(value_type = Option<ActorName>)]
    actor: Option<Actor>,
    /// What a business user does there.
    #[schema(value_type = Option<RoleName>)]
    role: Option<Role>,
}

impl NotifyBody {
    /// The command.
    pub(crate) fn notify(self, repeatable: Option<Repeatable>) -> Result<Notify, Refusal> {
        let mut reading = Reading::new("invalid_data");
        let kind = reading.field("/kind", &self.kind, str::parse);
        let business = reading.optional("/business_id", self.business_id.as_deref(), str::parse);
        let send_at = reading.optional("/send_at", self.send_at.as_deref(), parse_time);
        let to = match (self.recipient_id.filter(|id| !id.is_empty()), self.recipient) {
            (Some(id), None) => reading.field("/recipient_id", &id, |id| id.parse().map(To::Known)),
            (None, Some(person)) => Some(To::Inline(person.0.block())),
            (Some(_), Some(_)) | (None, None) => {
                reading.problem("/recipient_id", "give either recipient_id or recipient");
                None
            }
        };
        let (data, channels) = (self.data, self.channels);
        reading.finish(kind.zip(to).map(|(kind, to)| Notify {
            kind,
            business,
            to,
            data,
            channels,
            send_at,
            repeatable,
        }))
    }
}

impl InlinePerson {
    fn block(self) -> Value {
        let fields = [
            ("id", Some(self.id)),
            ("name", self.name),
            ("email", self.email),
            ("phone", self.phone),
            ("locale", self.locale),
            ("timezone", self.timezone),
            ("actor", self.actor.map(|actor| actor.to_string())),
            ("role", self.role.map(|role| role.to_string())),
        ];
        let given = fields.into_iter().filter_map(|(name, text)| Some((name.to_owned(), Value::Text(text?))));
        Value::Map(given.collect::<BTreeMap<_, _>>())
    }
}
