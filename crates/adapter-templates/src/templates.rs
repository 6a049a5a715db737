//! The catalogue as a server holds it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use carillon_domain::event::Part;
use carillon_domain::ids::KindName;
use carillon_domain::{Person, Platform};
use minijinja::Environment;

use crate::condition::Compiled;
use crate::error::LoadErrors;
use crate::kind_folder::Entry;
use crate::load;
use crate::own;
use crate::regions::Regions;
use crate::schema::{self, Check, Schema};
use crate::sources::Sources;
use crate::texts::Language;

/// Every kind with its schema, its sample and its compiled texts. Implements `Catalogue`, `Renderer` and `OwnTexts`; made once, shared by all.
pub struct Templates {
    pub(crate) entries: BTreeMap<KindName, Entry>,
    pub(crate) events: BTreeMap<String, Listeners>,
    pub(crate) conditions: BTreeMap<String, Compiled>,
    pub(crate) engine: Environment<'static>,
    pub(crate) languages: BTreeMap<String, Language>,
    /// The formats of regions.
    pub(crate) regions: Regions,
    pub(crate) sample_people: BTreeMap<Part, Person>,
    /// Whether text messages leave by a sender that people can answer to.
    pub(crate) can_reply: bool,
    /// What the platform is called.
    pub(crate) platform_name: String,
    /// Compiled texts of businesses.
    pub(crate) own: own::Cache,
}

/// Who listens to an event: kinds with the index of the trigger, and the check that data must pass for all of them, also as clients read
/// it.
pub(crate) struct Listeners {
    pub(crate) triggers: Vec<(KindName, usize)>,
    pub(crate) check: Check,
    pub(crate) document: String,
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Templates").field("kinds", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Templates {
    /// The kinds that were built in.
    pub fn embedded() -> Result<Self, LoadErrors> {
        Self::with_directories(&[])
    }

    /// The kinds that were built in, and directories of the same layout laid over them in order: a file replaces the one of the
    /// same path, a folder with a `kind.toml` of its own replaces the whole kind, a new folder adds a kind.
    pub fn with_directories(directories: &[PathBuf]) -> Result<Self, LoadErrors> {
        let mut errors = LoadErrors::default();
        let mut sources = Sources::embedded();
        for directory in directories {
            sources.lay_over(directory, &mut errors);
        }
        load::load(&sources, errors)
    }

    /// Checks a directory as [`Templates::with_directories`] would load it, and answers how many kinds there would be.
    pub fn check(directory: &Path) -> Result<usize, LoadErrors> {
        Self::with_directories(&[directory.to_owned()]).map(|templates| templates.entries.len())
    }

    /// The same where text messages leave by a sender that people can answer to, or not: texts then ask for an answer.
    #[must_use]
    pub fn inviting_replies(self, can_reply: bool) -> Self {
        Self { can_reply, ..self }
    }

    /// The same for a platform of this name, which texts that belong to no business are signed by.
    #[must_use]
    pub fn of_platform(self, name: String) -> Self {
        Self { platform_name: name, ..self }
    }

    /// The people whom samples name by part, such as `client.1`: who makes a text from a sample gives them along.
    pub fn sample_people(&self) -> &BTreeMap<Part, Person> {
        &self.sample_people
    }

    pub(crate) fn new(
        entries: BTreeMap<KindName, Entry>,
        conditions: BTreeMap<String, Compiled>,
        engine: Environment<'static>,
        languages: BTreeMap<String, Language>,
        sample_people: BTreeMap<Part, Person>,
        errors: &mut LoadErrors,
    ) -> Self {
        let mut triggers: BTreeMap<String, Vec<(KindName, usize)>> = BTreeMap::new();
        for (name, entry) in &entries {
            for (index, trigger) in entry.kind.triggers.iter().enumerate() {
                triggers.entry(trigger.event.clone()).or_default().push((name.clone(), index));
            }
        }
        let mut events = BTreeMap::new();
        for (event, triggers) in triggers {
            let schemas: Vec<&Schema> = triggers
                .iter()
                .filter_map(|(name, _)| entries.get(name))
                .map(|entry| &entry.schema)
                .collect();
            match Check::compile(&schemas) {
                Ok(check) => {
                    let document = schema::document(&schemas);
                    events.insert(event, Listeners { triggers, check, document });
                }
                Err(error) => {
                    errors.add(&event, None, format!("the kinds of this event do not go together: {error}"));
                }
            }
        }
        let own = own::Cache::default();
        Self {
            entries,
            events,
            conditions,
            engine,
            languages,
            regions: Regions::default(),
            sample_people,
            can_reply: false,
            platform_name: Platform::default().name,
            own,
        }
    }
}
