//! What holds for all businesses unless they say otherwise: language, zone, prices and caps.

use carillon_domain::Platform;
use carillon_domain::sms::{Price, PriceTable};

/// What holds for all businesses unless they say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// What the platform is called, and the language and zone of whatever has none of its own.
    pub platform: Platform,
    /// What a segment costs, by country.
    pub prices: PriceTable,
    /// How many notifications a person gets in an hour, by whatever channels; 0 is as many as there are.
    pub person_per_hour: u32,
    /// How many text messages a number gets in a day; 0 is as many as there are.
    pub phone_per_day: u32,
    /// What the text messages of an hour may cost, in the currency of the prices, before operators must look; `None` is whatever they cost.
    pub spend_per_hour: Option<Price>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            platform: Platform::default(),
            prices: PriceTable::default(),
            person_per_hour: 100,
            phone_per_day: 40,
            spend_per_hour: None,
        }
    }
}
