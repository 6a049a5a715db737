//! The port itself: checks a text before it is saved, makes a message from it after.

use carillon_domain::own_text::{MOST_SEGMENTS, TextPart};
use carillon_domain::{Actor, Channel, KindName, Locale, OwnText, sms};
use carillon_ports::OwnTexts;
use carillon_ports::catalogue::{Catalogue, RenderError, RenderRequest};
use carillon_ports::content::Content;
use carillon_ports::own_texts::Checked;
use minijinja::{Value as Seen, context};

use crate::context::{self, Extent};
use crate::engine::HTML;
use crate::gaps::closed;
use crate::own::compile::{self, Compiled, compile};
use crate::own::frame;
use crate::own::html::{self, HtmlPage, Look};
use crate::own::limits::{LENGTHS_IN_SMS, LONGEST_VALUE};
use crate::own::plain::PlainPage;
use crate::own::reading::{Misfit, Reading};
use crate::own::tree::Place;
use crate::own::{verdict, walk};
use crate::render::{cut, one_line, tidy};
use crate::scene::Scene;
use crate::templates::Templates;
use crate::texts::{Language, Words};

/// More letters than this fit no number of segments that is sent, whatever their alphabet: 153 a segment, and a character takes one
/// or more. Looking first spares the counting of a text that is far too long.
const MOST_LETTERS: usize = 153 * MOST_SEGMENTS;

impl OwnTexts for Templates {
    fn check(&self, kind: &KindName, locale: &Locale, text: &OwnText) -> Checked {
        verdict::of(text, self.entries.get(kind), self.language(locale), locale)
    }

    fn render_own(&self, request: &RenderRequest<'_>, text: &OwnText) -> Result<Content, RenderError> {
        let entry = self.entries.get(request.kind).ok_or(RenderError::NoTemplate)?;
        let is_own = entry.kind.actor != Actor::PlatformAdmin && text.channel() == request.channel;
        if !is_own || !self.has_text(request.kind, request.channel) {
            return Err(RenderError::NoTemplate);
        }
        let language = self.language(request.locale).ok_or(RenderError::NoTemplate)?;
        if let Some((part, fault)) = compile::too_long(text) {
            return Err(failed(part, &fault));
        }
        let compiled = self.own.get_or_make(text, || compile(text)).map_err(|faults| {
            faults.into_iter().next().map_or(RenderError::NoTemplate, |(part, fault)| failed(part, &fault))
        })?;
        let scene = Scene::of(self.regional(language, request), request);
        let can_reply = self.can_reply && request.channel == Channel::Sms;
        let extent = Extent { platform_name: &self.platform_name, can_reply, left_out: 0 };
        let seen = context::build(&entry.kind, request, &language.words, scene.clone(), extent);
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
    pub(crate) fn language(&self, wanted: &Locale) -> Option<&Language> {
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
    Ok(closed(page.finish()))
}

/// An SMS of at most so many segments. Values give way, and what the business wrote does not: so it is one's own long name that is
/// cut, and nobody makes a message dear.
fn own_sms(compiled: &Compiled, reading: &Reading<'_>) -> Result<Content, RenderError> {
    for longest in LENGTHS_IN_SMS {
        let reading = Reading { longest, ..*reading };
        let text = sms::plain(&one_line(&plain(compiled, TextPart::Text, &reading, "")?));
        if text.chars().count() <= MOST_LETTERS && sms::cost(&text).segments <= MOST_SEGMENTS {
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
    Ok(closed(page.finish()))
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
