//! The rules between an event and a message.

use proptest::prelude::*;

use super::*;
use crate::address::{EmailAddress, PhoneNumber};
use crate::person::Actor;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    at("2026-12-03T20:30:00Z")
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

fn facts<'a>(person: &'a Person, standing: &'a Standing) -> Facts<'a> {
    Facts {
        now: now(),
        class: Class::Immediate,
        purpose: Purpose::Service,
        channel: Channel::Sms,
        person,
        standing,
        is_true: true,
        expires_at: None,
        was_postponed: false,
        quiet: None,
        lawful_at: None,
        digest_at: None,
        capped_until: None,
        is_country_served: true,
        is_affordable: true,
    }
}

fn night() -> (Quiet, Tz) {
    (Quiet { from: "21:00:00".parse().unwrap(), to: "08:00:00".parse().unwrap() }, chrono_tz::Europe::Paris)
}

#[test]
fn each_rule_has_its_answer() {
    let (person, clear) = (person(), Standing::default());
    let base = facts(&person, &clear);
    let later = at("2026-12-04T07:00:00Z");
    let gone = Person { phone: None, ..person.clone() };
    let marketing = Facts {
        purpose: Purpose::Marketing,
        standing: &Standing { consented: true, ..clear.clone() },
        ..base.clone()
    };
    let table = [
        (base.clone(), Verdict::Leave),
        (Facts { person: &gone, ..base.clone() }, Verdict::Stop(Reason::NoAddress)),
        (Facts { is_true: false, ..base.clone() }, Verdict::Stop(Reason::Superseded)),
        (
            Facts { expires_at: Some(now() - TimeDelta::seconds(1)), ..base.clone() },
            Verdict::Stop(Reason::TooLate),
        ),
        (
            Facts { expires_at: Some(now() - TimeDelta::seconds(1)), was_postponed: true, ..base.clone() },
            Verdict::Leave,
        ),
        (Facts { is_country_served: false, ..base.clone() }, Verdict::Stop(Reason::CountryNotServed)),
        (
            Facts { lawful_at: Some(later), ..marketing.clone() },
            Verdict::Later { at: later, why: Reason::MarketingHours },
        ),
        (Facts { lawful_at: Some(now()), ..marketing.clone() }, Verdict::Leave),
        (
            Facts { quiet: Some(night()), ..base.clone() },
            Verdict::Later { at: later, why: Reason::QuietHours },
        ),
        (Facts { quiet: Some(night()), class: Class::Critical, ..base.clone() }, Verdict::Leave),
        (Facts { quiet: Some(night()), channel: Channel::InApp, ..base.clone() }, Verdict::Leave),
        // What would be of no use in the morning leaves now; marketing waits all the same.
        (
            Facts { quiet: Some(night()), expires_at: Some(now() + TimeDelta::hours(1)), ..base.clone() },
            Verdict::Leave,
        ),
        (
            Facts {
                quiet: Some(night()),
                expires_at: Some(now() + TimeDelta::hours(1)),
                ..marketing.clone()
            },
            Verdict::Later { at: later, why: Reason::QuietHours },
        ),
        (Facts { digest_at: Some(later), ..base.clone() }, Verdict::Fold { at: later, why: Reason::Digest }),
        (Facts { digest_at: Some(later), class: Class::Critical, ..base.clone() }, Verdict::Leave),
        (
            Facts { capped_until: Some(later), ..base.clone() },
            Verdict::Fold { at: later, why: Reason::Capped },
        ),
        (
            Facts {
                capped_until: Some(later),
                expires_at: Some(now() + TimeDelta::hours(1)),
                ..base.clone()
            },
            Verdict::Fold { at: now() + TimeDelta::hours(1), why: Reason::Capped },
        ),
        (Facts { is_affordable: false, ..base.clone() }, Verdict::Stop(Reason::OverBudget)),
    ];
    for (row, (facts, expected)) in table.iter().enumerate() {
        assert_eq!(decide(facts), *expected, "row {row}");
        let said = explain(facts);
        assert_eq!(
            said.last().and_then(|(_, verdict)| *verdict).unwrap_or(Verdict::Leave),
            *expected,
            "row {row}"
        );
    }
}

#[test]
fn what_is_critical_has_room_above_the_cap_and_bulk_stops_below_it() {
    assert_eq!(Allowance::of(100), Allowance { critical: 125, usual: 100, bulk: 80 });
    assert_eq!(Allowance::of(0), Allowance { critical: 0, usual: 0, bulk: 0 });
    assert_eq!(Allowance::of(u32::MAX).critical, u32::MAX);
    let classes = [Class::Bulk, Class::Immediate, Class::Scheduled, Class::Critical, Class::Bulk];
    assert_eq!(Allowance::counting(&classes), Allowance { critical: 1, usual: 2, bulk: 2 });
    let room = Allowance { critical: 0, usual: 1, bulk: 2 };
    assert_eq!(room.admit(&classes), [true, true, false, false, true]);
}

prop_compose! {
    fn any_standing()(erased: bool, unsubscribed: bool, consented: bool, suppressed: bool) -> Standing {
        Standing { erased, unsubscribed, consented, suppressed }
    }
}

proptest! {
    #[test]
    fn whatever_the_settings(
        standing in any_standing(), class in 0..4_usize, channel in 0..3_usize, is_marketing: bool, is_true: bool,
        expires in proptest::option::of(-7200..7200_i64), was_postponed: bool, is_quiet: bool,
        lawful in proptest::option::of(-7200..90_000_i64), digest in proptest::option::of(0..90_000_i64),
        capped in proptest::option::of(0..7200_i64), is_affordable: bool,
    ) {
        let person = person();
        let after = |seconds: Option<i64>| seconds.map(|seconds| now() + TimeDelta::seconds(seconds));
        let purpose = if is_marketing { Purpose::Marketing } else { Purpose::Service };
        let channel = Channel::ALL[channel];
        let facts = Facts {
            class: Class::ALL[class],
            purpose,
            channel,
            is_true,
            expires_at: after(expires),
            was_postponed,
            quiet: Some(night()).filter(|_| is_quiet),
            lawful_at: after(lawful).filter(|_| is_marketing && channel == Channel::Sms),
            digest_at: after(digest),
            capped_until: after(capped),
            is_affordable,
            ..facts(&person, &standing)
        };
        let verdict = decide(&facts);
        let leaves = verdict == Verdict::Leave;
        if standing.suppressed || standing.erased {
            prop_assert!(matches!(verdict, Verdict::Stop(_)), "a suppressed address is never called");
        }
        if leaves && is_marketing && channel != Channel::InApp {
            prop_assert!(standing.consented, "marketing never leaves without consent");
        }
        if leaves && is_marketing {
            prop_assert!(facts.lawful_at.is_none_or(|at| at <= now()), "marketing never leaves outside hours");
        }
        if let Verdict::Later { at, .. } = verdict {
            prop_assert!(at > now(), "what waits is looked at later, or it would be looked at for ever");
        }
        if leaves {
            prop_assert!(is_true, "nobody hears what is no longer true");
        }
        // A service message is held back by what concerns it alone: never for want of a consent to marketing.
        if !is_marketing && !standing.erased && !standing.suppressed && !standing.unsubscribed {
            prop_assert!(verdict != Verdict::Stop(Reason::NoConsent) && verdict != Verdict::Stop(Reason::Unsubscribed));
        }
        prop_assert_eq!(explain(&facts).last().and_then(|(_, said)| *said).unwrap_or(Verdict::Leave), verdict);
    }
}
