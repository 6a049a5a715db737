//! The platform itself: what it is called, and the language and zone of whatever has none of its own.

use chrono_tz::Tz;

use crate::{Locale, Settings};

/// The platform itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// What it is called: the sender of what belongs to no business.
    pub name: String,
    /// The language of its admins and of new businesses, unless they say otherwise.
    pub locale: Locale,
    /// The zone of its admins and of new businesses, unless they say otherwise.
    pub timezone: Tz,
}

impl Default for Platform {
    fn default() -> Self {
        let Settings { locale, timezone, .. } = Settings::default();
        Self { name: "Carillon".to_owned(), locale, timezone }
    }
}

impl Platform {
    /// The settings of a business that has chosen nothing.
    pub fn settings(&self) -> Settings {
        Settings { locale: self.locale.clone(), timezone: self.timezone, ..Settings::default() }
    }
}
