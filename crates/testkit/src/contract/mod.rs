//! One suite a port: what its documentation says an adapter MUST do, as functions that run on the fake and on the real adapter.

pub mod limits;
pub mod live;
pub mod ready;
pub mod store;
pub mod vault;
