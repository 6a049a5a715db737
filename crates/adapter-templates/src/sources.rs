//! The files of a catalogue: embedded ones, and those that directories lay over them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use include_dir::{Dir, DirEntry, include_dir};

use crate::error::LoadErrors;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../templates");

/// `<kind>/<locale>/<file>`, and nothing lies deeper.
const DEEPEST: usize = 3;

/// One file.
#[derive(Debug, Clone)]
pub(crate) struct SourceFile {
    /// Its path, as a person would open it.
    pub(crate) shown: String,
    /// What is in it, with `\n` line ends.
    pub(crate) text: String,
}

/// All files, by their path within the catalogue: `client.reminder_24h/fr/sms`.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    files: BTreeMap<String, SourceFile>,
}

impl Sources {
    /// The files that were built in.
    pub(crate) fn embedded() -> Self {
        let mut sources = Self::default();
        sources.add_embedded(&EMBEDDED);
        sources
    }

    fn add_embedded(&mut self, directory: &Dir<'_>) {
        for entry in directory.entries() {
            match entry {
                DirEntry::Dir(inner) => self.add_embedded(inner),
                DirEntry::File(file) => {
                    let path = file.path().to_string_lossy().replace('\\', "/");
                    if let (true, Some(text)) = (is_ours(&path), file.contents_utf8()) {
                        self.put(&path, &format!("templates/{path}"), text);
                    }
                }
            }
        }
    }

    /// Lays a directory over what is there: a file replaces the one of the same path, and a folder with a `kind.toml` of its own
    /// replaces the whole kind.
    pub(crate) fn lay_over(&mut self, directory: &Path, errors: &mut LoadErrors) {
        let mut above = Self::default();
        above.read(directory, "", 1, errors);
        for folder in above.folders() {
            if above.get(&format!("{folder}/kind.toml")).is_some() {
                self.files.retain(|path, _| !path.starts_with(&format!("{folder}/")));
            }
        }
        self.files.append(&mut above.files);
    }

    fn read(&mut self, directory: &Path, prefix: &str, depth: usize, errors: &mut LoadErrors) {
        let shown = directory.display().to_string();
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) => return errors.add(&shown, None, format!("this folder cannot be read: {error}")),
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            if name.starts_with('.') {
                continue;
            }
            // Follows links: mounted configuration is made of them.
            if entry.path().is_dir() {
                if depth == DEEPEST {
                    errors.add(
                        &entry.path().display().to_string(),
                        None,
                        "nothing lies this deep; remove this folder",
                    );
                } else {
                    self.read(&entry.path(), &format!("{path}/"), depth + 1, errors);
                }
            } else if is_ours(&path) {
                self.read_file(&entry.path(), &path, errors);
            }
        }
    }

    fn read_file(&mut self, file: &Path, path: &str, errors: &mut LoadErrors) {
        let shown = file.display().to_string();
        match fs::read_to_string(file) {
            Ok(text) => self.put(path, &shown, &text),
            Err(error) => {
                errors.add(&shown, None, format!("this file cannot be read as UTF-8 text: {error}"));
            }
        }
    }

    fn put(&mut self, path: &str, shown: &str, text: &str) {
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        self.files.insert(path.to_owned(), SourceFile { shown: shown.to_owned(), text });
    }

    /// One file.
    pub(crate) fn get(&self, path: &str) -> Option<&SourceFile> {
        self.files.get(path)
    }

    /// The names of the folders at the top.
    pub(crate) fn folders(&self) -> BTreeSet<String> {
        self.files
            .keys()
            .filter_map(|path| path.split_once('/'))
            .map(|(folder, _)| folder.to_owned())
            .collect()
    }

    /// The files of a folder, each with its path within the folder.
    pub(crate) fn under<'a>(&'a self, folder: &str) -> impl Iterator<Item = (&'a str, &'a SourceFile)> {
        let prefix = format!("{folder}/");
        self.files.iter().filter_map(move |(path, file)| Some((path.strip_prefix(&prefix)?, file)))
    }
}

/// Files at the very top (the README) and hidden files belong to no kind.
fn is_ours(path: &str) -> bool {
    path.contains('/') && !path.split('/').any(|part| part.starts_with('.'))
}
