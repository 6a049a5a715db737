//! Reading texts into types of the domain, keeping every problem for the answer.

use std::fmt::Display;

use carillon_application::{Problem, Refusal};

/// What is wrong with a body so far.
pub(crate) struct Reading {
    code: &'static str,
    problems: Vec<Problem>,
}

impl Reading {
    pub(crate) fn new(code: &'static str) -> Self {
        Self { code, problems: Vec::new() }
    }

    /// Reads a field that must be there.
    pub(crate) fn field<T, E: Display>(
        &mut self,
        pointer: &str,
        text: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        read(text).map_err(|error| self.problem(pointer, error)).ok()
    }

    /// Reads a field that may be absent; an empty text is as if left out.
    pub(crate) fn optional<T, E: Display>(
        &mut self,
        pointer: &str,
        text: Option<&str>,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        text.filter(|text| !text.trim().is_empty()).and_then(|text| self.field(pointer, text, read))
    }

    pub(crate) fn problem(&mut self, pointer: &str, detail: impl Display) {
        self.problems.push(Problem::at(pointer, detail));
    }

    /// The value, unless something was wrong. A value that is absent without a problem is a mistake of ours, and answered as input
    /// too: better a strange refusal than a crash.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, Refusal> {
        Refusal::unless_empty(self.code, self.problems)?;
        value.ok_or_else(|| Refusal::input(self.code, "", "cannot be read"))
    }
}
