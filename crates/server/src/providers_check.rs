//! Each configured provider asked by a call that sends nothing, for `carillon doctor`.

use std::time::Duration;

use carillon_application::Senders;

/// The longest that one provider is waited for.
const LONGEST: Duration = Duration::from_secs(15);

/// What each provider says to our credentials, under its name.
pub(crate) async fn ask(senders: &Senders) -> Vec<(&'static str, Result<String, String>)> {
    let mut said = Vec::new();
    for (provider, call) in senders.checks() {
        let answer = match tokio::time::timeout(LONGEST, call).await {
            Ok(Ok(())) => Ok("accepts our credentials".to_owned()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("does not answer".to_owned()),
        };
        said.push((provider, answer));
    }
    said
}
