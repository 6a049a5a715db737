//! The providers that the configuration names, in the order they are asked; the development mailbox where it names none.

use std::sync::Arc;

use anyhow::Context;
use carillon_adapter_mailbox::DevelopmentMailbox;
use carillon_adapter_sendgrid::{SendGrid, SendGridConfig, SendGridSuppressions};
use carillon_adapter_smtp::{Smtp, SmtpConfig};
use carillon_adapter_twilio::{SmsOrigin, Twilio, TwilioConfig};
use carillon_application::Senders;
use carillon_application::senders::Origin;
use carillon_domain::EmailAddress;
use carillon_ports::{Clock, EmailSender, SmsSender, SuppressionList};
use carillon_provider_http::Limits;

use crate::config::Config;

/// Wires the senders.
pub(crate) fn senders(
    config: &Config,
    clock: &Arc<dyn Clock>,
    mailbox: &Arc<DevelopmentMailbox>,
) -> anyhow::Result<Senders> {
    let mut email: Vec<Arc<dyn EmailSender>> = Vec::new();
    let mut lists: Vec<Arc<dyn SuppressionList>> = Vec::new();
    if let Some(key) = &config.sendgrid_api_key {
        let settings = SendGridConfig {
            base_url: config.sendgrid_base_url.clone(),
            ..SendGridConfig::new(key.clone().into())
        };
        email.push(Arc::new(
            SendGrid::new(&settings, clock.clone()).context("SENDGRID_BASE_URL or SENDGRID_API_KEY")?,
        ));
        lists.push(Arc::new(SendGridSuppressions::new(&settings)?));
    }
    if let Some(url) = &config.smtp_url {
        email.push(Arc::new(
            Smtp::new(&SmtpConfig::new(url.clone().into()), clock.clone()).context("SMTP_URL")?,
        ));
    }
    if email.is_empty() {
        email.push(mailbox.clone());
    }
    let mut sms: Vec<Arc<dyn SmsSender>> = Vec::new();
    if let Some(settings) = twilio(config)? {
        sms.push(Arc::new(Twilio::new(&settings, clock.clone()).context("TWILIO_… or CARILLON_PUBLIC_URL")?));
    }
    if sms.is_empty() {
        sms.push(mailbox.clone());
    }
    let from = EmailAddress::parse(&config.email_from).context("EMAIL_FROM")?;
    let from_marketing = config
        .email_from_marketing
        .as_deref()
        .map(EmailAddress::parse)
        .transpose()
        .context("EMAIL_FROM_MARKETING")?;
    let origin = Origin {
        name: config.platform()?.name,
        from_marketing: from_marketing.unwrap_or_else(|| from.clone()),
        from,
        public_url: config.carillon_public_url.trim_end_matches('/').to_owned(),
    };
    Ok(Senders::new(email, sms, origin, clock, config.carillon_worker_concurrency).with_lists(lists))
}

fn twilio(config: &Config) -> anyhow::Result<Option<TwilioConfig>> {
    let Some(account_sid) = &config.twilio_account_sid else { return Ok(None) };
    let origin = match (&config.twilio_from, &config.twilio_messaging_service_sid) {
        (Some(from), _) => SmsOrigin::From(from.clone()),
        (None, Some(service)) => SmsOrigin::MessagingService(service.clone()),
        (None, None) => {
            anyhow::bail!("TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID is needed with TWILIO_ACCOUNT_SID")
        }
    };
    Ok(Some(TwilioConfig {
        account_sid: account_sid.clone(),
        auth_token: config.twilio_auth_token.clone().unwrap_or_default().into(),
        origin,
        public_url: config.carillon_public_url.clone(),
        base_url: config.twilio_base_url.clone(),
        limits: Limits::default(),
    }))
}

/// Whether people can answer to the sender of text messages.
pub(crate) fn receives_replies(config: &Config) -> bool {
    twilio(config).ok().flatten().is_some_and(|twilio| twilio.origin.receives_replies())
}

/// Whether e-mails or SMS stay in the development mailbox.
pub(crate) fn uses_mailbox(config: &Config) -> bool {
    (config.sendgrid_api_key.is_none() && config.smtp_url.is_none()) || config.twilio_account_sid.is_none()
}
