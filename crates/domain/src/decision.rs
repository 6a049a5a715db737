//! Whether a message may leave: one pure function, asked when it is planned and again just before the provider is called.

use chrono::{DateTime, Utc};

use crate::appointment::Booking;
use crate::business::Settings;
use crate::channel::{Channel, Purpose};
use crate::ids::PersonId;
use crate::kind::{ChannelRule, Kind};
use crate::notification::Fence;
use crate::person::Person;
use crate::reason::Reason;

/// What stands against a channel of a person, as the store knows it.
#[expect(clippy::struct_excessive_bools, reason = "four independent facts, each with its own reason code")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The person was erased.
    pub erased: bool,
    /// The person unsubscribed from this kind by this channel, or from marketing by it.
    pub unsubscribed: bool,
    /// The person agreed to marketing by this channel.
    pub consented: bool,
    /// The address bounced for good, complained or was stopped.
    pub suppressed: bool,
}

/// What is asked of the channels of one notification.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The kind.
    pub kind: &'a Kind,
    /// Its rule for the channel.
    pub rule: &'a ChannelRule,
    /// The business's settings; `None` for the platform's own kinds.
    pub settings: Option<&'a Settings>,
    /// The channels that the request or the reminder rule named.
    pub requested: Option<&'a [Channel]>,
    /// Whether the rule's own condition holds.
    pub condition_holds: bool,
    /// Whether there is a text.
    pub has_text: bool,
}

/// Why a channel is left out when the notification is made, or `None` if it is planned.
pub fn left_out(asked: &Asked<'_>, person: &Person, standing: &Standing) -> Option<Reason> {
    turned_off(asked).or_else(|| objection(asked.kind.purpose, asked.rule.channel, person, standing))
}

/// The same without the person: what waits for its time is decided on then, by what the person wants and can be reached by then.
pub fn turned_off(asked: &Asked<'_>) -> Option<Reason> {
    let channel = asked.rule.channel;
    let chosen = asked.settings.and_then(|settings| settings.channels.kinds.get(&asked.kind.name));
    let switched_off = asked.settings.is_some_and(|settings| settings.channels.off.contains(&channel));
    if asked.requested.is_some_and(|requested| !requested.contains(&channel)) {
        return Some(Reason::ChannelNotRequested);
    }
    let turned_on = match (asked.requested, chosen) {
        (Some(_), _) => true,
        (None, Some(chosen)) => chosen.contains(&channel),
        (None, None) => !asked.rule.opt_in,
    };
    if switched_off || !turned_on {
        return Some(Reason::ChannelOff);
    }
    if !asked.condition_holds {
        return Some(Reason::ConditionUnmet);
    }
    if !asked.has_text {
        return Some(Reason::NoTemplate);
    }
    None
}

/// What forbids a message to a person, at any time.
pub fn objection(purpose: Purpose, channel: Channel, person: &Person, standing: &Standing) -> Option<Reason> {
    if standing.erased {
        return Some(Reason::Erased);
    }
    if !person.has_address_for(channel) {
        return Some(Reason::NoAddress);
    }
    if !person.can_receive(channel) {
        return Some(Reason::NumberNotMobile);
    }
    if standing.suppressed {
        return Some(Reason::AddressSuppressed);
    }
    if standing.unsubscribed {
        return Some(Reason::Unsubscribed);
    }
    if purpose == Purpose::Marketing && channel != Channel::InApp && !standing.consented {
        return Some(Reason::NoConsent);
    }
    None
}

/// Whether what a notification takes for granted of an appointment still holds: it takes place when it did then, or is called off as
/// it was then, and whoever is reminded still takes part. One that is not known has not changed.
pub fn still_true(fence: &Fence, recipient: &PersonId, now: Option<&Booking>) -> bool {
    now.is_none_or(|now| {
        let reminds = fence.rule.is_some();
        fence.revision >= now.timing && (!reminds || now.appointment.takes_part(recipient))
    })
}

/// Why a message that was planned must not leave now, or `None` if it may.
pub fn stale(is_true: bool, expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<Reason> {
    if !is_true {
        return Some(Reason::Superseded);
    }
    expires_at.filter(|deadline| *deadline < now).map(|_| Reason::TooLate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::{EmailAddress, PhoneNumber};
    use crate::channel::Class;
    use crate::kind::Audience;
    use crate::person::Actor;

    fn kind(purpose: Purpose) -> Kind {
        Kind {
            name: "client.thing".parse().unwrap(),
            description: String::new(),
            actor: Actor::EndClient,
            audience: Audience::Clients,
            class: Class::Immediate,
            purpose,
            triggers: vec![],
            reminder: None,
            channels: vec![],
        }
    }

    fn person() -> Person {
        Person {
            id: "p".parse().unwrap(),
            actor: Actor::EndClient,
            role: None,
            business: None,
            name: "Camille Laurent".to_owned(),
            email: EmailAddress::parse("c@example.com").ok(),
            phone: PhoneNumber::parse("+33612345678").ok(),
            locale: None,
            timezone: None,
            choices: crate::Choices::default(),
        }
    }

    fn rule(opt_in: bool) -> ChannelRule {
        ChannelRule { channel: Channel::Sms, when: None, opt_in, calendar: None }
    }

    fn asked<'a>(kind: &'a Kind, rule: &'a ChannelRule) -> Asked<'a> {
        Asked { kind, rule, settings: None, requested: None, condition_holds: true, has_text: true }
    }

    #[test]
    fn each_thing_that_keeps_a_channel_back_has_its_reason() {
        let (kind, rule) = (kind(Purpose::Service), rule(false));
        let base = asked(&kind, &rule);
        let mut off = Settings::default();
        off.channels.off.push(Channel::Sms);
        let nobody = Person { phone: None, ..person() };
        let landline = Person { phone: PhoneNumber::parse("+33140506070").ok(), ..person() };
        let clear = Standing::default();
        let table = [
            (left_out(&base, &person(), &clear), None),
            (left_out(&Asked { settings: Some(&off), ..base }, &person(), &clear), Some(Reason::ChannelOff)),
            (
                left_out(&Asked { requested: Some(&[Channel::Email]), ..base }, &person(), &clear),
                Some(Reason::ChannelNotRequested),
            ),
            (
                left_out(&Asked { condition_holds: false, ..base }, &person(), &clear),
                Some(Reason::ConditionUnmet),
            ),
            (left_out(&Asked { has_text: false, ..base }, &person(), &clear), Some(Reason::NoTemplate)),
            (left_out(&base, &nobody, &clear), Some(Reason::NoAddress)),
            (left_out(&base, &landline, &clear), Some(Reason::NumberNotMobile)),
            (left_out(&base, &person(), &Standing { erased: true, ..clear.clone() }), Some(Reason::Erased)),
            (
                left_out(&base, &person(), &Standing { suppressed: true, ..clear.clone() }),
                Some(Reason::AddressSuppressed),
            ),
            (
                left_out(&base, &person(), &Standing { unsubscribed: true, ..clear.clone() }),
                Some(Reason::Unsubscribed),
            ),
        ];
        for (row, (found, expected)) in table.iter().enumerate() {
            assert_eq!(found, expected, "row {row}");
        }
    }

    #[test]
    fn an_optional_channel_waits_for_the_business_or_the_request() {
        let (kind, rule) = (kind(Purpose::Service), rule(true));
        let base = asked(&kind, &rule);
        let mut chosen = Settings::default();
        chosen.channels.kinds.insert(kind.name.clone(), vec![Channel::Sms]);
        let clear = Standing::default();
        assert_eq!(left_out(&base, &person(), &clear), Some(Reason::ChannelOff));
        assert_eq!(left_out(&Asked { settings: Some(&chosen), ..base }, &person(), &clear), None);
        assert_eq!(left_out(&Asked { requested: Some(&[Channel::Sms]), ..base }, &person(), &clear), None);
    }

    #[test]
    fn marketing_needs_consent_and_service_does_not() {
        let clear = Standing::default();
        let agreed = Standing { consented: true, ..clear.clone() };
        for (purpose, standing, expected) in [
            (Purpose::Service, &clear, None),
            (Purpose::Marketing, &clear, Some(Reason::NoConsent)),
            (Purpose::Marketing, &agreed, None),
        ] {
            assert_eq!(objection(purpose, Channel::Email, &person(), standing), expected);
        }
    }

    #[test]
    fn what_is_no_longer_true_or_no_longer_useful_is_dropped() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let past = now - chrono::TimeDelta::seconds(1);
        assert_eq!(stale(true, None, now), None);
        assert_eq!(stale(true, Some(now), now), None);
        assert_eq!(stale(true, Some(past), now), Some(Reason::TooLate));
        assert_eq!(stale(false, Some(past), now), Some(Reason::Superseded));
    }
}
