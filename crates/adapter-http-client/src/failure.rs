//! No answer: certainly not sent, or in doubt?

use std::error::Error;
use std::io;

use carillon_ports::SendError;

/// Sorts a call that brought no answer.
///
/// | what happened | decision |
/// |---|---|
/// | no connection: refused, no such name, TLS, connect time-out | certainly not sent: another provider may be asked |
/// | a connection, then nothing until the deadline | in doubt: the provider may have it |
/// | a connection, then reset or closed | in doubt: whether the body had arrived cannot be told from here |
///
/// The error's own text is left out, because it holds the URL.
pub(crate) fn sort(error: &reqwest::Error) -> SendError {
    let cause = io_kind(error).map(|kind| format!(" ({kind})")).unwrap_or_default();
    if error.is_builder() {
        SendError::Unavailable("the request could not be built".to_owned())
    } else if error.is_dns() {
        SendError::Unavailable("the provider's name does not resolve".to_owned())
    } else if error.is_connect() && error.is_timeout() {
        SendError::Unavailable("no connection within the time-out".to_owned())
    } else if error.is_connect() {
        SendError::Unavailable(format!("no connection{cause}"))
    } else if error.is_timeout() {
        SendError::InDoubt("no answer within the time-out".to_owned())
    } else {
        SendError::InDoubt(format!("the connection was lost before an answer{cause}"))
    }
}

/// The operating system's name for it: a fixed set of words, so nothing personal can be in it.
fn io_kind(error: &reqwest::Error) -> Option<io::ErrorKind> {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        source = cause.source();
    }
    None
}
