//! Requests of providers, byte for byte: what is signed must reach whoever verifies it as it came.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use carillon_application::receive::Callback;
use futures_util::future::LocalBoxFuture;

use crate::body;
use crate::problem::ApiError;

/// The longest body, in bytes: more than twice what SendGrid sends at once (768 KB), and not worth a signature's check beyond.
const LONGEST: usize = 2 * 1_048_576;

/// A request of a provider, not verified yet.
pub(crate) struct Called(pub(crate) Callback);

impl FromRequest for Called {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = body::bytes(request.headers(), payload, LONGEST).await?;
            let target = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
            // A value that is no text cannot be one that we look for.
            let headers = request
                .headers()
                .iter()
                .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
                .collect();
            Ok(Self(Callback { target, headers, body }))
        })
    }
}
