//! The WebSocket protocol, over real connections to a real server, with a clock that is set by hand.

mod endings;
mod feed;
mod following;
mod moody;
mod opening;
mod slow;
mod tabs;
mod world;
