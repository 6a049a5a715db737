//! The way in by HTTP, on the real store (SQLite), the real catalogue and the real vault. The clock stands still.

mod addresses;
mod appointments;
mod bad_requests;
mod bodies;
mod bulk;
mod choosing;
mod choosing_page;
mod colours;
mod credentials;
mod forged;
mod isolation;
mod limits;
mod logging;
mod mutations;
mod operations;
mod outage;
mod over_the_wire;
mod pages;
mod repeating;
mod routes;
mod specification;
mod unreadable;
mod webhooks;
mod world;
