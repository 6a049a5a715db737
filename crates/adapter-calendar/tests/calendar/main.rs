//! The files, letter by letter.

mod files;
mod invitation;
mod zones;
