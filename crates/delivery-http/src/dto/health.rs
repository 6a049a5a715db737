//! Health.

use serde::Serialize;
use utoipa::ToSchema;

/// How the service is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`; a problem is answered as one.
    #[schema(example = "ok")]
    pub(crate) status: &'static str,
}
