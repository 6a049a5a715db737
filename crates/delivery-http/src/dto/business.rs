//! Businesses.

use carillon_domain::{Business, BusinessId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::dto::object::Object;
use crate::dto::settings::SettingsBody;
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
    /// Its language (BCP 47), where the settings do not say one.
    #[serde(default, rename = "locale")]
    #[schema(example = "fr")]
    _locale: Option<String>,
    /// Its time zone (IANA), where the settings do not say one.
    #[serde(default, rename = "timezone")]
    #[schema(example = "Europe/Paris")]
    _timezone: Option<String>,
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
