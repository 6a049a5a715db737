//! What people get wrong when they fill in providers: line ends, blanks, empty variables, impossible senders.

use std::collections::BTreeMap;

use carillon_domain::EmailAddress;

use crate::config::Config;

/// A signing secret is used as it is: a blank in it may be meant.
const AS_IT_IS: &str = "CARILLON_JWT_SECRET";

/// The environment without blanks and line ends around values; an empty variable is as if unset.
pub(crate) fn tidied(environment: BTreeMap<String, String>) -> BTreeMap<String, String> {
    environment
        .into_iter()
        .map(|(name, value)| {
            let kept = if name == AS_IT_IS { value } else { value.trim().to_owned() };
            (name, kept)
        })
        .filter(|(_, value)| !value.trim().is_empty())
        .collect()
}

/// The same for what comes from the file: the settings of providers.
pub(crate) fn tidy(config: &mut Config) {
    for value in [
        &mut config.sendgrid_api_key,
        &mut config.sendgrid_webhook_public_keys,
        &mut config.smtp_url,
        &mut config.twilio_account_sid,
        &mut config.twilio_auth_token,
        &mut config.twilio_from,
        &mut config.twilio_messaging_service_sid,
        &mut config.email_from_marketing,
        &mut config.redis_url,
        &mut config.carillon_bootstrap_key,
    ] {
        *value = value.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    }
    let usual = Config::default();
    for (value, usual) in [
        (&mut config.sendgrid_base_url, usual.sendgrid_base_url),
        (&mut config.twilio_base_url, usual.twilio_base_url),
        (&mut config.email_from, usual.email_from),
        (&mut config.carillon_public_url, usual.carillon_public_url),
        (&mut config.database_url, usual.database_url),
        (&mut config.carillon_platform_name, usual.carillon_platform_name),
        (&mut config.carillon_default_locale, usual.carillon_default_locale),
        (&mut config.carillon_default_timezone, usual.carillon_default_timezone),
    ] {
        *value = value.trim().to_owned();
        if value.is_empty() {
            *value = usual;
        }
    }
}

/// What cannot work, a sentence each that begins with the variable's name. Secrets are not repeated.
pub(crate) fn problems(config: &Config) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, value) in [
        ("SENDGRID_API_KEY", &config.sendgrid_api_key),
        ("SMTP_URL", &config.smtp_url),
        ("TWILIO_ACCOUNT_SID", &config.twilio_account_sid),
        ("TWILIO_AUTH_TOKEN", &config.twilio_auth_token),
        ("TWILIO_MESSAGING_SERVICE_SID", &config.twilio_messaging_service_sid),
    ] {
        let is_odd = |c: char| c.is_whitespace() || c.is_control() || !c.is_ascii();
        if value.as_ref().is_some_and(|value| value.contains(is_odd)) {
            problems
                .push(format!("{name}: holds blanks, line ends or other characters that no such value has"));
        }
    }
    let senders = [
        ("EMAIL_FROM", Some(&config.email_from)),
        ("EMAIL_FROM_MARKETING", config.email_from_marketing.as_ref()),
    ];
    for (name, address) in senders {
        let can_send = |address| EmailAddress::parse(address).is_ok_and(|address| address.is_ascii());
        if address.is_some_and(|address| !can_send(address)) {
            problems
                .push(format!("{name}: must be a bare e-mail address in ASCII such as no-reply@example.com"));
        }
    }
    if config.twilio_from.as_ref().is_some_and(|from| !is_sms_sender(from)) {
        problems.push(
            "TWILIO_FROM: must be a number such as +33757000000, a short code of 3 to 8 digits, or a name of at most 11 letters and digits"
                .to_owned(),
        );
    }
    for (name, url) in
        [("SENDGRID_BASE_URL", &config.sendgrid_base_url), ("TWILIO_BASE_URL", &config.twilio_base_url)]
    {
        if !is_base_url(url) {
            problems.push(format!(
                "{name}: must be like https://api.example.com, without a query, a fragment or a password"
            ));
        }
    }
    problems
}

/// A number in international form, a short code, or a name.
fn is_sms_sender(text: &str) -> bool {
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(number) = text.strip_prefix('+') {
        return (7..=15).contains(&number.len()) && are_digits(number) && !number.starts_with('0');
    }
    if are_digits(text) {
        return (3..=8).contains(&text.len());
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " -_&".contains(c);
    text.len() <= 11 && text.chars().all(is_plain) && text.contains(|c: char| c.is_ascii_alphabetic())
}

fn is_base_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.contains(['?', '#', '@']) && !rest.contains(char::is_whitespace)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_around_values_go_and_empty_variables_are_unset() {
        let given = [
            ("TWILIO_AUTH_TOKEN", "token\r\n"),
            ("SMTP_URL", ""),
            ("REDIS_URL", "  "),
            (AS_IT_IS, " secret "),
        ];
        let tidy =
            tidied(given.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
        let expected = [(AS_IT_IS, " secret "), ("TWILIO_AUTH_TOKEN", "token")];
        assert_eq!(tidy.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_a_file_says_of_providers_is_tidied_too() {
        let mut config = Config {
            smtp_url: Some(" ".to_owned()),
            twilio_auth_token: Some("token\n".to_owned()),
            sendgrid_base_url: String::new(),
            ..Config::default()
        };
        tidy(&mut config);
        assert_eq!((config.smtp_url, config.twilio_auth_token.as_deref()), (None, Some("token")));
        assert_eq!(config.sendgrid_base_url, carillon_adapter_sendgrid::BASE_URL);
    }

    /// A change that makes a configuration unusable.
    type Mistake = fn(&mut Config);

    #[test]
    fn what_cannot_work_is_named_and_no_secret_is_repeated() {
        assert_eq!(problems(&Config::default()), Vec::<String>::new());
        let wrong = |change: Mistake| {
            let mut config = Config::default();
            change(&mut config);
            problems(&config).join("\n")
        };
        let table: [(Mistake, &str); 7] = [
            (|config| config.twilio_auth_token = Some("se cret".to_owned()), "TWILIO_AUTH_TOKEN: "),
            (|config| config.sendgrid_api_key = Some("SG.secret\nx".to_owned()), "SENDGRID_API_KEY: "),
            (|config| config.email_from = "Salon <a@example.com>".to_owned(), "EMAIL_FROM: "),
            (|config| config.email_from_marketing = Some("nobody".to_owned()), "EMAIL_FROM_MARKETING: "),
            (|config| config.twilio_from = Some("0612345678".to_owned()), "TWILIO_FROM: "),
            (|config| config.sendgrid_base_url = "api.sendgrid.com".to_owned(), "SENDGRID_BASE_URL: "),
            (|config| config.twilio_base_url = "https://x.example/?a=b".to_owned(), "TWILIO_BASE_URL: "),
        ];
        for (change, name) in table {
            let said = wrong(change);
            assert!(said.starts_with(name) && !said.contains("cret"), "{said}");
        }
    }

    #[test]
    fn a_text_message_comes_from_a_number_a_short_code_or_a_name() {
        for sender in ["+15005550006", "+33757000000", "38080", "Carillon", "Salon Lumi"] {
            assert!(is_sms_sender(sender), "{sender}");
        }
        for sender in ["", "+", "+0612345678", "0612345678", "12", "Atelier Lumiere", "Salon\u{e9}", "+33 6"]
        {
            assert!(!is_sms_sender(sender), "{sender}");
        }
    }
}
