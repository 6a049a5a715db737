//! Who the server runs as: PostgreSQL refuses to run as root.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::programs::{run, without_settings};

/// An unprivileged account; `None` is the one that the tests run as.
#[derive(Debug)]
pub(super) struct Account(Option<(u32, u32)>);

impl Account {
    /// The account of the tests, or an unprivileged one if that is root.
    pub(super) fn for_server() -> Self {
        if id(&["-u"]) != Some(0) {
            return Self(None);
        }
        let ids = |name| Some((id(&["-u", name])?, id(&["-g", name])?));
        let unprivileged = ids("postgres").or_else(|| ids("nobody"));
        Self(Some(
            unprivileged.expect("PostgreSQL refuses to run as root, and there is no user postgres or nobody"),
        ))
    }

    /// Makes the folder the account's own.
    pub(super) fn own(&self, folder: &Path) {
        if let Self(Some((user, group))) = self {
            chown(folder, Some(*user), Some(*group)).expect("root may give a folder away");
        }
    }

    /// A program to run as the account, in a folder that it can enter.
    pub(super) fn command(&self, program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
        let mut command = Command::new(program);
        without_settings(command.current_dir(folder));
        if let Self(Some((user, group))) = self {
            command.uid(*user).gid(*group);
        }
        command
    }
}

fn id(arguments: &[&str]) -> Option<u32> {
    run(Command::new("id").args(arguments)).ok()?.trim().parse().ok()
}
