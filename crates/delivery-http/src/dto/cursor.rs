//! Cursors of lists in order of time: opaque to clients, who pass back what they got.

use carillon_domain::MessageId;
use chrono::DateTime;

use crate::query::Pairs;
use crate::world::TimeCursor;

/// As clients see it: milliseconds since 1970, then the id.
pub(crate) fn write(cursor: TimeCursor) -> String {
    format!("{}_{}", cursor.at.timestamp_millis(), MessageId(cursor.id))
}

/// The parameter `after`.
pub(crate) fn take(query: &mut Pairs) -> Option<TimeCursor> {
    query.take_as("after", |text| read(text).ok_or_else(not_ours))
}

fn read(text: &str) -> Option<TimeCursor> {
    let (millis, id) = text.split_once('_')?;
    let id: MessageId = id.parse().ok()?;
    Some(TimeCursor { at: DateTime::from_timestamp_millis(millis.parse().ok()?)?, id: id.0 })
}

/// What is wrong with a cursor that nobody was given.
pub(crate) fn not_ours() -> String {
    "must be the next of the page before".to_owned()
}
