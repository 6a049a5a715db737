//! The port `Renderer`.

use carillon_domain::{Channel, Locale, sms};
use carillon_ports::catalogue::{Moment, RenderError, RenderRequest, Renderer};
use carillon_ports::content::{Action, Content};
use minijinja::{ErrorKind, Value as Seen, context};

use crate::context::{self, Extent};
use crate::engine::HTML;
use crate::filters::Refusal;
use crate::gaps::closed;
use crate::kind_folder::Entry;
use crate::room;
use crate::scene::Scene;
use crate::templates::Templates;
use crate::texts::{EmailTexts, InboxTexts, Texts};

/// What fits a subject or a title; mail programs show half of that.
pub(crate) const LONGEST_LINE: usize = 200;

impl Renderer for Templates {
    fn name_moment(&self, moment: &Moment<'_>) -> Option<(String, String)> {
        let language = self.language(moment.locale)?;
        let scene = Scene::of_moment(self.formats(language, moment.locale), moment);
        let at = moment.at.with_timezone(&moment.timezone);
        Some((scene.short_date(&at)?, scene.time(&at)?))
    }

    fn render(&self, request: &RenderRequest<'_>) -> Result<Content, RenderError> {
        self.render_as(request, self.can_reply && request.channel == Channel::Sms)
    }
}

impl Templates {
    /// Makes a text for a reader who can answer it, or cannot.
    pub(crate) fn render_as(
        &self,
        request: &RenderRequest<'_>,
        can_reply: bool,
    ) -> Result<Content, RenderError> {
        let entry = self.entries.get(request.kind).ok_or(RenderError::NoTemplate)?;
        let (locale, texts) = nearest(entry, request.locale).ok_or(RenderError::NoTemplate)?;
        let language = self.languages.get(locale).ok_or(RenderError::NoTemplate)?;
        let scene = Scene::of(self.regional(language, request), request);
        let see = |request: &RenderRequest<'_>, left_out: usize| {
            let extent = Extent { platform_name: &self.platform_name, can_reply, left_out };
            Seen::from(context::build(&entry.kind, request, &language.words, scene.clone(), extent))
        };
        let seen = see(request, 0);
        match request.channel {
            Channel::Email => {
                let texts = texts.email.as_ref().ok_or(RenderError::NoTemplate)?;
                let whole = self.email(texts, seen)?;
                room::fitting(whole, request.data, |data, left_out| {
                    self.email(texts, see(&RenderRequest { data, ..request.clone() }, left_out))
                })
            }
            Channel::Sms => {
                let text = self.run(texts.sms.as_ref().ok_or(RenderError::NoTemplate)?, seen)?;
                Ok(Content::Sms { text: sms::plain(&one_line(&text)) })
            }
            Channel::InApp => {
                self.inbox(texts.inbox.as_ref().ok_or(RenderError::NoTemplate)?, &seen, request)
            }
        }
    }

    fn email(&self, texts: &EmailTexts, seen: Seen) -> Result<Content, RenderError> {
        let subject = cut(one_line(&self.run(&texts.subject, seen.clone())?));
        let text = tidy(&self.run(&texts.text, seen.clone())?);
        let html = self.run(&texts.html, context! { subject => subject.as_str(), ..seen })?;
        Ok(Content::Email { subject, html, text })
    }

    fn inbox(
        &self,
        texts: &InboxTexts,
        seen: &Seen,
        request: &RenderRequest<'_>,
    ) -> Result<Content, RenderError> {
        let title = cut(one_line(&self.run(&texts.title, seen.clone())?));
        let body = tidy(&self.run(&texts.body, seen.clone())?);
        let action = self.action(texts, seen, request)?;
        Ok(Content::InApp { title, body, action })
    }

    fn action(
        &self,
        texts: &InboxTexts,
        seen: &Seen,
        request: &RenderRequest<'_>,
    ) -> Result<Option<Action>, RenderError> {
        match (&texts.action, request.data.text_at("action_url")) {
            (Some(label), Some(url)) => {
                let label = one_line(&self.run(label, seen.clone())?);
                Ok(Some(Action { label, url: url.to_owned() }))
            }
            (None, _) | (_, None) => Ok(None),
        }
    }

    /// The button of the built-in item, for an item whose words are others.
    pub(crate) fn built_in_action(
        &self,
        entry: &Entry,
        request: &RenderRequest<'_>,
        seen: &Seen,
    ) -> Result<Option<Action>, RenderError> {
        let texts = nearest(entry, request.locale).and_then(|(_, texts)| texts.inbox.as_ref());
        texts.map_or(Ok(None), |texts| self.action(texts, seen, request))
    }

    pub(crate) fn run(&self, template: &str, seen: Seen) -> Result<String, RenderError> {
        let run = self.engine.get_template(template).and_then(|found| found.render(seen));
        run.map(closed).map_err(|error| RenderError::Failed(without_values(template, &error)))
    }
}

/// The exact language, else the language without its region, else English.
fn nearest<'a>(entry: &'a Entry, wanted: &Locale) -> Option<(&'a str, &'a Texts)> {
    [wanted.as_str(), wanted.language(), "en"]
        .into_iter()
        .find_map(|tag| entry.texts.get_key_value(tag))
        .map(|(tag, texts)| (tag.as_str(), texts))
}

/// What went wrong, where; the words of the engine are passed on only where they are made of names.
fn without_values(template: &str, error: &minijinja::Error) -> String {
    let file = template.strip_suffix(HTML).unwrap_or(template);
    // A line of the HTML, or of a part of a file, is not a line of the file.
    let is_whole = !template.ends_with(HTML) && !template.contains('#');
    let line = error.line().filter(|_| is_whole).map(|line| format!(":{line}")).unwrap_or_default();
    let refusal = std::error::Error::source(error).and_then(|source| source.downcast_ref::<Refusal>());
    match (refusal, error.kind(), error.detail()) {
        (Some(refusal), ..) => format!("{file}{line}: {refusal}"),
        (None, ErrorKind::UndefinedError, Some(detail)) => format!("{file}{line}: {detail}"),
        (None, kind, _) => format!("{file}{line}: {kind}"),
    }
}

/// One line: control characters and runs of blanks become one blank. No-break spaces stay.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.trim().chars() {
        let blank = c == ' ' || c.is_control() || c == '\u{2028}' || c == '\u{2029}';
        if !blank {
            line.push(c);
        } else if !line.ends_with(' ') {
            line.push(' ');
        }
    }
    line
}

/// At most so long as fits a subject.
pub(crate) fn cut(mut line: String) -> String {
    if let Some((at, _)) = line.char_indices().nth(LONGEST_LINE) {
        let keep = line.char_indices().nth(LONGEST_LINE - 1).map_or(at, |(keep, _)| keep);
        line.truncate(keep);
        line.push('…');
    }
    line
}

/// Plain text without the gaps that absent names leave: at most one empty line at a time, none at the ends.
pub(crate) fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().lines() {
        let line = line.trim_end_matches([' ', '\t', '\r']);
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty > 1 {
            continue;
        }
        if !tidy.is_empty() {
            tidy.push('\n');
        }
        tidy.extend(line.chars().filter(|c| !c.is_control() || *c == '\t'));
    }
    tidy
}
