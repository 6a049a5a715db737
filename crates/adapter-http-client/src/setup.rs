//! What can be wrong before the first call.

use reqwest::Url;

/// Why an adapter cannot be built. Said at the start, with what to mend; secrets are never part of it.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Not an `http` or `https` address.
    #[error("the base URL must start with https:// (or http://) and hold no query, fragment or credentials")]
    BaseUrl,
    /// Empty, or with characters that no header can carry.
    #[error("the credential is empty or holds characters that no header can carry")]
    Credential,
    /// TLS could not be set up: as a rule the machine has no CA certificates.
    #[error("the HTTPS client could not be built; are the system's CA certificates installed? ({0})")]
    Tls(String),
}

/// The address of one endpoint below a provider's base URL.
pub(crate) fn endpoint(base_url: &str, path: &str) -> Result<Url, SetupError> {
    let base = base(base_url, path)?;
    Url::parse(&format!("{}{path}", base.as_str().trim_end_matches('/'))).map_err(|_| SetupError::BaseUrl)
}

/// A provider's base URL, without what it repeats of the endpoint's path: people copy `https://api.sendgrid.com/v3` from examples.
pub(crate) fn base(base_url: &str, path: &str) -> Result<Url, SetupError> {
    let mut base = Url::parse(base_url.trim()).map_err(|_| SetupError::BaseUrl)?;
    let is_web = matches!(base.scheme(), "http" | "https") && base.has_host();
    let is_bare = base.query().is_none()
        && base.fragment().is_none()
        && base.username().is_empty()
        && base.password().is_none();
    if !(is_web && is_bare) {
        return Err(SetupError::BaseUrl);
    }
    let given = base.path().trim_end_matches('/');
    let repeats = !given.is_empty()
        && path.strip_prefix(given).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if repeats {
        base.set_path("");
    }
    Ok(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_stands_below_its_base() {
        for (base, expected) in [
            ("https://api.sendgrid.com", "https://api.sendgrid.com/v3/mail/send"),
            ("https://api.sendgrid.com/", "https://api.sendgrid.com/v3/mail/send"),
            ("https://api.sendgrid.com/v3", "https://api.sendgrid.com/v3/mail/send"),
            ("https://api.sendgrid.com/v3/mail/send/", "https://api.sendgrid.com/v3/mail/send"),
            (" https://api.sendgrid.com\n", "https://api.sendgrid.com/v3/mail/send"),
            ("https://proxy.example/v3x", "https://proxy.example/v3x/v3/mail/send"),
            ("http://127.0.0.1:4010/twilio/", "http://127.0.0.1:4010/twilio/v3/mail/send"),
        ] {
            assert_eq!(endpoint(base, "/v3/mail/send").unwrap().as_str(), expected);
        }
        for bad in [
            "",
            "api.sendgrid.com",
            "ftp://x",
            "https://u:p@x",
            "https://x/?a=b",
            "https://x/#f",
            "file:///x",
        ] {
            assert!(endpoint(bad, "/v3").is_err(), "{bad:?}");
        }
    }
}
