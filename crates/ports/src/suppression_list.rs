//! A provider's own list of addresses that it does not write to.

use async_trait::async_trait;
use carillon_domain::{Cause, EmailAddress};

use crate::provider::SendError;

/// A provider that keeps a list of its own.
#[async_trait]
pub trait SuppressionList: Send + Sync {
    /// The provider's name, as metrics and timelines show it.
    fn provider(&self) -> &'static str;

    /// Takes an address off the list on which it is for this cause. MUST answer `Ok` for an address that is on none.
    async fn lift(&self, address: &EmailAddress, cause: Cause) -> Result<(), SendError>;
}
