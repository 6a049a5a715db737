//! Colours on a terminal, plain lines in a pipe.

use std::io::IsTerminal;

use owo_colors::{OwoColorize, Style};

/// Whether a person looks at it. `NO_COLOR` (no-color.org) is honoured.
pub(crate) fn is_terminal() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// A text in a style, where a person looks at it.
pub(crate) fn styled(text: &str, style: Style) -> String {
    if is_terminal() { text.style(style).to_string() } else { text.to_owned() }
}

/// What went wrong, cause by cause.
pub(crate) fn failure(error: &anyhow::Error) {
    eprintln!("{}: {error:#}", styled("error", Style::new().red().bold()));
}
