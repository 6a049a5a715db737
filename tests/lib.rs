//! The end-to-end tests live beside this file, in one binary: `main.rs`. The package has no code of its own.
