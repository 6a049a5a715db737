//! The files, letter by letter, and as others read them.

mod files;
mod invitation;
mod reader;
mod zones;
