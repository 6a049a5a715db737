//! SendGrid's own lists of addresses that it does not write to.

use async_trait::async_trait;
use carillon_domain::{Cause, EmailAddress};
use carillon_ports::SuppressionList;
use carillon_ports::provider::SendError;
use carillon_provider_http::{Answer, Authorization, ProviderClient, SetupError};

use crate::SendGridConfig;

/// Takes addresses off SendGrid's lists. The API key needs the permission "Suppressions".
pub struct SendGridSuppressions {
    client: ProviderClient,
}

impl SendGridSuppressions {
    /// Fails if the key or the base URL cannot be used; asks nothing of SendGrid yet.
    pub fn new(config: &SendGridConfig) -> Result<Self, SetupError> {
        let authorization = Authorization::Bearer(config.api_key.clone());
        Ok(Self { client: ProviderClient::new(&config.base_url, "/v3", &authorization, config.limits)? })
    }
}

#[async_trait]
impl SuppressionList for SendGridSuppressions {
    fn provider(&self) -> &'static str {
        "sendgrid"
    }

    async fn lift(&self, address: &EmailAddress, cause: Cause) -> Result<(), SendError> {
        for list in lists(cause) {
            let path: Vec<&str> = list.iter().copied().chain([address.expose()]).collect();
            decide(&self.client.delete_below(&path).await?)?;
        }
        Ok(())
    }
}

/// The lists on which an address is for a cause, as paths.
const fn lists(cause: Cause) -> &'static [&'static [&'static str]] {
    match cause {
        Cause::Complained => &[&["suppression", "spam_reports"]],
        Cause::Unsubscribed => &[&["asm", "suppressions", "global"]],
        Cause::Bounced | Cause::Rejected | Cause::Undelivered => {
            &[&["suppression", "bounces"], &["suppression", "blocks"], &["suppression", "invalid_emails"]]
        }
    }
}

/// 404 says that the address is not on the list.
fn decide(answer: &Answer) -> Result<(), SendError> {
    match answer.status {
        200..=299 | 404 if !answer.is_page() => Ok(()),
        status @ (401 | 403) => Err(SendError::Credential(format!("status {status}"))),
        status => Err(SendError::Unavailable(format!("status {status}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_a_list_of_its_sort() {
        for cause in Cause::ALL {
            let expected = if *cause == Cause::Unsubscribed { "asm" } else { "suppression" };
            assert!(
                lists(*cause).iter().all(|list| list[0] == expected) && !lists(*cause).is_empty(),
                "{cause}"
            );
        }
        assert_eq!(lists(Cause::Complained), [["suppression", "spam_reports"]]);
    }

    #[test]
    fn an_address_that_is_on_no_list_is_lifted_too() {
        let answer = |status, body: &str| Answer {
            status,
            headers: reqwest::header::HeaderMap::new(),
            body: body.as_bytes().to_vec(),
        };
        assert_eq!(decide(&answer(204, "")), Ok(()));
        assert_eq!(decide(&answer(404, r#"{"errors":[]}"#)), Ok(()));
        for (status, body) in [(401, ""), (403, ""), (404, "<html>"), (429, ""), (500, "")] {
            assert!(decide(&answer(status, body)).is_err(), "{status} {body}");
        }
    }
}
