//! Everything that is said of a text before it is saved.

use carillon_domain::channel::Purpose;
use carillon_domain::own_text::{LongestSms, MOST_SEGMENTS, ProblemCode as Code, TextPart, TextProblem};
use carillon_domain::sms::Cost;
use carillon_domain::{Actor, Channel, Locale, OwnText};
use carillon_ports::own_texts::Checked;

use crate::kind_folder::Entry;
use crate::own::checks::{self, problem};
use crate::own::compile::{Compiled, compile, too_long};
use crate::own::longest;
use crate::own::names::Names;
use crate::own::tree::{Fault, Place};
use crate::own::wording;
use crate::texts::Language;

/// Checks a text for a kind; `language` is the nearest there is to the wanted one.
pub(crate) fn of(
    text: &OwnText,
    entry: Option<&Entry>,
    language: Option<&Language>,
    wanted: &Locale,
) -> Checked {
    let Some(entry) = entry.filter(|entry| entry.kind.actor != Actor::PlatformAdmin) else {
        let detail = "there is no such kind, or it speaks for the platform";
        return Checked { problems: vec![whole(text, Code::UnknownKind, detail)], sms: None };
    };
    let mut problems = Vec::new();
    if !entry.kind.channels.iter().any(|rule| rule.channel == text.channel()) {
        problems.push(whole(text, Code::NoSuchChannel, "this kind is not sent by this channel"));
    }
    if language.is_none_or(|language| !speaks(language, wanted)) {
        let detail = "this language has no words here: dates and the frame are in English";
        problems.push(whole(text, Code::NoSuchLanguage, detail));
    }
    let sms = match compile(text) {
        Ok(compiled) => of_compiled(&compiled, entry, language, &mut problems),
        Err(faults) => {
            problems.extend(faults.into_iter().map(|(part, fault)| problem(part, fault)));
            None
        }
    };
    // Of a text that is too long not even the words are read.
    if too_long(text).is_none() {
        add_wording(entry.kind.purpose, text, &mut problems);
    }
    sort(text, &mut problems);
    Checked { problems, sms }
}

fn whole(text: &OwnText, code: Code, detail: &str) -> TextProblem {
    let part = text.parts().first().map_or(TextPart::Body, |(part, _)| *part);
    problem(part, Fault::new(Place::START, code, detail))
}

/// Whether a language is the wanted one, with or without its region.
fn speaks(language: &Language, wanted: &Locale) -> bool {
    [wanted.as_str(), wanted.language()].contains(&language.words.locale.as_str())
}

fn of_compiled(
    compiled: &Compiled,
    entry: &Entry,
    language: Option<&Language>,
    problems: &mut Vec<TextProblem>,
) -> Option<LongestSms> {
    let names = Names { kind: &entry.kind, schema: &entry.schema };
    let mut sms = None;
    for (part, nodes) in compiled.parts() {
        checks::check(part, nodes, names, problems);
        if let (TextPart::Text, Some(language)) = (part, language) {
            let (longest, shortened) = longest::sms(nodes, names, &language.formats);
            problems.extend(length_of_sms(longest, shortened));
            sms = Some(longest);
        }
    }
    sms
}

fn length_of_sms(longest: LongestSms, shortened: Cost) -> Option<TextProblem> {
    let (plain, worst, least) = (longest.plain.segments, longest.worst.segments, shortened.segments);
    let (code, detail) = if plain > MOST_SEGMENTS {
        (
            Code::SmsTooLong,
            format!("with the longest values this needs {plain} segments; at most {MOST_SEGMENTS} are sent"),
        )
    } else if least > MOST_SEGMENTS {
        let detail = "where a name has a letter outside of the SMS alphabet, such as François, this needs";
        (
            Code::SmsTooLong,
            format!("{detail} {least} segments, however short; at most {MOST_SEGMENTS} are sent"),
        )
    } else if plain > 1 {
        let detail = format!("with the longest values this needs {plain} segments");
        (
            Code::SeveralSegments,
            format!("{detail}, and {worst} where a name has a letter outside of the SMS alphabet"),
        )
    } else {
        return None;
    };
    Some(problem(TextPart::Text, Fault::new(Place::START, code, detail)))
}

fn add_wording(purpose: Purpose, text: &OwnText, problems: &mut Vec<TextProblem>) {
    let is_sms = text.channel() == Channel::Sms;
    for (part, source) in text.parts() {
        let mut add = |fault: Option<Fault>| problems.extend(fault.map(|fault| problem(part, fault)));
        match purpose {
            Purpose::Service => add(wording::offer(source)),
            Purpose::Marketing if is_sms => add(wording::no_opt_out(source)),
            // The foot of every e-mail has the link, and an item of the inbox reaches nobody outside.
            Purpose::Marketing => {}
        }
        if is_sms {
            add(wording::not_in_sms_alphabet(source));
        }
    }
}

/// In the order of the text; the sort is stable, so what concerns the whole comes first.
fn sort(text: &OwnText, problems: &mut [TextProblem]) {
    let parts = text.parts();
    problems.sort_by_key(|problem| {
        (parts.iter().position(|(part, _)| *part == problem.part), problem.line, problem.column)
    });
}
