//! The catalogue of kinds and their texts: folders of TOML, MJML and plain text, embedded at build time and laid over by further
//! directories at start. Adapter of the ports `Catalogue`, `Renderer` and `OwnTexts` with minijinja, MJML, JSON Schema and ICU.
//!
//! Architecture invariant: whatever can be wrong with a folder is found when it is loaded (every text is rendered with its sample,
//! with and without the optional names), and nothing is compiled per message. What goes wrong later names the template and the
//! line, never a value: the data is personal.
//!
//! To add a kind: a folder under `templates/` (its README has the format). To add a filter: a function in `filters.rs`, its name in
//! `allow_list.rs`, a line in `templates/README.md`. To add a language: `_layout/<locale>/strings.toml` and a folder in each kind.

mod accent;
mod allow_list;
mod catalogue;
mod condition;
mod context;
mod engine;
mod error;
mod explain;
mod filters;
mod formats;
mod gaps;
mod inline_style;
mod kind_file;
mod kind_folder;
mod layout;
mod load;
mod mjml;
mod money;
mod own;
mod people;
mod places;
mod proof;
mod regions;
mod render;
mod room;
mod sample;
mod scene;
mod schema;
mod sources;
mod tags;
mod templates;
mod texts;
mod typography;
mod well_formed;

pub use error::{LoadError, LoadErrors};
pub use templates::Templates;
