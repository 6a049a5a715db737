//! The port itself: checks a text before it is saved, makes a message from it after.

use carillon_domain::channel::Purpose;
use carillon_domain::own_text::{LongestSms, MOST_SEGMENTS, ProblemCode as Code, TextPart, TextProblem};
use carillon_domain::{Actor, Channel, Locale, OwnText, sms};
use carillon_ports::OwnTexts;
use carillon_ports::catalogue::{RenderError, RenderRequest};
use carillon_ports::content::Content;
use carillon_ports::own_texts::Checked;
use minijinja::{Value as Seen, context};

use crate::context;
use crate::engine::HTML;
use crate::formats::Scene;
use crate::kind_folder::Entry;
use crate::own::checks::{self, problem};
use crate::own::compile::{self, Compiled, compile};
use crate::own::frame;
use crate::own::html::{self, HtmlPage, Look};
use crate::own::limits::LONGEST_VALUE;
use crate::own::longest;
use crate::own::names::Names;
use crate::own::plain::PlainPage;
use crate::own::reading::{Misfit, Reading};
use crate::own::tree::{Fault, Place};
use crate::own::{walk, wording};
use crate::render::{cut, one_line, tidy};
use crate::templates::Templates;
use crate::texts::{Language, Words};

/// How many characters of each value an SMS shows: the first that makes it short enough to be sent.
const LENGTHS_IN_SMS: [usize; 4] = [LONGEST_VALUE, 200, 60, 20];

impl OwnTexts for Templates {
    fn check(&self, kind: &carillon_domain::KindName, locale: &Locale, text: &OwnText) -> Checked {
        let whole = |code, detail: &str| {
            let part = text.parts().first().map_or(TextPart::Body, |(part, _)| *part);
            problem(part, Fault::new(Place::START, code, detail))
        };
        let Some(entry) = self.entries.get(kind).filter(|entry| entry.kind.actor != Actor::PlatformAdmin)
        else {
            let detail = "there is no such kind, or it speaks for the platform";
            return Checked { problems: vec![whole(Code::UnknownKind, detail)], sms: None };
        };
        let mut problems = Vec::new();
        if !has_channel(entry, text.channel()) {
            problems.push(whole(Code::NoSuchChannel, "this kind is not sent by this channel"));
        }
        let language = self.language(locale);
        if language.is_none_or(|language| !speaks(language, locale)) {
            let detail = "this language has no words here: dates and the frame are in English";
            problems.push(whole(Code::NoSuchLanguage, detail));
        }
        let sms = match compile(text) {
            Ok(compiled) => {
                let names = Names { kind: &entry.kind, schema: &entry.schema };
                for (part, nodes) in compiled.parts() {
                    checks::check(part, nodes, names, &mut problems);
                }
                language.and_then(|language| longest_sms(text, &compiled, names, language))
            }
            Err(faults) => {
                problems.extend(faults.into_iter().map(|(part, fault)| problem(part, fault)));
                None
            }
        };
        problems.extend(sms.and_then(too_long));
        add_wording(entry.kind.purpose, text, &mut problems);
        sort(text, &mut problems);
        Checked { problems, sms }
    }

    fn render_own(&self, request: &RenderRequest<'_>, text: &OwnText) -> Result<Content, RenderError> {
        let entry = self.entries.get(request.kind).ok_or(RenderError::NoTemplate)?;
        if text.channel() != request.channel || !has_channel(entry, request.channel) {
            return Err(RenderError::NoTemplate);
        }
        let language = self.language(request.locale).ok_or(RenderError::NoTemplate)?;
        if let Some((part, fault)) = compile::too_long(text) {
            return Err(failed(part, &fault));
        }
        let compiled = self.own.get_or_make(text, || compile(text)).map_err(|faults| {
            faults.into_iter().next().map_or(RenderError::NoTemplate, |(part, fault)| failed(part, &fault))
        })?;
        let scene = || Scene { formats: language.formats.clone(), timezone: request.timezone };
        let seen = context::build(&entry.kind, request, &language.words, scene());
        let scene = scene();
        let reading = Reading { seen: &seen, scene: &scene, longest: LONGEST_VALUE };
        match text.channel() {
            Channel::Email => self.own_email(entry.kind.actor, language, &compiled, &reading),
            Channel::Sms => own_sms(&compiled, &reading),
            Channel::InApp => {
                let title = cut(one_line(&plain(&compiled, TextPart::Title, &reading, "")?));
                let body = tidy(&plain(&compiled, TextPart::Body, &reading, "")?);
                let action = self.built_in_action(entry, request, &Seen::from(seen.clone()))?;
                Ok(Content::InApp { title, body, action })
            }
        }
    }
}

impl Templates {
    /// The exact language, else the language without its region, else English.
    fn language(&self, wanted: &Locale) -> Option<&Language> {
        [wanted.as_str(), wanted.language(), "en"].into_iter().find_map(|tag| self.languages.get(tag))
    }

    fn own_email(
        &self,
        actor: Actor,
        language: &Language,
        compiled: &Compiled,
        reading: &Reading<'_>,
    ) -> Result<Content, RenderError> {
        let words = &language.words;
        let subject = cut(one_line(&plain(compiled, TextPart::Subject, reading, "")?));
        let text = plain(compiled, TextPart::Body, reading, colon(words))?;
        let html = html(compiled, words, reading)?;
        let frame = frame::name(&words.locale, actor);
        let seen = Seen::from(reading.seen.clone());
        let text = self.run(&frame, context! { own_body => tidy(&text), ..seen.clone() })?;
        let own_body = Seen::from_safe_string(html);
        let html =
            self.run(&format!("{frame}{HTML}"), context! { own_body, subject => subject.as_str(), ..seen })?;
        Ok(Content::Email { subject, html, text: tidy(&text) })
    }
}

/// Whether a language is the wanted one, with or without its region.
fn speaks(language: &Language, wanted: &Locale) -> bool {
    [wanted.as_str(), wanted.language()].contains(&language.words.locale.as_str())
}

fn has_channel(entry: &Entry, channel: Channel) -> bool {
    entry.kind.channels.iter().any(|rule| rule.channel == channel)
}

fn html(compiled: &Compiled, words: &Words, reading: &Reading<'_>) -> Result<String, RenderError> {
    let color = |name: &str| reading.seen.get(name).and_then(|color| color.as_str()).unwrap_or_default();
    let look = Look {
        accent: color("accent"),
        accent_text: color("accent_text"),
        no_break_before: &words.no_break_before,
        no_break_after: &words.no_break_after,
    };
    let nodes = compiled.part(TextPart::Body);
    let mut page = HtmlPage::new(look, html::fixed(nodes));
    walk::write(nodes, reading, &mut page).map_err(|misfit| failed(TextPart::Body, &misfit))?;
    Ok(page.finish())
}

/// An SMS of at most so many segments. Values give way, and what the business wrote does not: so it is one's own long name that is
/// cut, and nobody makes a message dear.
fn own_sms(compiled: &Compiled, reading: &Reading<'_>) -> Result<Content, RenderError> {
    for longest in LENGTHS_IN_SMS {
        let reading = Reading { longest, ..*reading };
        let text = sms::plain(&one_line(&plain(compiled, TextPart::Text, &reading, "")?));
        if sms::cost(&text).segments <= MOST_SEGMENTS {
            return Ok(Content::Sms { text });
        }
    }
    Err(RenderError::Failed(format!("own text: it needs more than {MOST_SEGMENTS} segments")))
}

fn plain(
    compiled: &Compiled,
    part: TextPart,
    reading: &Reading<'_>,
    colon: &str,
) -> Result<String, RenderError> {
    let mut page = PlainPage::new(colon);
    walk::write(compiled.part(part), reading, &mut page).map_err(|misfit| failed(part, &misfit))?;
    Ok(page.finish())
}

/// What stands between the label and the address of a link in plain text.
fn colon(words: &Words) -> &'static str {
    if words.no_break_before.contains(':') { " : " } else { ": " }
}

/// Names the part and the place, never a value.
fn failed(part: TextPart, misfit: &Misfit) -> RenderError {
    let Place { line, column } = misfit.place;
    RenderError::Failed(format!("own text, {part}:{line}:{column}: {}", misfit.detail))
}

fn longest_sms(
    text: &OwnText,
    compiled: &Compiled,
    names: Names<'_>,
    language: &Language,
) -> Option<LongestSms> {
    (text.channel() == Channel::Sms)
        .then(|| longest::sms(compiled.part(TextPart::Text), names, &language.formats))
}

fn too_long(sms: LongestSms) -> Option<TextProblem> {
    let (plain, worst) = (sms.plain.segments, sms.worst.segments);
    let code = match plain {
        0 | 1 => return None,
        2..=MOST_SEGMENTS => Code::SeveralSegments,
        _ => Code::SmsTooLong,
    };
    let detail = format!(
        "with the longest values this needs {plain} segments ({} units), and {worst} where a name has a letter outside of the SMS alphabet; at most {MOST_SEGMENTS} are sent",
        sms.plain.units
    );
    Some(problem(TextPart::Text, Fault::new(Place::START, code, detail)))
}

/// In the order of the text; the sort is stable, so what concerns the whole comes first.
fn sort(text: &OwnText, problems: &mut [TextProblem]) {
    let parts = text.parts();
    problems.sort_by_key(|problem| {
        (parts.iter().position(|(part, _)| *part == problem.part), problem.line, problem.column)
    });
}

fn add_wording(purpose: Purpose, text: &OwnText, problems: &mut Vec<TextProblem>) {
    for (part, source) in text.parts() {
        if source.len() > part.longest() * 4 {
            continue;
        }
        let mut add = |fault: Option<Fault>| problems.extend(fault.map(|fault| problem(part, fault)));
        match purpose {
            Purpose::Service => add(wording::offer(source)),
            Purpose::Marketing if part == TextPart::Text => add(wording::no_opt_out(source)),
            Purpose::Marketing => {}
        }
        if part == TextPart::Text {
            add(wording::not_in_sms_alphabet(source));
        }
    }
}
