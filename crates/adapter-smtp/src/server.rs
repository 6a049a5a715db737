//! Where the relay is and how it is reached.

use std::net::IpAddr;

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::TlsParameters;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// Why the adapter cannot be built. The address holds a password, so it is never part of this.
#[derive(Debug, thiserror::Error)]
pub enum SmtpSetupError {
    /// Not an address of the two forms.
    #[error(
        "the SMTP address must be smtps://user:password@host or smtp://user:password@host:587?tls=required"
    )]
    Url,
    /// The user without the password, or bytes that are no text.
    #[error("the SMTP address must hold a user with a password, percent-encoded, or neither")]
    Credentials,
    /// Anyone on the way could read the password, and every e-mail.
    #[error("a password is not sent without TLS: write smtps:// or ?tls=required")]
    ClearText,
    /// The host's name cannot be verified.
    #[error("TLS could not be set up for the SMTP host")]
    Tls,
}

/// How the line is protected.
pub(crate) enum Protection {
    /// Not at all.
    Nothing,
    /// By STARTTLS, and never without: a server that does not offer it is not talked to.
    StartTls(TlsParameters),
    /// From the first byte.
    Tls(TlsParameters),
}

/// Where the relay is and how it is reached.
pub(crate) struct Server {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) protection: Protection,
    pub(crate) credentials: Option<Credentials>,
}

impl Server {
    pub(crate) fn parse(address: &SecretString) -> Result<Self, SmtpSetupError> {
        let url = Url::parse(address.expose_secret()).map_err(|_| SmtpSetupError::Url)?;
        let host = url.host_str().ok_or(SmtpSetupError::Url)?.trim_matches(['[', ']']).to_owned();
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SmtpSetupError::Url);
        }
        let tls = || TlsParameters::new(host.clone()).map_err(|_| SmtpSetupError::Tls);
        let (protection, usual_port) = match (url.scheme(), url.query()) {
            ("smtps", None) => (Protection::Tls(tls()?), 465),
            ("smtp", Some("tls=required")) => (Protection::StartTls(tls()?), 587),
            ("smtp", None) => (Protection::Nothing, 25),
            _ => return Err(SmtpSetupError::Url),
        };
        let credentials = credentials(&url)?;
        if credentials.is_some() && matches!(protection, Protection::Nothing) && !is_this_machine(&host) {
            return Err(SmtpSetupError::ClearText);
        }
        Ok(Self { port: url.port().unwrap_or(usual_port), host, protection, credentials })
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, SmtpSetupError> {
    let decode = |text: &str| {
        let text = percent_decode_str(text).decode_utf8().map_err(|_| SmtpSetupError::Credentials)?;
        Ok(text.into_owned())
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(SmtpSetupError::Credentials),
        (user, Some(password)) => Ok(Some(Credentials::new(decode(user)?, decode(password)?))),
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(address: &str) -> Result<Server, SmtpSetupError> {
        Server::parse(&address.into())
    }

    #[test]
    fn an_address_says_where_and_how() {
        let protection = |server: &Server| match server.protection {
            Protection::Nothing => "nothing",
            Protection::StartTls(_) => "starttls",
            Protection::Tls(_) => "tls",
        };
        let table = [
            ("smtps://user:p%40ss@mail.example", "tls", 465, true),
            ("smtp://user:pass@mail.example?tls=required", "starttls", 587, true),
            ("smtp://user:pass@mail.example:2587/?tls=required", "starttls", 2587, true),
            ("smtp://localhost:1025", "nothing", 1025, false),
            ("smtp://relay.internal", "nothing", 25, false),
            ("smtp://user:pass@127.0.0.1:1025", "nothing", 1025, true),
            ("smtp://user:pass@[::1]:1025", "nothing", 1025, true),
        ];
        for (address, how, port, has_credentials) in table {
            let server = parse(address).unwrap();
            let got = (protection(&server), server.port, server.credentials.is_some());
            assert_eq!(got, (how, port, has_credentials), "{address}");
        }
        let server = parse("smtps://us%3Aer:p%40ss%2B1@mail.example").unwrap();
        assert_eq!(server.credentials, Some(Credentials::new("us:er".to_owned(), "p@ss+1".to_owned())));
    }

    #[test]
    fn an_address_that_is_unsafe_or_unclear_is_refused_without_being_repeated() {
        for address in [
            "",
            "mail.example:25",
            "https://u:secret@mail.example",
            "smtp://u:secret@mail.example?tls=opportunistic",
            "smtps://u:secret@mail.example?tls=none",
            "smtp://u:secret@mail.example",
            "smtps://u@mail.example",
            "smtps://:secret@mail.example",
            "smtps://u:secret%ff@mail.example",
            "smtp://mail.example/path",
        ] {
            let error = parse(address).err().expect(address);
            assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
        }
    }
}
