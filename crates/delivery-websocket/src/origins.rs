//! Which pages may connect. A browser says where a page came from; what is no browser says nothing, and needs the token anyway.

use actix_web::http::header::{HeaderMap, ORIGIN};
use url::Url;

/// Why a text is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no origin: it must be scheme, host and port alone, such as https://app.example.com")]
pub struct OriginError(pub String);

/// The origins that may connect, exactly.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowedOrigins(Vec<String>);

impl AllowedOrigins {
    /// Reads origins separated by commas.
    pub fn parse(list: &str) -> Result<Self, OriginError> {
        let origins = list.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        origins
            .map(|text| exact(text).ok_or_else(|| OriginError(text.to_owned())))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The origin of the page at this address alone.
    pub fn of_page(address: &str) -> Result<Self, OriginError> {
        let origin = Url::parse(address).ok().and_then(|url| written(&url));
        origin.map(|origin| Self(vec![origin])).ok_or_else(|| OriginError(address.to_owned()))
    }

    /// Whether whoever sent these headers may connect. `null`, which any sandboxed page can have, is in no list.
    pub(crate) fn allow(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(ORIGIN);
        match (origins.next(), origins.next()) {
            (None, _) => true,
            (Some(origin), None) => self.0.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes()),
            (Some(_), Some(_)) => false,
        }
    }
}

/// An origin as browsers write it: in small letters, without the port that the scheme implies.
fn exact(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let nothing_more = url.username().is_empty()
        && url.password().is_none()
        && matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none();
    written(&url).filter(|_| nothing_more)
}

fn written(url: &Url) -> Option<String> {
    let host = url.host_str().filter(|host| !host.is_empty())?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Some(format!("{}://{host}{port}", url.scheme()))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        let table = [
            ("https://app.example.com", Some("https://app.example.com")),
            ("HTTPS://App.Example.com:443/", Some("https://app.example.com")),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("http://[::1]:8080", Some("http://[::1]:8080")),
            ("capacitor://localhost", Some("capacitor://localhost")),
            ("https://app.example.com/path", None),
            ("https://somebody@app.example.com", None),
            ("https://app.example.com?query", None),
            ("app.example.com", None),
            ("null", None),
            ("*", None),
        ];
        for (text, expected) in table {
            assert_eq!(exact(text).as_deref(), expected, "{text}");
        }
        let page = AllowedOrigins::of_page("https://carillon.example.com/base/").unwrap();
        assert_eq!(page, AllowedOrigins::parse("https://carillon.example.com").unwrap());
        assert!(AllowedOrigins::parse("https://a.example, null").is_err());
    }

    #[test]
    fn only_an_exact_origin_may_connect_or_none_at_all() {
        let allowed = AllowedOrigins::parse("https://app.example.com, http://localhost:3000").unwrap();
        let table: [(&[&str], bool); 9] = [
            (&[], true),
            (&["https://app.example.com"], true),
            (&["http://localhost:3000"], true),
            (&["null"], false),
            (&["http://app.example.com"], false),
            (&["https://app.example.com:8443"], false),
            (&["https://app.example.com.evil.example"], false),
            (&["https://APP.example.com"], false),
            (&["https://app.example.com", "https://app.example.com"], false),
        ];
        for (origins, expected) in table {
            let mut headers = HeaderMap::new();
            for origin in origins {
                headers.append(ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(allowed.allow(&headers), expected, "{origins:?}");
        }
    }
}
