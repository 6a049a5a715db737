//! Businesses.

use carillon_application::businesses;
use carillon_domain::{Business, BusinessId, Locale, Platform};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dto::object::Object;
use crate::dto::settings::{SettingsBody, optional_zone};
use crate::dto::warning::Warning;

/// A business, as PUT takes it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BusinessInput, example = json!({"name": "Salon Martin", "settings": {"locale": "fr", "timezone": "Europe/Paris"}}))]
pub(crate) struct BusinessInput {
    /// What it is called, as its clients know it.
    #[schema(example = "Salon Martin")]
    pub(crate) name: String,
    /// Its choices; left out, they stay as they are (or become the usual ones).
    #[schema(value_type = Option<SettingsBody>)]
    pub(crate) settings: Option<Object<SettingsBody>>,
    /// Its language (BCP 47), in place of that of the settings; the other settings stay.
    #[schema(value_type = Option<String>, example = "fr")]
    pub(crate) locale: Option<Locale>,
    /// Its time zone (IANA), in place of that of the settings; the other settings stay.
    #[serde(default, deserialize_with = "optional_zone")]
    #[schema(value_type = Option<String>, example = "Europe/Paris")]
    pub(crate) timezone: Option<Tz>,
}

impl BusinessInput {
    /// The business that is meant, on a platform whose language and zone are the usual ones.
    pub(crate) fn meant_on(self, platform: &Platform) -> businesses::BusinessInput {
        let Self { name, settings, locale, timezone } = self;
        let settings = settings.map(|settings| settings.0.meant_on(platform));
        businesses::BusinessInput { name, settings, locale, timezone }
    }
}

/// A business.
#[derive(Serialize, ToSchema)]
#[schema(as = Business)]
pub(crate) struct BusinessBody {
    /// The platform's own id.
    #[schema(value_type = String, example = "salon-1")]
    id: BusinessId,
    /// What it is called, as its clients know it.
    #[schema(example = "Salon Martin")]
    name: String,
    /// Its choices.
    settings: SettingsBody,
}

/// A business after a change.
#[derive(Serialize, ToSchema)]
pub(crate) struct BusinessChanged {
    /// The business as it is now.
    #[serde(flatten)]
    pub(crate) business: BusinessBody,
    /// What was reset because the settings left it out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) warnings: Vec<Warning>,
}

impl From<Business> for BusinessBody {
    fn from(business: Business) -> Self {
        Self { id: business.id, name: business.name, settings: business.settings.into() }
    }
}
