//! Pages of lists.

use serde::Serialize;
use utoipa::ToSchema;

/// A page of a list.
#[derive(Serialize, ToSchema)]
#[schema(bound = "T: ToSchema")]
pub(crate) struct ListPage<T> {
    /// The items.
    pub(crate) items: Vec<T>,
    /// Pass it as `after` for the next page; null when this was the last one.
    #[schema(example = json!(null))]
    pub(crate) next: Option<String>,
}

impl<T> ListPage<T> {
    /// Everything there is.
    pub(crate) fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// A page that may have been cut at `limit`; the cursor is taken from its last item.
    pub(crate) fn cut(items: Vec<T>, limit: u32, cursor: impl FnOnce(&T) -> String) -> Self {
        let is_full = u32::try_from(items.len()).is_ok_and(|length| length >= limit);
        let next = items.last().filter(|_| is_full).map(cursor);
        Self { items, next }
    }
}
