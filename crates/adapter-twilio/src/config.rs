//! How to reach an account.

use carillon_provider_http::{Limits, SetupError};
use secrecy::SecretString;
use url::Url;

/// Twilio's address.
pub const BASE_URL: &str = "https://api.twilio.com";

/// Who a text message is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmsOrigin {
    /// A number in E.164 form, a short code, or an alphanumeric sender id.
    From(String),
    /// A Messaging Service (`MG…`), which chooses the number.
    MessagingService(String),
}

impl SmsOrigin {
    /// Whether people can answer to it: a number or a short code, and the numbers of a Messaging Service; a name cannot receive.
    pub fn receives_replies(&self) -> bool {
        match self {
            Self::From(sender) => {
                let digits = sender.strip_prefix('+').unwrap_or(sender);
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            }
            Self::MessagingService(_) => true,
        }
    }
}

/// How to reach an account.
#[derive(Debug, Clone)]
pub struct TwilioConfig {
    /// `AC…`.
    pub account_sid: String,
    /// Its token.
    pub auth_token: SecretString,
    /// Who text messages are from.
    pub origin: SmsOrigin,
    /// Our own address as Twilio reaches it; receipts come to `/webhooks/twilio/status` below it.
    pub public_url: String,
    /// As a rule [`BASE_URL`].
    pub base_url: String,
    /// How long a call may take.
    pub limits: Limits,
}

/// Why the adapter cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum TwilioSetupError {
    /// It becomes part of a path.
    #[error("the account SID must consist of letters and digits")]
    AccountSid,
    /// Receipts could not come in.
    #[error("the public URL must be an http(s) address without a query")]
    PublicUrl,
    /// What every HTTP provider needs.
    #[error(transparent)]
    Http(#[from] SetupError),
}

pub(crate) fn path(account_sid: &str) -> Result<String, TwilioSetupError> {
    if account_sid.is_empty() || !account_sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(TwilioSetupError::AccountSid);
    }
    Ok(format!("/2010-04-01/Accounts/{account_sid}/Messages.json"))
}

/// The address receipts come to, before it says of which message they are. Spelled as it was configured, not as `Url` would print
/// it (without `:443`, in lower case): Twilio signs the spelling, and whoever checks the signature knows the configured one.
pub(crate) fn callback(public_url: &str) -> Result<String, TwilioSetupError> {
    let base = Url::parse(public_url).map_err(|_| TwilioSetupError::PublicUrl)?;
    if !matches!(base.scheme(), "http" | "https") || base.query().is_some() || base.fragment().is_some() {
        return Err(TwilioSetupError::PublicUrl);
    }
    Ok(format!("{}/webhooks/twilio/status", public_url.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_come_to_the_address_as_it_was_spelled() {
        for base in ["https://Carillon.example:443", "https://Carillon.example:443/"] {
            assert_eq!(callback(base).unwrap(), "https://Carillon.example:443/webhooks/twilio/status");
        }
    }

    #[test]
    fn people_can_answer_to_a_number_and_not_to_a_name() {
        for (sender, receives) in
            [("+33757000000", true), ("36111", true), ("ATELIER", false), ("3615 Salon", false), ("", false)]
        {
            assert_eq!(SmsOrigin::From(sender.to_owned()).receives_replies(), receives, "{sender}");
        }
        assert!(SmsOrigin::MessagingService("MG1".to_owned()).receives_replies());
    }
}
