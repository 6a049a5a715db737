//! From files to a catalogue.

use std::collections::BTreeMap;

use carillon_domain::{Actor, Value};
use minijinja::Environment;
use serde_json::{Map, Value as Json};

use crate::allow_list;
use crate::condition::Compiled;
use crate::context::{ALWAYS, PARTS};
use crate::engine::{self, HTML};
use crate::error::{LoadErrors, line_at};
use crate::kind_folder;
use crate::layout::{Layout, words_of};
use crate::own;
use crate::people::LISTED;
use crate::proof;
use crate::sample;
use crate::schema::Schema;
use crate::sources::{SourceFile, Sources};
use crate::templates::Templates;
use crate::typography::with_apostrophes;
use crate::well_formed;

const DEFINITIONS: &str = "_shared/definitions.json";

/// What a load has at hand, and what it has made so far.
pub(crate) struct Workshop<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) layout: &'a Layout,
    pub(crate) definitions: &'a Map<String, Json>,
    pub(crate) samples: &'a BTreeMap<String, Value>,
    pub(crate) engine: Environment<'static>,
    pub(crate) conditions: BTreeMap<String, Compiled>,
    pub(crate) errors: &'a mut LoadErrors,
}

/// Loads a catalogue, or says everything that is wrong with it.
pub(crate) fn load(sources: &Sources, mut errors: LoadErrors) -> Result<Templates, LoadErrors> {
    let layout = Layout::load(sources, &mut errors);
    let definitions = definitions(sources, &mut errors);
    let samples = sample::shared(sources, &mut errors);
    let mut workshop = Workshop {
        sources,
        layout: &layout,
        definitions: &definitions,
        samples: &samples,
        engine: engine::engine(),
        conditions: BTreeMap::new(),
        errors: &mut errors,
    };
    let mut entries = BTreeMap::new();
    for folder in sources.folders() {
        if folder == "_layout" || folder == "_shared" {
            continue;
        }
        if let Some(entry) = kind_folder::load(&folder, &mut workshop) {
            entries.insert(entry.kind.name.clone(), entry);
        }
    }
    own::add_frames_to(&mut workshop.engine, &layout, workshop.errors);
    let (engine, conditions) = (workshop.engine, workshop.conditions);
    let templates =
        Templates::new(entries, conditions, engine, layout.languages, sample::people(&samples), &mut errors);
    // A text that does not even compile would only be reported twice.
    if errors.count() == 0 {
        proof::read(&templates, &samples, sources, &mut errors);
    }
    errors.into_result(templates)
}

fn definitions(sources: &Sources, errors: &mut LoadErrors) -> Map<String, Json> {
    let Some(file) = sources.get(DEFINITIONS) else { return Map::new() };
    serde_json::from_str(&file.text).unwrap_or_else(|error| {
        errors.add(&file.shown, Some(error.line()), error.to_string());
        Map::new()
    })
}

impl Workshop<'_> {
    /// Adds a file of one line.
    pub(crate) fn add_plain(&mut self, path: &str, schema: &Schema) -> Option<String> {
        let source = self.sources.get(path)?;
        let composed = with_apostrophes(&self.prepare(source, &source.text, true)?);
        self.add(path.to_owned(), composed.trim().to_owned(), source, schema)
    }

    /// Adds the HTML part of an e-mail.
    pub(crate) fn add_html(
        &mut self,
        path: &str,
        locale: &str,
        actor: Actor,
        schema: &Schema,
    ) -> Option<String> {
        let source = self.sources.get(path)?;
        let body = with_apostrophes(&self.prepare(source, &source.text, true)?);
        if let Err((line, detail)) = well_formed::check(&source.text) {
            return self.complain(source, Some(line), detail);
        }
        // Once more with its partials, whose lines are none of this file's.
        if let Err((_, detail)) = well_formed::check(&body) {
            return self.complain(source, None, detail);
        }
        let words = &self.layout.languages.get(locale)?.words;
        match self.layout.html(&body, words, actor) {
            Ok(html) => self.add(format!("{path}{HTML}"), html, source, schema),
            Err(detail) => self.complain(source, None, detail),
        }
    }

    /// Adds the plain text part of an e-mail.
    pub(crate) fn add_text(
        &mut self,
        path: &str,
        locale: &str,
        actor: Actor,
        schema: &Schema,
    ) -> Option<String> {
        let source = self.sources.get(path)?;
        let body = with_apostrophes(&self.prepare(source, &source.text, true)?);
        let words = &self.layout.languages.get(locale)?.words;
        match self.layout.text(&body, words, actor) {
            Ok(text) => self.add(path.to_owned(), text, source, schema),
            Err(detail) => self.complain(source, None, detail),
        }
    }

    /// Adds a part of a file that has several; lines within it mean nothing to a reader of the file.
    pub(crate) fn add_part(&mut self, path: &str, part: &str, text: &str, schema: &Schema) -> Option<String> {
        let source = self.sources.get(path)?;
        let composed = with_apostrophes(&self.prepare(source, text, false)?);
        self.add(format!("{path}#{part}"), composed.trim().to_owned(), source, schema)
    }

    pub(crate) fn complain_of_toml(&mut self, source: &SourceFile, error: &toml::de::Error) {
        let line = error.span().map(|span| line_at(&source.text, span.start));
        self.errors.add(&source.shown, line, error.message().trim().replace('\n', " "));
    }

    fn complain<T>(
        &mut self,
        source: &SourceFile,
        line: Option<usize>,
        detail: impl Into<String>,
    ) -> Option<T> {
        self.errors.add(&source.shown, line, detail);
        None
    }

    /// Runs the square brackets, and checks that only what is allowed is used and that it compiles.
    fn prepare(&mut self, source: &SourceFile, text: &str, with_lines: bool) -> Option<String> {
        let before = self.errors.count();
        let found = allow_list::violations(text);
        let composed = match self.layout.compose(text) {
            Ok(composed) => composed,
            Err((line, detail)) => return self.complain(source, line.filter(|_| with_lines), detail),
        };
        let of_partials = allow_list::violations(&composed).into_iter().map(|(_, detail)| (None, detail));
        let own: Vec<String> = found.iter().map(|(_, detail)| detail.clone()).collect();
        let of_partials = of_partials.filter(|(_, detail)| !own.contains(detail));
        for (line, detail) in found.into_iter().map(|(line, detail)| (Some(line), detail)).chain(of_partials)
        {
            self.errors.add(&source.shown, line.filter(|_| with_lines), detail);
        }
        if let Err(error) = Environment::empty().template_from_named_str(&source.shown, &composed) {
            return self.complain(source, error.line().filter(|_| with_lines), words_of(&error));
        }
        (self.errors.count() == before).then_some(composed)
    }

    /// Compiles a text; each name in it must be one that there can be.
    fn add(&mut self, name: String, text: String, source: &SourceFile, schema: &Schema) -> Option<String> {
        if let Err(error) = self.engine.add_template_owned(name.clone(), text) {
            return self.complain(source, None, words_of(&error));
        }
        let names = self.engine.get_template(&name).ok()?.undeclared_variables(true);
        let mut unknown: Vec<String> = names.into_iter().filter(|name| !is_known(name, schema)).collect();
        unknown.sort();
        for name in &unknown {
            let line = source.text.find(name.as_str()).map(|offset| line_at(&source.text, offset));
            self.errors.add(
                &source.shown,
                line,
                format!("`{name}` is neither in the schema of this kind nor a name of every text"),
            );
        }
        unknown.is_empty().then_some(name)
    }
}

/// Whether a text can use a dotted name.
fn is_known(path: &str, schema: &Schema) -> bool {
    let (top, rest) = path.split_once('.').unwrap_or((path, ""));
    match top {
        "business" => ["", "name", "phone", "address", "color"].contains(&rest),
        part if part == "recipient" || PARTS.contains(&part) => {
            ["", "id", "name", "first_name"].contains(&rest)
        }
        always if ALWAYS.contains(&always) => rest.is_empty(),
        _ => match path.rsplit_once('.') {
            Some((place, name)) if schema.has_person_at(place) => LISTED.contains(&name),
            Some(_) | None => schema.knows(path),
        },
    }
}
