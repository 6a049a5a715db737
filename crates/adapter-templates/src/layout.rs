//! The square brackets: what runs once, at load. Partials are included, the frame is put around an e-mail.

use std::collections::BTreeMap;

use carillon_domain::Actor;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, context};

use crate::error::{LoadErrors, line_at};
use crate::formats::Formats;
use crate::mjml;
use crate::sources::{SourceFile, Sources};
use crate::texts::{Language, Words};
use crate::typography;

const FRAME_HTML: &str = "_layout/email.mjml";
const FRAME_TEXT: &str = "_layout/email.txt";

/// The frame, the partials, and the languages that there are words for.
pub(crate) struct Layout {
    environment: Environment<'static>,
    pub(crate) languages: BTreeMap<String, Language>,
}

impl Layout {
    /// Reads `_layout` and `_shared`.
    pub(crate) fn load(sources: &Sources, errors: &mut LoadErrors) -> Self {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let syntax = SyntaxConfig::builder()
            .block_delimiters("[%", "%]")
            .variable_delimiters("[[", "]]")
            .comment_delimiters("[#", "#]")
            .build();
        match syntax {
            Ok(syntax) => environment.set_syntax(syntax),
            Err(error) => errors.add(FRAME_HTML, None, error.to_string()),
        }
        for folder in ["_shared", "_layout"] {
            for (name, file) in sources.under(folder) {
                let added = environment.add_template_owned(format!("{folder}/{name}"), file.text.clone());
                if let Err(error) = added {
                    errors.add(&file.shown, error.line(), words_of(&error));
                }
            }
        }
        for frame in [FRAME_HTML, FRAME_TEXT] {
            if sources.get(frame).is_none() {
                errors.add(frame, None, "this file is missing");
            }
        }
        Self { environment, languages: languages(sources, errors) }
    }

    /// Runs the square brackets of a text.
    pub(crate) fn compose(&self, source: &str) -> Result<String, (Option<usize>, String)> {
        if !source.contains("[%") && !source.contains("[[") {
            return Ok(source.trim_end_matches('\n').to_owned());
        }
        self.environment.render_str(source, context! {}).map_err(|error| (error.line(), words_of(&error)))
    }

    /// The HTML of an e-mail from its body in MJML.
    pub(crate) fn html(&self, body: &str, words: &Words, actor: Actor) -> Result<String, String> {
        let body =
            typography::without_breaks(&with_classes(body), &words.no_break_before, &words.no_break_after);
        mjml::to_html(&self.framed(FRAME_HTML, &body, words, actor)?)
    }

    /// The plain text of an e-mail from its body.
    pub(crate) fn text(&self, body: &str, words: &Words, actor: Actor) -> Result<String, String> {
        self.framed(FRAME_TEXT, body, words, actor)
    }

    fn framed(&self, frame: &str, body: &str, words: &Words, actor: Actor) -> Result<String, String> {
        self.environment
            .get_template(frame)
            .and_then(|frame| {
                let Words { locale, unsubscribe, unsubscribe_line, .. } = words;
                let Words { preferences, preferences_line, .. } = words;
                frame.render(context! {
                    body, locale, unsubscribe, unsubscribe_line, preferences, preferences_line, why => words.why(actor)
                })
            })
            .map_err(|error| format!("{} (in {frame})", words_of(&error)))
    }
}

/// The classes of the frame carry attributes of MJML too, which hold where a mail program drops `<style>`.
fn with_classes(body: &str) -> String {
    ["title", "alert"].into_iter().fold(body.to_owned(), |body, class| {
        body.replace(
            &format!("css-class=\"{class}\""),
            &format!("css-class=\"{class}\" mj-class=\"{class}\""),
        )
    })
}

fn languages(sources: &Sources, errors: &mut LoadErrors) -> BTreeMap<String, Language> {
    let mut languages = BTreeMap::new();
    for (name, file) in sources.under("_layout") {
        let Some((tag, "strings.toml")) = name.split_once('/') else {
            if name.contains('/') {
                errors.add(
                    &file.shown,
                    None,
                    "a language of the layout has one file, strings.toml; remove this one",
                );
            }
            continue;
        };
        if let Some(language) = language(tag, file, errors) {
            languages.insert(tag.to_owned(), language);
        }
    }
    languages
}

fn language(tag: &str, file: &SourceFile, errors: &mut LoadErrors) -> Option<Language> {
    let mut words: Words = match toml::from_str(&file.text) {
        Ok(words) => words,
        Err(error) => {
            let line = error.span().map(|span| line_at(&file.text, span.start));
            errors.add(&file.shown, line, error.message().trim().replace('\n', " "));
            return None;
        }
    };
    tag.clone_into(&mut words.locale);
    for part in words.missing_parts() {
        errors.add(&file.shown, None, format!("`[someone]` needs a word for `{part}`"));
    }
    let formats = Formats::new(tag).map_err(|detail| errors.add(&file.shown, None, detail)).ok()?;
    Some(Language { words, formats: formats.into() })
}

/// What an error of the engine says, without the place, which is given beside it.
pub(crate) fn words_of(error: &minijinja::Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()))
}
