//! The configuration: environment over `carillon.toml`, same names, checked as a whole.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use carillon_adapter_sendgrid::WebhookKeys;
use carillon_application::request_limits::RequestRates;
use carillon_application::{Bounds, Policy, keys};
use carillon_delivery_websocket::{AllowedOrigins, OriginError};
use carillon_domain::sms::{Price, PriceTable};
use carillon_domain::{Class, Platform};
use chrono::TimeDelta;
use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{misspelling, platform, public_url, set_up};

/// What names there are, with their defaults. A name that is absent here is no setting.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
pub(crate) struct Config {
    pub(crate) carillon_bind: String,
    pub(crate) carillon_public_url: String,
    pub(crate) carillon_allowed_origins: Option<String>,
    pub(crate) carillon_env: Environment,
    pub(crate) database_url: String,
    pub(crate) redis_url: Option<String>,
    pub(crate) carillon_master_keys: Option<String>,
    pub(crate) carillon_jwt_secret: Option<String>,
    pub(crate) carillon_bootstrap_key: Option<String>,
    pub(crate) sendgrid_api_key: Option<String>,
    pub(crate) sendgrid_base_url: String,
    pub(crate) sendgrid_webhook_public_keys: Option<String>,
    pub(crate) smtp_url: Option<String>,
    pub(crate) twilio_account_sid: Option<String>,
    pub(crate) twilio_auth_token: Option<String>,
    pub(crate) twilio_from: Option<String>,
    pub(crate) twilio_messaging_service_sid: Option<String>,
    pub(crate) twilio_base_url: String,
    pub(crate) email_from: String,
    pub(crate) email_from_marketing: Option<String>,
    pub(crate) carillon_platform_name: String,
    pub(crate) carillon_default_locale: String,
    pub(crate) carillon_default_timezone: String,
    #[serde(deserialize_with = "number")]
    pub(crate) carillon_worker_concurrency: usize,
    #[serde(deserialize_with = "number")]
    pub(crate) carillon_rate_limit_business: usize,
    #[serde(deserialize_with = "number")]
    pub(crate) carillon_rate_limit_person: usize,
    #[serde(deserialize_with = "number")]
    pub(crate) carillon_requests_at_once: usize,
    pub(crate) carillon_queue_bounds: String,
    pub(crate) carillon_sms_prices: Option<String>,
    pub(crate) carillon_sms_spend_hour: String,
    #[serde(deserialize_with = "number")]
    pub(crate) carillon_cap_person_hour: usize,
    #[serde(deserialize_with = "number")]
    pub(crate) carillon_cap_phone_day: usize,
    #[serde(deserialize_with = "number")]
    pub(crate) carillon_drain_s: usize,
    #[serde(deserialize_with = "number")]
    pub(crate) carillon_retention_days: usize,
    pub(crate) carillon_templates: Option<String>,
    pub(crate) carillon_log_format: LogFormat,
    pub(crate) rust_log: String,
    pub(crate) otel_exporter_otlp_endpoint: Option<String>,
    pub(crate) carillon_operations_bind: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Environment {
    Development,
    Production,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            carillon_bind: "127.0.0.1:8080".to_owned(),
            carillon_public_url: "http://127.0.0.1:8080".to_owned(),
            carillon_allowed_origins: None,
            carillon_env: Environment::Development,
            database_url: "sqlite://carillon.db?mode=rwc".to_owned(),
            redis_url: None,
            carillon_master_keys: None,
            carillon_jwt_secret: None,
            carillon_bootstrap_key: None,
            sendgrid_api_key: None,
            sendgrid_base_url: carillon_adapter_sendgrid::BASE_URL.to_owned(),
            sendgrid_webhook_public_keys: None,
            smtp_url: None,
            twilio_account_sid: None,
            twilio_auth_token: None,
            twilio_from: None,
            twilio_messaging_service_sid: None,
            twilio_base_url: carillon_adapter_twilio::BASE_URL.to_owned(),
            email_from: "no-reply@carillon.example".to_owned(),
            email_from_marketing: None,
            carillon_platform_name: "Carillon".to_owned(),
            carillon_default_locale: "fr".to_owned(),
            carillon_default_timezone: "Europe/Paris".to_owned(),
            carillon_worker_concurrency: 256,
            carillon_rate_limit_business: 6_000,
            carillon_rate_limit_person: 600,
            carillon_requests_at_once: 512,
            carillon_queue_bounds: "critical=1000000,immediate=500000,scheduled=500000,bulk=2000000"
                .to_owned(),
            carillon_sms_prices: None,
            carillon_sms_spend_hour: "100".to_owned(),
            carillon_cap_person_hour: 100,
            carillon_cap_phone_day: 40,
            carillon_drain_s: 3,
            carillon_retention_days: 396,
            carillon_templates: None,
            carillon_log_format: LogFormat::Text,
            rust_log: "info".to_owned(),
            otel_exporter_otlp_endpoint: None,
            carillon_operations_bind: None,
        }
    }
}

/// Names whose values are secrets, or hold one.
const SECRETS: [&str; 8] = [
    "DATABASE_URL",
    "REDIS_URL",
    "CARILLON_MASTER_KEYS",
    "CARILLON_JWT_SECRET",
    "CARILLON_BOOTSTRAP_KEY",
    "SENDGRID_API_KEY",
    "SMTP_URL",
    "TWILIO_AUTH_TOKEN",
];

impl Config {
    /// Reads what is in force.
    pub(crate) fn load() -> anyhow::Result<Self> {
        // Every value of the environment is a text: a phone number or a token of digits must not become a number.
        let environment: BTreeMap<String, String> =
            names().into_iter().filter_map(|name| Some((name.clone(), std::env::var(name).ok()?))).collect();
        let environment = set_up::tidied(environment);
        let given = Figment::new().merge(Toml::file("carillon.toml")).merge(Serialized::globals(environment));
        let figment = Figment::from(Serialized::defaults(Self::default())).merge(&given);
        let mut config: Self = figment.extract().context("the configuration cannot be read")?;
        set_up::tidy(&mut config);
        if given.find_value("CARILLON_PUBLIC_URL").is_err() {
            config.carillon_public_url = public_url::of_bind(&config.carillon_bind);
        }
        config.check()?;
        Ok(config)
    }

    /// How often a credential may ask.
    pub(crate) fn request_rates(&self) -> RequestRates {
        let rate = |rate: usize| u32::try_from(rate).unwrap_or(u32::MAX);
        RequestRates {
            per_business_key: rate(self.carillon_rate_limit_business),
            per_person: rate(self.carillon_rate_limit_person),
        }
    }

    /// How much may wait on the queues.
    pub(crate) fn queue_bounds(&self) -> Bounds {
        self.parse_bounds().unwrap_or_default()
    }

    fn parse_bounds(&self) -> Option<Bounds> {
        let mut bounds = Bounds::default();
        for part in self.carillon_queue_bounds.split(',').filter(|part| !part.trim().is_empty()) {
            let (class, most) = part.split_once('=')?;
            let most = most.trim().parse().ok()?;
            match class.trim().parse().ok()? {
                Class::Critical => bounds.critical = most,
                Class::Immediate => bounds.immediate = most,
                Class::Scheduled => bounds.scheduled = most,
                Class::Bulk => bounds.bulk = most,
            }
        }
        Some(bounds)
    }

    /// Prices and caps that hold for all businesses unless they say otherwise.
    pub(crate) fn policy(&self) -> anyhow::Result<Policy> {
        let prices = match &self.carillon_sms_prices {
            Some(json) => serde_json::from_str(json).context("CARILLON_SMS_PRICES")?,
            None => PriceTable::default(),
        };
        let spend_per_hour: Price =
            self.carillon_sms_spend_hour.parse().context("CARILLON_SMS_SPEND_HOUR")?;
        let cap = |cap: usize| u32::try_from(cap).unwrap_or(u32::MAX);
        Ok(Policy {
            platform: self.platform()?,
            prices,
            person_per_hour: cap(self.carillon_cap_person_hour),
            phone_per_day: cap(self.carillon_cap_phone_day),
            spend_per_hour: Some(spend_per_hour).filter(|most| most.micros() > 0),
        })
    }

    /// What the platform is called, and the language and zone of whatever has none of its own.
    pub(crate) fn platform(&self) -> anyhow::Result<Platform> {
        platform::read(self).map_err(|problems| anyhow::anyhow!(problems.join("; ")))
    }

    /// How long history is kept; `None` for ever.
    pub(crate) fn retention(&self) -> Option<TimeDelta> {
        let days = i64::try_from(self.carillon_retention_days).ok().filter(|days| *days > 0)?;
        TimeDelta::try_days(days)
    }

    pub(crate) fn is_production(&self) -> bool {
        self.carillon_env == Environment::Production
    }

    /// The pages that may connect by WebSocket: those that are named, or those of the public address.
    pub(crate) fn allowed_origins(&self) -> Result<AllowedOrigins, OriginError> {
        match &self.carillon_allowed_origins {
            Some(list) => AllowedOrigins::parse(list),
            None => AllowedOrigins::of_page(&self.carillon_public_url),
        }
    }

    /// Refuses what cannot work, naming the settings to change.
    fn check(&self) -> anyhow::Result<()> {
        let mut wrong = set_up::problems(self);
        if let Some(Err(error)) = self.redis_url.as_deref().map(carillon_adapter_redis::check_url) {
            wrong.push(format!("REDIS_URL: {error}"));
        }
        if self.twilio_account_sid.is_some() {
            if self.twilio_auth_token.is_none() {
                wrong.push("TWILIO_AUTH_TOKEN: is needed with TWILIO_ACCOUNT_SID".to_owned());
            }
            if self.twilio_from.is_none() == self.twilio_messaging_service_sid.is_none() {
                wrong.push("TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID: exactly one is needed with TWILIO_ACCOUNT_SID".to_owned());
            }
        }
        if let Some(Err(error)) = self.sendgrid_webhook_public_keys.as_deref().map(WebhookKeys::parse) {
            wrong.push(format!("SENDGRID_WEBHOOK_PUBLIC_KEYS: {error}"));
        }
        if self.carillon_worker_concurrency == 0 || self.carillon_worker_concurrency > 4096 {
            wrong.push("CARILLON_WORKER_CONCURRENCY: must lie between 1 and 4096".to_owned());
        }
        if self.carillon_requests_at_once == 0 {
            wrong.push("CARILLON_REQUESTS_AT_ONCE: must be at least 1".to_owned());
        }
        if self.carillon_drain_s > 20 {
            wrong.push("CARILLON_DRAIN_S: must lie between 0 and 20 seconds".to_owned());
        }
        if self.carillon_retention_days != 0 && !(30..=36_500).contains(&self.carillon_retention_days) {
            wrong
                .push("CARILLON_RETENTION_DAYS: must be 0 (for ever) or lie between 30 and 36500".to_owned());
        }
        let platform = platform::read(self);
        if let Err(problems) = &platform {
            wrong.extend(problems.iter().cloned());
        }
        if let (Ok(_), Err(error)) = (platform, self.policy()) {
            wrong.push(format!(
                "{error:#}: must be like {{\"currency\": \"EUR\", \"countries\": {{\"FR\": \"0.0714\"}}, \"default\": \"0.10\"}}"
            ));
        }
        if self.parse_bounds().is_none() {
            wrong.push(
                "CARILLON_QUEUE_BOUNDS: must be like critical=1000000,immediate=500000,scheduled=500000,bulk=2000000"
                    .to_owned(),
            );
        }
        if let Err(error) = self.allowed_origins() {
            let names = ["CARILLON_PUBLIC_URL", "CARILLON_ALLOWED_ORIGINS"];
            wrong.push(format!("{}: {error}", names[usize::from(self.carillon_allowed_origins.is_some())]));
        }
        for (name, rate) in [
            ("CARILLON_RATE_LIMIT_BUSINESS", self.carillon_rate_limit_business),
            ("CARILLON_RATE_LIMIT_PERSON", self.carillon_rate_limit_person),
        ] {
            if rate > 1_000_000 {
                wrong.push(format!("{name}: must lie between 0 (no limit) and 1000000 requests a minute"));
            }
        }
        if self.is_production() {
            wrong.extend(self.weak_in_production());
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            bail!("the configuration must be mended:\n  {}", wrong.join("\n  "))
        }
    }

    fn weak_in_production(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        if self.carillon_master_keys.is_none() {
            wrong
                .push("CARILLON_MASTER_KEYS: is required in production, as id:base64-of-32-bytes".to_owned());
        }
        if self.carillon_jwt_secret.as_ref().is_none_or(|secret| secret.len() < 32 || is_monotonous(secret)) {
            wrong.push(
                "CARILLON_JWT_SECRET: is required in production, with at least 32 random characters"
                    .to_owned(),
            );
        }
        if self.carillon_master_keys.as_ref().is_some_and(|keys| keys.split(',').any(is_monotonous)) {
            wrong.push(
                "CARILLON_MASTER_KEYS: must be random: `head -c 32 /dev/urandom | base64` makes one"
                    .to_owned(),
            );
        }
        if let Some(why) = self.carillon_bootstrap_key.as_deref().and_then(keys::weakness) {
            wrong.push(format!("CARILLON_BOOTSTRAP_KEY: {why}"));
        }
        if self.sendgrid_api_key.is_none() && self.smtp_url.is_none() {
            wrong.push("SENDGRID_API_KEY or SMTP_URL: production needs an e-mail provider".to_owned());
        }
        if self.twilio_account_sid.is_none() {
            wrong.push("TWILIO_ACCOUNT_SID: production needs an SMS provider".to_owned());
        }
        if !self.carillon_public_url.starts_with("https://") {
            wrong.push("CARILLON_PUBLIC_URL: must be an https:// address in production".to_owned());
        }
        if self.email_from.ends_with(".example") {
            wrong.push("EMAIL_FROM: must be an address of yours in production".to_owned());
        }
        wrong
    }

    /// Every name with its value in force, secrets masked.
    pub(crate) fn masked(&self) -> Vec<(String, String)> {
        let serde_json::Value::Object(values) = serde_json::to_value(self).unwrap_or_default() else {
            return Vec::new();
        };
        values
            .into_iter()
            .map(|(name, value)| {
                let text = match value {
                    serde_json::Value::Null => "(unset)".to_owned(),
                    serde_json::Value::String(text) => text,
                    other => other.to_string(),
                };
                let is_secret = SECRETS.contains(&name.as_str()) && text != "(unset)";
                let shown =
                    if is_secret && !text.starts_with("sqlite:") { "********".to_owned() } else { text };
                (name, shown)
            })
            .collect()
    }
}

/// A number, or a text of digits as the environment has it.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<usize, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(usize),
        Text(String),
    }
    match Written::deserialize(deserializer)? {
        Written::Number(number) => Ok(number),
        Written::Text(text) => text.trim().parse().map_err(|_| D::Error::custom("must be a whole number")),
    }
}

/// Whether a secret repeats the same few characters, as no random one does.
fn is_monotonous(secret: &str) -> bool {
    secret.bytes().collect::<std::collections::BTreeSet<u8>>().len() < 10
}

/// Variables of the environment that look like a setting spelt wrong, each with the setting that was probably meant.
pub(crate) fn misspelt() -> Vec<(String, String)> {
    let given = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    misspelling::among(given, &names())
}

fn names() -> Vec<String> {
    match serde_json::to_value(Config::default()) {
        Ok(serde_json::Value::Object(values)) => values.into_iter().map(|(name, _)| name).collect(),
        _ => Vec::new(),
    }
}
