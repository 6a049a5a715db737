//! How we say who we are.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::setup::SetupError;

/// How we say who we are.
#[derive(Debug, Clone)]
pub enum Authorization {
    /// `Authorization: Bearer …`.
    Bearer(SecretString),
    /// `Authorization: Basic …`.
    Basic {
        /// The account or the key's id.
        user: String,
        /// Its secret.
        password: SecretString,
    },
}

impl Authorization {
    /// The header's value, marked so that nothing prints it.
    pub(crate) fn header(&self) -> Result<HeaderValue, SetupError> {
        let text = match self {
            Self::Bearer(secret) if secret.expose_secret().trim().is_empty() => None,
            Self::Bearer(secret) => Some(format!("Bearer {}", secret.expose_secret())),
            // RFC 7617: a colon would end the user's name early.
            Self::Basic { user, password: _ } if user.trim().is_empty() || user.contains(':') => None,
            Self::Basic { user, password } => {
                Some(format!("Basic {}", STANDARD.encode(format!("{user}:{}", password.expose_secret()))))
            }
        };
        let mut value =
            text.and_then(|text| HeaderValue::from_str(&text).ok()).ok_or(SetupError::Credential)?;
        value.set_sensitive(true);
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_become_a_header_that_does_not_print() {
        let basic = Authorization::Basic { user: "AC1".to_owned(), password: "secret".into() };
        assert_eq!(basic.header().unwrap().to_str().unwrap(), "Basic QUMxOnNlY3JldA==");
        let bearer = Authorization::Bearer("SG.key".into());
        assert_eq!(bearer.header().unwrap().to_str().unwrap(), "Bearer SG.key");
        assert!(!format!("{bearer:?} {:?} {basic:?}", bearer.header()).contains("key"));
    }

    #[test]
    fn what_cannot_be_a_credential_is_refused_at_the_start() {
        for bad in ["", " ", "SG.key\n", "a\u{7f}"] {
            assert!(Authorization::Bearer(bad.into()).header().is_err(), "{bad:?}");
        }
        for user in ["", "A:C"] {
            let basic = Authorization::Basic { user: user.to_owned(), password: "x".into() };
            assert!(basic.header().is_err(), "{user:?}");
        }
    }
}
