use super::*;
use carillon_testkit::build::{self, now};

fn mention(name: &str, starts_in: i64, told_ago: i64) -> Mention {
    let mut appointment = build::appointment(name);
    appointment.starts_at = now() + TimeDelta::hours(starts_in);
    Mention {
        booking: build::booking(appointment, 1),
        person: build::id("camille"),
        at: now() - TimeDelta::hours(told_ago),
        is_current: true,
    }
}

fn requested(mut mention: Mention) -> Mention {
    mention.booking.appointment.status = AppointmentStatus::Requested;
    mention
}

fn question(names: &[(&str, i64)], asked_ago: i64) -> Question {
    Question {
        reply: Reply::Yes,
        business: build::id("salon"),
        choices: names
            .iter()
            .map(|(name, timing)| Choice { appointment: build::id(name), timing: *timing })
            .collect(),
        at: now() - TimeDelta::hours(asked_ago),
    }
}

/// `a-1` for the one that is meant, `a-1|a-2` for those that are asked of.
fn chosen(reply: Reply, number: Option<usize>, mentions: &[Mention], question: Option<&Question>) -> String {
    let name = |one: &&Mention| one.booking.appointment.id.to_string();
    match choose(reply, number, mentions, question, &build::id("salon"), now()) {
        Chosen::One(one) => name(&one),
        Chosen::Several(several) => format!("?{}", several.iter().map(name).collect::<Vec<_>>().join("|")),
        Chosen::Nothing => "-".to_owned(),
    }
}

#[test]
fn a_reply_means_the_appointment_that_was_spoken_of_last_unless_there_were_several_lately() {
    let (soon, later, long_ago) =
        (mention("a-1", 24, 1), mention("a-2", 72, 3), mention("a-3", 100, 24 * 20));
    let yes = |mentions: &[Mention]| chosen(Reply::Yes, None, mentions, None);
    assert_eq!(yes(&[]), "-");
    assert_eq!(yes(std::slice::from_ref(&soon)), "a-1");
    assert_eq!(yes(std::slice::from_ref(&long_ago)), "a-3");
    assert_eq!(yes(&[soon.clone(), long_ago]), "a-1");
    assert_eq!(yes(&[later.clone(), soon.clone()]), "?a-1|a-2", "by their start");
    assert_eq!(chosen(Reply::No, None, &[soon, later], None), "?a-1|a-2");
}

#[test]
fn a_number_picks_what_was_asked_of_even_when_the_order_has_changed_since() {
    let mentions = [mention("a-1", 24, 1), mention("a-2", 12, 3)];
    let asked = question(&[("a-1", 1), ("a-2", 1)], 0);
    let pick = |number| chosen(Reply::Yes, Some(number), &mentions, Some(&asked));
    assert_eq!((pick(1), pick(2)), ("a-1".to_owned(), "a-2".to_owned()));
    assert_eq!(pick(3), "?a-2|a-1", "there is none");
    assert_eq!(chosen(Reply::Yes, None, &mentions, Some(&asked)), "?a-2|a-1");
    let elsewhere = Question { business: build::id("other"), ..asked };
    assert_eq!(chosen(Reply::Yes, Some(1), &mentions, Some(&elsewhere)), "?a-2|a-1");
    assert_eq!(chosen(Reply::Yes, Some(1), &mentions[..1], None), "a-1");
    assert_eq!(chosen(Reply::Yes, Some(2), &mentions[..1], None), "?a-1");
}

#[test]
fn nobody_agrees_to_another_time_than_they_were_told() {
    let moved = Mention { is_current: false, ..requested(mention("a-1", 24, 1)) };
    let one = std::slice::from_ref(&moved);
    assert_eq!(chosen(Reply::Yes, None, one, None), "?a-1");
    assert_eq!(chosen(Reply::No, None, one, None), "a-1", "staff read it");
    let asked = question(&[("a-1", 1)], 0);
    assert_eq!(chosen(Reply::Yes, None, one, Some(&asked)), "a-1", "they were told of it meanwhile");
    let asked_before = question(&[("a-1", 0)], 0);
    assert_eq!(chosen(Reply::Yes, Some(1), one, Some(&asked_before)), "?a-1");
    let agreed = Mention { is_current: false, ..mention("a-1", 24, 1) };
    assert_eq!(chosen(Reply::Yes, None, &[agreed], None), "a-1", "which changes nothing");
}

#[test]
fn a_question_of_one_is_answered_without_its_number_unless_we_wrote_of_another_since() {
    let mentions = [mention("a-2", 12, 1), mention("a-1", 24, 60)];
    let asked = |ago| question(&[("a-1", 1)], ago);
    assert_eq!(chosen(Reply::Yes, None, &mentions, Some(&asked(0))), "a-1");
    assert_eq!(chosen(Reply::Yes, None, &mentions, Some(&asked(2))), "a-2");
}
