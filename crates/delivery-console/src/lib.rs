//! The console: pages of the running service for the eye of a developer. So far the development mailbox, `/console/mailbox`,
//! with what would have left as e-mail or SMS.
//!
//! Architecture invariant: what messages say is hostile until shown otherwise. It reaches a page escaped by askama or as
//! `textContent`; an e-mail's HTML is served alone, sandboxed by its own Content-Security-Policy whether framed or not, and its
//! files are downloads. The page holds no inline script, and works without scripts. Everything here is personal: nothing is logged or
//! cached, and the server mounts it in development only, or behind a guard of its own.
//!
//! To add a page: a module with its handler and template struct, a file in `templates/`, a line in [`configure`].

mod asked;
mod assets;
mod attached;
mod clear;
mod frame;
mod headers;
mod linked;
mod live;
mod mailbox;
mod opened;
mod row;
mod sms;
mod source;
mod written;

use std::sync::Arc;

use actix_web::web::{self, ServiceConfig};
use carillon_application::mailbox::Letterbox;

/// Mounts the console at `/console`, reading from this mailbox.
pub fn configure(cfg: &mut ServiceConfig, mailbox: Arc<dyn Letterbox>) {
    let console = web::scope("/console")
        .wrap(headers::secured())
        .app_data(web::Data::from(mailbox))
        .service(web::resource(["", "/"]).get(mailbox::redirect))
        .service(web::resource("/mailbox").get(mailbox::show))
        .service(web::resource("/mailbox/events").get(live::events))
        .service(web::resource("/mailbox/clear").post(clear::clear))
        .service(web::resource("/mailbox/{seq}/html").get(frame::show))
        .service(web::resource("/mailbox/{seq}/attachments/{number}").get(attached::download))
        .service(web::resource("/assets/{name}").get(assets::show))
        .default_service(web::to(mailbox::no_such_page));
    cfg.service(console);
}
