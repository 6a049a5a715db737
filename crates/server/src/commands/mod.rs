//! One command a file.

pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod flags;
pub(crate) mod import;
pub(crate) mod keys;
pub(crate) mod kinds;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod send;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod templates;

use carillon_application::Refusal;

/// A refusal as a message on the command line: what to change, line by line.
pub(crate) fn explain(refusal: Refusal) -> anyhow::Error {
    match refusal {
        Refusal::Input { code, problems } => {
            let lines: Vec<String> =
                problems.iter().map(|problem| format!("{}: {}", problem.pointer, problem.detail)).collect();
            anyhow::anyhow!("{code}\n  {}", lines.join("\n  "))
        }
        other => anyhow::Error::new(other),
    }
}
