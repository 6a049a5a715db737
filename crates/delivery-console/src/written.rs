//! Times as a page writes them where no script makes them relative.

use chrono::{DateTime, SecondsFormat, Utc};

/// For the list.
pub(crate) fn short(at: DateTime<Utc>) -> String {
    at.format("%-d %b, %H:%M").to_string()
}

/// For an opened message.
pub(crate) fn long(at: DateTime<Utc>) -> String {
    at.format("%A, %-d %B %Y, %H:%M:%S UTC").to_string()
}

/// For the script.
pub(crate) fn exact(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
