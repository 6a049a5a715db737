//! People.

use carillon_application::Refusal;
use carillon_application::suppressions::Shown;
use carillon_domain::{
    Actor, BusinessId, Choices, Country, EmailAddress, Locale, Person, PersonId, PhoneNumber, Role, zone,
};
use chrono_tz::Tz;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dto::names::{ActorName, RoleName};
use crate::dto::reading::Reading;
use crate::dto::suppression::SuppressionBody;

/// A person, as PUT takes it. Replaces all that was known: what is left out is gone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "actor": "end_client",
    "business_id": "salon-1",
    "name": "Camille Martin",
    "email": "camille@example.com",
    "phone": "+33612345678",
    "locale": "fr",
    "timezone": "Europe/Paris"
}))]
pub(crate) struct RecipientInput {
    /// What the person is to the platform.
    #[schema(value_type = ActorName)]
    actor: Actor,
    /// What a business user does; for a `business_user` only, and there required.
    #[schema(value_type = Option<RoleName>)]
    role: Option<Role>,
    /// The business the person belongs to.
    #[schema(example = "salon-1")]
    business_id: Option<String>,
    /// How the person is called.
    #[schema(example = "Camille Martin")]
    name: String,
    /// Where e-mail goes.
    #[schema(example = "camille@example.com")]
    email: Option<String>,
    /// Where text messages go: in international form, or as it is dialled in the country of the business.
    #[schema(example = "+33612345678")]
    phone: Option<String>,
    /// Language (BCP 47); the business's where absent.
    #[schema(example = "fr")]
    locale: Option<String>,
    /// Time zone (IANA) for quiet hours, digests and legal hours; the business's where absent. Times are told by the clock of the place,
    /// which is named where this one differs.
    #[schema(example = "Europe/Paris")]
    timezone: Option<String>,
    /// As GET shows them; passed over.
    #[schema(ignore)]
    #[serde(default, rename = "suppressions")]
    _suppressions: IgnoredAny,
}

/// A person.
#[derive(Serialize, ToSchema)]
#[schema(as = Recipient)]
pub(crate) struct RecipientBody {
    /// The platform's own id.
    #[schema(value_type = String, example = "client-77")]
    id: PersonId,
    /// What the person is to the platform.
    #[schema(value_type = ActorName)]
    actor: Actor,
    /// What a business user does; null for the others.
    #[schema(value_type = Option<RoleName>)]
    role: Option<Role>,
    /// The business the person belongs to.
    #[schema(value_type = Option<String>, example = "salon-1")]
    business_id: Option<BusinessId>,
    /// How the person is called.
    #[schema(example = "Camille Martin")]
    name: String,
    /// Where e-mail goes.
    #[schema(example = "camille@example.com")]
    email: Option<String>,
    /// Where text messages go (E.164).
    #[schema(example = "+33612345678")]
    phone: Option<String>,
    /// Language (BCP 47); the business's where null.
    #[schema(value_type = Option<String>, example = "fr")]
    locale: Option<Locale>,
    /// Time zone (IANA); the business's where null.
    #[schema(value_type = Option<String>, example = "Europe/Paris")]
    timezone: Option<Tz>,
    /// What stands against the addresses; shown by GET, and passed over by PUT.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<Vec<SuppressionBody>>,
}

impl RecipientInput {
    /// The business in whose country a phone number is to be read that is not in international form.
    pub(crate) fn national(&self) -> Option<BusinessId> {
        self.phone.as_deref().filter(|phone| PhoneNumber::parse(phone).is_err())?;
        self.business_id.as_deref()?.parse().ok()
    }

    /// The person; every field that cannot be read is named.
    pub(crate) fn person(self, id: PersonId, country: Option<Country>) -> Result<Person, Refusal> {
        let mut reading = Reading::new("invalid_recipient");
        let person = Person {
            id,
            actor: self.actor,
            role: self.role,
            business: reading.optional("/business_id", self.business_id.as_deref(), str::parse),
            name: self.name,
            email: reading.optional("/email", self.email.as_deref(), EmailAddress::parse),
            phone: reading
                .optional("/phone", self.phone.as_deref(), |text| PhoneNumber::parse_in(text, country)),
            locale: reading.optional("/locale", self.locale.as_deref(), str::parse),
            timezone: reading.optional("/timezone", self.timezone.as_deref(), zone::read),
            choices: Choices::default(),
        };
        reading.finish(Some(person))
    }
}

impl From<Person> for RecipientBody {
    /// In clear: whoever gets here may see it.
    fn from(person: Person) -> Self {
        Self {
            id: person.id,
            actor: person.actor,
            role: person.role,
            business_id: person.business,
            name: person.name,
            email: person.email.map(|email| email.expose_readable()),
            phone: person.phone.map(|phone| phone.expose().to_owned()),
            locale: person.locale,
            timezone: person.timezone,
            suppressions: None,
        }
    }
}

impl RecipientBody {
    /// The same, with what stands against the addresses.
    pub(crate) fn with_suppressions(self, shown: Vec<Shown>) -> Self {
        Self { suppressions: Some(shown.into_iter().map(SuppressionBody::from).collect()), ..self }
    }
}
