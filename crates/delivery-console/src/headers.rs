//! What each answer tells the browser not to do.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::middleware::DefaultHeaders;

/// For the pages: own files only, no inline script or style, never framed.
const PAGES: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                     frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// For an e-mail's HTML: an origin of its own without scripts or forms. Its links open new windows, and those are free of the
/// sandbox. It holds where the address is opened outside the frame, too.
pub(crate) const LETTER: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; \
                                 img-src data: https:; font-src data: https:; form-action 'none'; base-uri 'none'; \
                                 frame-ancestors 'self'";

/// The headers that an answer has unless it set its own.
pub(crate) fn secured() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((CONTENT_SECURITY_POLICY, PAGES))
        .add((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // `no-referrer` would make browsers post the clear form with `Origin: null`.
        .add((REFERRER_POLICY, "same-origin"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Cross-Origin-Resource-Policy", "same-origin"))
        .add((CACHE_CONTROL, "no-store"))
}
