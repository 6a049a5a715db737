//! `If-Match` and `ETag`: a change that holds only for what the caller has read (RFC 9110 §13.1.1).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::IF_MATCH;
use actix_web::{FromRequest, HttpRequest};

use crate::dto::problem::FieldProblem;
use crate::problem::ApiError;

/// The revisions that a request names; `None` where any will do.
pub(crate) struct IfMatch(pub(crate) Option<Vec<String>>);

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut revisions = Vec::new();
        let mut is_given = false;
        for value in request.headers().get_all(IF_MATCH) {
            is_given = true;
            match value.to_str().ok().and_then(read) {
                Some(named) if named.is_empty() => return ready(Ok(Self(None))),
                Some(named) => revisions.extend(named),
                None => {
                    let detail = "must be an ETag as GET answers it, in quotation marks";
                    let problem = FieldProblem::of_header("If-Match", detail);
                    return ready(Err(ApiError::input("invalid_if_match", vec![problem])));
                }
            }
        }
        ready(Ok(Self(is_given.then_some(revisions))))
    }
}

/// The revisions in one header; an empty list for `*`. Some proxies mark an `ETag` as weak when they compress what it stands for.
fn read(header: &str) -> Option<Vec<String>> {
    if header.trim() == "*" {
        return Some(Vec::new());
    }
    header
        .split(',')
        .map(|tag| {
            let tag = tag.trim();
            let opaque = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
            (!opaque.is_empty() && !opaque.contains('"')).then(|| opaque.to_owned())
        })
        .collect()
}

/// A revision as an `ETag`.
pub(crate) fn etag(revision: &str) -> String {
    format!("\"{revision}\"")
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn revisions_are_read_from_every_form_of_the_header_and_nothing_else_is_one() {
        let table: [(&str, Option<&[&str]>); 8] = [
            ("*", Some(&[])),
            ("\"a1\"", Some(&["a1"])),
            ("W/\"a1\"", Some(&["a1"])),
            ("\"a1\" , \"b2\"", Some(&["a1", "b2"])),
            ("a1", None),
            ("\"\"", None),
            ("", None),
            ("\"a1\",", None),
        ];
        for (header, expected) in table {
            let expected = expected.map(|all| all.iter().map(|&one| one.to_owned()).collect::<Vec<_>>());
            assert_eq!(read(header), expected, "{header}");
        }
    }
}
