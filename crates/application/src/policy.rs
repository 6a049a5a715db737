//! What holds for all businesses unless they say otherwise: prices and caps.

use carillon_domain::sms::PriceTable;

/// What holds for all businesses unless they say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// What a segment costs, by country.
    pub prices: PriceTable,
    /// How many messages a channel a person gets in an hour; 0 is as many as there are.
    pub person_per_hour: u32,
    /// How many text messages a number gets in a day; 0 is as many as there are.
    pub phone_per_day: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self { prices: PriceTable::default(), person_per_hour: 100, phone_per_day: 40 }
    }
}
