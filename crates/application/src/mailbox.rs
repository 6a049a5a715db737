//! The development mailbox, for the console to show: nothing is decided about it, so its port is all there is.

pub use carillon_ports::content::{Action, Content};
pub use carillon_ports::email::Attachment;
pub use carillon_ports::mailbox::{Letter, Letterbox};
pub use carillon_ports::provider::Try;
