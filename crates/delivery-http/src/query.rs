//! What stands after the question mark: known names only, each once.

use std::fmt::Display;
use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::body::BoxBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpRequest, ResponseError};
use percent_encoding::percent_decode_str;

use crate::dto::problem::FieldProblem;
use crate::problem::ApiError;

/// The parameters of a search.
pub(crate) struct Query<T>(pub(crate) T);

/// Parameters that a route takes.
pub(crate) trait FromQuery {
    /// Takes what it knows; whatever is left over is refused.
    fn read(query: &mut Pairs) -> Self;
}

/// Names and values as sent, and what is wrong with them.
pub(crate) struct Pairs {
    pairs: Vec<(String, String)>,
    problems: Vec<FieldProblem>,
}

/// Names and values of a query, or of a form, which is written the same way.
pub(crate) fn pairs(text: &str) -> Result<Vec<(String, String)>, ApiError> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((decode(name)?, decode(value)?))
    });
    pairs.collect()
}

impl Pairs {
    fn decode(query: &str) -> Result<Self, ApiError> {
        Ok(Self { pairs: pairs(query)?, problems: Vec::new() })
    }

    /// Takes a value, read by its type; a problem is kept for the answer.
    pub(crate) fn take<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        self.take_as(name, |text| text.parse::<T>().map_err(|error| error.to_string()))
    }

    /// Takes a value, read by a function.
    pub(crate) fn take_as<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let place = self.pairs.iter().position(|(given, _)| given == name)?;
        let (_, text) = self.pairs.remove(place);
        read(&text).map_err(|detail| self.problems.push(FieldProblem::of_parameter(name, &detail))).ok()
    }

    /// Refuses what is wrong, and names that nobody took: unknown ones, and those given twice.
    fn finish(mut self) -> Result<(), ApiError> {
        for (name, _) in self.pairs {
            self.problems.push(FieldProblem::of_parameter(&name, "is not known here, or is given twice"));
        }
        if self.problems.is_empty() {
            return Ok(());
        }
        Err(ApiError::input("invalid_query", self.problems))
    }
}

impl<T: FromQuery> FromRequest for Query<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Pairs::decode(request.query_string()).and_then(|mut pairs| {
            let query = T::read(&mut pairs);
            pairs.finish().map(|()| Self(query))
        }))
    }
}

/// Refuses any parameter, where a route takes none.
pub(crate) async fn refuse_query(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match Pairs::decode(request.query_string()).and_then(Pairs::finish) {
        Ok(()) => next.call(request).await,
        Err(error) => Ok(request.into_response(error.error_response())),
    }
}

/// A plus sign is a space here (application/x-www-form-urlencoded).
fn decode(text: &str) -> Result<String, ApiError> {
    let spaced = text.replace('+', " ");
    let text = percent_decode_str(&spaced).decode_utf8();
    text.map(String::from).map_err(|_| ApiError::unreadable("malformed_query", "The query is not UTF-8."))
}
