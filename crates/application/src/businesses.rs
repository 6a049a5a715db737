//! Tenants and their settings.

use carillon_domain::business::{CapChoice, time_of_day};
use carillon_domain::kind::Audience;
use carillon_domain::{
    Business, BusinessId, Class, EmailAddress, Kind, KindName, Locale, Permission, Platform, Principal,
    Reach, Settings, span,
};
use chrono_tz::Tz;

use crate::accept::unless_overtaken;
use crate::inline::check_name;
use crate::replan::{Changes, ReplanReminders};
use crate::{Ports, Problem, Refusal, access};

/// The most reminder rules of a business.
const MOST_RULES: usize = 10;

/// What a caller says of a business.
#[derive(Debug, Clone)]
pub struct BusinessInput {
    /// What it is called.
    pub name: String,
    /// All its settings; `None` leaves them as they are.
    pub settings: Option<Settings>,
    /// Its language, in place of that of the settings.
    pub locale: Option<Locale>,
    /// Its time zone, in place of that of the settings.
    pub timezone: Option<Tz>,
}

impl BusinessInput {
    /// The settings that follow for a business that has these, or is new on a platform.
    fn settings_over(&self, known: Option<&Settings>, platform: &Platform) -> Settings {
        let given = self.settings.as_ref().or(known);
        let mut settings = given.cloned().unwrap_or_else(|| platform.settings());
        if let Some(locale) = &self.locale {
            settings.locale = locale.clone();
        }
        if let Some(timezone) = self.timezone {
            settings.timezone = timezone;
        }
        settings
    }
}

/// A business before and after it was stored.
#[derive(Debug, Clone)]
pub struct BusinessPut {
    /// What its settings were; `None` when it is new.
    pub before: Option<Settings>,
    /// The business as it is now.
    pub after: Business,
}

/// Settings before and after a change of them.
#[derive(Debug, Clone)]
pub struct SettingsChange {
    /// What they were.
    pub before: Settings,
    /// The business as it is now.
    pub after: Business,
}

/// Manages businesses.
#[derive(Clone)]
pub struct Businesses {
    pub(crate) ports: Ports,
}

impl Businesses {
    /// Wires the use cases.
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// One business.
    pub async fn show(&self, caller: &Principal, id: &BusinessId) -> Result<Business, Refusal> {
        access::require(&self.ports, caller, Permission::BusinessesWrite).await?;
        self.find(caller, id).await
    }

    /// Makes or changes a business. Settings that are given replace its own; what is given beside them changes only itself.
    pub async fn put(
        &self,
        caller: &Principal,
        id: &BusinessId,
        input: BusinessInput,
    ) -> Result<BusinessPut, Refusal> {
        access::require(&self.ports, caller, Permission::BusinessesWrite).await?;
        access::require_business(&self.ports, caller, Some(id)).await?;
        check_name(&input.name).map_err(|detail| Refusal::input("invalid_business", "/name", detail))?;
        let done = unless_overtaken(|| self.put_once(id, &input)).await?;
        access::note(&self.ports, &caller.name(), "business.put", Some(id.clone()), id.as_str()).await;
        Ok(done)
    }

    async fn put_once(&self, id: &BusinessId, input: &BusinessInput) -> Result<BusinessPut, Refusal> {
        let known = self.ports.directory.find_business(id).await?;
        let before = known.as_ref().map(|known| &known.settings);
        let settings = input.settings_over(before, &self.ports.policy.platform);
        check(&self.ports, &settings, "/settings")?;
        let after = Business { id: id.clone(), name: input.name.clone(), settings };
        match &known {
            Some(known) => {
                ReplanReminders::new(&self.ports).settle_once(&after, Some(known)).await?;
            }
            None => {
                self.ports.directory.put_business(&after, self.ports.clock.now()).await?;
            }
        }
        Ok(BusinessPut { before: known.map(|known| known.settings), after })
    }

    /// What would change of the reminders that are planned if a business had these settings.
    pub async fn preview_settings(
        &self,
        caller: &Principal,
        id: &BusinessId,
        settings: Settings,
    ) -> Result<Changes, Refusal> {
        access::require(&self.ports, caller, Permission::BusinessesWrite).await?;
        check(&self.ports, &settings, "")?;
        let business = Business { settings, ..self.find(caller, id).await? };
        ReplanReminders::new(&self.ports).preview(&business).await
    }

    /// Removes a business and calls off what waits for it. Only the platform may.
    pub async fn delete(&self, caller: &Principal, id: &BusinessId) -> Result<(), Refusal> {
        access::require(&self.ports, caller, Permission::BusinessesWrite).await?;
        if caller.reach != Reach::Platform {
            return Err(Refusal::NotFound { what: "business" });
        }
        if !self.ports.directory.delete_business(id, self.ports.clock.now()).await? {
            return Err(Refusal::NotFound { what: "business" });
        }
        access::note(&self.ports, &caller.name(), "business.deleted", Some(id.clone()), id.as_str()).await;
        Ok(())
    }

    pub(crate) async fn find(&self, caller: &Principal, id: &BusinessId) -> Result<Business, Refusal> {
        access::require_business(&self.ports, caller, Some(id)).await?;
        self.ports.directory.find_business(id).await?.ok_or(Refusal::NotFound { what: "business" })
    }
}

/// Refuses settings that could not be followed.
pub(crate) fn check(ports: &Ports, settings: &Settings, at: &str) -> Result<(), Refusal> {
    let mut problems = rule_problems(ports, settings, at);
    problems.extend(time_problems(settings, at));
    problems.extend(spending_problems(ports, settings, at));
    for (name, channels) in &settings.channels.kinds {
        let pointer = format!("{at}/channels/kinds/{name}");
        match kind_of_business(ports, name) {
            None => problems
                .push(Problem::at(pointer, "is not a kind of the catalogue; GET /v1/kinds lists them")),
            Some(kind)
                if channels
                    .iter()
                    .any(|channel| kind.channels.iter().all(|rule| rule.channel != *channel)) =>
            {
                problems.push(Problem::at(pointer, "names a channel that this kind does not have"));
            }
            Some(_) => {}
        }
    }
    if let Some(name) = &settings.sender.name
        && let Err(detail) = check_name(name)
    {
        problems.push(Problem::at(format!("{at}/sender/name"), detail));
    }
    if let Some(address) = &settings.sender.reply_to
        && let Some(detail) = reply_problem(address)
    {
        problems.push(Problem::at(format!("{at}/sender/reply_to"), detail));
    }
    let brand = &settings.brand;
    if brand.color.as_ref().is_some_and(|color| !is_color(color)) {
        problems.push(Problem::at(format!("{at}/brand/color"), "must be a colour such as #0f6e66"));
    }
    for (field, text) in [("phone", &brand.phone), ("address", &brand.address)] {
        if let Some(Err(detail)) = text.as_deref().map(check_name) {
            problems.push(Problem::at(format!("{at}/brand/{field}"), detail));
        }
    }
    Refusal::unless_empty("invalid_settings", problems)
}

/// A kind that settings of a business apply to: any but the platform's own.
fn kind_of_business<'a>(ports: &'a Ports, name: &KindName) -> Option<&'a Kind> {
    ports.catalogue.find_kind(name).filter(|kind| !kind.is_of_platform())
}

/// What is wrong with money, caps and lists.
fn spending_problems(ports: &Ports, settings: &Settings, at: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let prices = &ports.policy.prices.currency;
    if settings.sms.currency.as_ref().is_some_and(|currency| currency != prices) {
        let detail = format!("must be the currency of the price table, {}", prices.as_str());
        problems.push(Problem::at(format!("{at}/sms/currency"), detail));
    }
    let caps = &settings.caps;
    for (field, cap) in [
        ("person_per_hour", caps.person_per_hour),
        ("phone_per_day", caps.phone_per_day),
        ("business_per_hour", caps.business_per_hour),
    ] {
        if cap.is_some_and(|cap| cap > CapChoice::MOST) {
            let detail = format!("must be at most {}; 0 is as much as there is", CapChoice::MOST);
            problems.push(Problem::at(format!("{at}/caps/{field}"), detail));
        }
    }
    for (name, rule) in &settings.digests {
        let pointer = format!("{at}/digests/{name}");
        match kind_of_business(ports, name) {
            None => problems.push(Problem::at(
                pointer.clone(),
                "is not a kind of the catalogue; GET /v1/kinds lists them",
            )),
            Some(kind) if kind.class == Class::Critical || kind.reminder.is_some() => {
                problems.push(Problem::at(pointer.clone(), "is too urgent for a list"));
            }
            Some(_) => {}
        }
        if rule.at.as_deref().is_some_and(|text| time_of_day(text).is_none()) {
            problems.push(Problem::at(format!("{pointer}/at"), "must be a time of day such as 08:00"));
        }
    }
    problems
}

/// What is wrong with the rules of reminders.
fn rule_problems(ports: &Ports, settings: &Settings, at: &str) -> Vec<Problem> {
    let (mut problems, rules) = (Vec::new(), &settings.reminders.rules);
    if rules.len() > MOST_RULES {
        problems.push(Problem::at(format!("{at}/reminders/rules"), format!("must be at most {MOST_RULES}")));
    }
    for (index, rule) in rules.iter().enumerate() {
        let pointer = |field: &str| format!("{at}/reminders/rules/{index}/{field}");
        if let Err(error) = rule.lead() {
            problems.push(Problem::at(pointer("before"), error));
        } else if rules[..index].iter().any(|earlier| earlier.lead() == rule.lead()) {
            problems.push(Problem::at(pointer("before"), "is there twice"));
        }
        if rule.channels.is_empty() {
            problems.push(Problem::at(pointer("channels"), "must name at least one channel"));
        }
        for (locale, text) in &rule.note {
            if let Err(detail) = check_name(text) {
                problems.push(Problem::at(pointer(&format!("note/{locale}")), detail));
            }
        }
        let reminds_clients = |name| {
            let kind = ports.catalogue.find_kind(name);
            kind.is_some_and(|kind| kind.reminder.is_some() && kind.audience == Audience::Clients)
        };
        if rule.kind.as_ref().is_some_and(|name| !reminds_clients(name)) {
            problems.push(Problem::at(
                pointer("kind"),
                "is not a reminder for clients; GET /v1/kinds lists all kinds",
            ));
        }
    }
    problems
}

/// What is wrong with the times of day and lengths of time.
fn time_problems(settings: &Settings, at: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let spacing = &settings.late_booking.spacing;
    if spacing != "0m" && span::parse(spacing).is_err() {
        problems.push(Problem::at(format!("{at}/late_booking/spacing"), span::SpanError));
    }
    let (quiet, reports) = (settings.quiet_hours.as_ref(), &settings.reports);
    let times = [
        ("quiet_hours/from", quiet.map(|hours| &hours.from)),
        ("quiet_hours/to", quiet.map(|hours| &hours.to)),
        ("reports/daily_at", reports.daily_at.as_ref()),
        ("reports/weekly_at", reports.weekly_at.as_ref()),
        ("reports/agenda_at", reports.agenda_at.as_ref()),
    ];
    for (field, text) in times {
        if text.is_some_and(|text| time_of_day(text).is_none()) {
            problems.push(Problem::at(format!("{at}/{field}"), "is not a time of day such as 08:00"));
        }
    }
    if quiet.is_some_and(|hours| hours.from == hours.to) {
        problems.push(Problem::at(format!("{at}/quiet_hours/to"), "must differ from the begin"));
    }
    problems
}

/// Why nobody could answer to an address by every provider.
fn reply_problem(address: &str) -> Option<String> {
    match EmailAddress::parse(address) {
        Ok(address) if address.is_ascii() => None,
        Ok(_) => Some("must have ASCII letters before the @: not every provider carries others".to_owned()),
        Err(error) => Some(error.to_string()),
    }
}

fn is_color(text: &str) -> bool {
    text.len() == 7
        && text.strip_prefix('#').is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
}
