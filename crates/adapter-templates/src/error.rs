//! What is wrong with a folder of templates.

use std::fmt;

/// One thing that is wrong: where, and what to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// The file, as a person would open it.
    pub file: String,
    /// The line in it, where known.
    pub line: Option<usize>,
    /// What to change.
    pub detail: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.detail),
            None => write!(f, "{}: {}", self.file, self.detail),
        }
    }
}

/// Everything that is wrong, one line each. Collected, so that a person mends all of it in one go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoadErrors(Vec<LoadError>);

impl LoadErrors {
    /// Each error.
    pub fn iter(&self) -> std::slice::Iter<'_, LoadError> {
        self.0.iter()
    }

    pub(crate) fn add(&mut self, file: &str, line: Option<usize>, detail: impl Into<String>) {
        let error = LoadError { file: file.to_owned(), line, detail: detail.into() };
        if !self.0.contains(&error) {
            self.0.push(error);
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for LoadErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for LoadErrors {}

impl<'a> IntoIterator for &'a LoadErrors {
    type Item = &'a LoadError;
    type IntoIter = std::slice::Iter<'a, LoadError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The line that a byte offset of a text stands on, counted from 1.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
