//! Who asks.

use std::future::{Ready, ready};
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, ResponseError};
use carillon_application::Refusal;
use carillon_application::tokens::{Claims, ReadTokens as _};
use carillon_domain::Principal;
use tokio::time::Instant;

use crate::Api;
use crate::deadline::{LONGEST_CHANGE, LONGEST_WAIT, within};
use crate::problem::ApiError;

/// How an API key begins; whatever else is sent can only be a user token.
const KEY_PREFIX: &str = "ck_live_";

/// Who asks, and how much longer the database may take.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    principal: Principal,
    left: Duration,
}

impl Caller {
    /// Who asks.
    pub(crate) fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The answer of a use case, within what is left of the request's time.
    pub(crate) async fn within<T>(
        &self,
        work: impl Future<Output = Result<T, Refusal>>,
    ) -> Result<T, ApiError> {
        // Boxed: a use case is large, and each layer above it, down to the connection, would be as large and be moved about.
        within(self.left, Box::pin(work)).await
    }

    /// The same for a change of everything that a business has planned, which may take longer.
    pub(crate) async fn patiently<T>(
        &self,
        work: impl Future<Output = Result<T, Refusal>>,
    ) -> Result<T, ApiError> {
        within(LONGEST_CHANGE, work).await
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    /// The caller that [`authenticate`] found. A route without it is nobody's.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or_else(ApiError::unauthorized))
    }
}

/// Lets only those through whose credential holds. Runs before anything of the body is read.
pub(crate) async fn authenticate(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let found = match request.app_data::<Data<Api>>() {
        Some(api) => caller(api, request.headers()).await,
        None => Err(ApiError::internal()),
    };
    match found {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.call(request).await
        }
        Err(error) => Ok(request.into_response(error.error_response())),
    }
}

/// Whose credential these headers hold.
pub(crate) async fn caller(api: &Api, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let credential = bearer(headers).ok_or_else(ApiError::unauthorized)?;
    let started = Instant::now();
    let principal = if credential.starts_with(KEY_PREFIX) {
        within(LONGEST_WAIT, api.keys.check(credential)).await?
    } else {
        api.seal.read(credential, api.ports.clock.now()).map(Claims::principal)
    };
    let principal = principal.ok_or_else(ApiError::unauthorized)?;
    if let Some(wait) = api.limits.count(&principal).await {
        return Err(ApiError::too_many(wait));
    }
    Ok(Caller { principal, left: LONGEST_WAIT.saturating_sub(started.elapsed()) })
}

/// The one bearer credential of a request (RFC 6750 §2.1; the scheme's name is in any case).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(AUTHORIZATION);
    let (one, None) = (all.next()?, all.next()) else { return None };
    let (scheme, credential) = one.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| credential.trim())
}
