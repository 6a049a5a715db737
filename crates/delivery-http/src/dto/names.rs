//! The closed sets of names, as the specification shows them. The values themselves are the domain's enums.

use std::borrow::Cow;

use carillon_domain::AppointmentStatus;
use carillon_domain::batch::RecipientRefusal;
use carillon_domain::choices::Rhythm;
use carillon_domain::circuit::State;
use carillon_domain::kind::Audience;
use carillon_domain::preference::Origin;
use carillon_domain::receipt::Said;
use carillon_domain::verdict::Rule;
use carillon_domain::{Actor, Category, Channel, Class, Purpose, Reason, Role, Status};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

macro_rules! names {
    ($($name:ident = $domain:ty: $doc:literal;)+) => {$(
        #[doc = $doc]
        pub(crate) struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let names = <$domain>::ALL.iter().map(|value| value.as_str());
                let object = ObjectBuilder::new().schema_type(Type::String).description(Some($doc));
                object.enum_values(Some(names)).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

names! {
    AppointmentStatusName = AppointmentStatus: "Where an appointment stands.";
    ChannelName = Channel: "How a message travels.";
    ClassName = Class: "How urgent it is, in the order in which queues serve it.";
    ProviderStateName = State: "Whether a provider is asked: `closed` freely, `half_open` one call at a time, the others not at all.";
    RuleName = Rule: "A rule between an event and a message, in the order in which they are asked.";
    PurposeName = Purpose: "`service` needs no consent, `marketing` does.";
    StatusName = Status: "Where a message stands.";
    ReasonName = Reason: "Why a message is not sent, or not yet.";
    RecipientRefusalName = RecipientRefusal: "Why a recipient of a bulk request was refused.";
    SaidName = Said: "What a provider says of a try. `machine_opened` is no open: a machine fetched the pictures.";
    ActorName = Actor: "What a person is to the platform.";
    RoleName = Role: "What a business user does.";
    AudienceName = Audience: "How a kind finds its recipients.";
    CategoryName = Category: "What a kind is about, as its readers see it.";
    OriginName = Origin: "Who says whether a channel is used: the kinds themselves, the business, or the person.";
    RhythmName = Rhythm: "How often what was gathered comes; `none` is at once.";
}
