//! What clears away a server even when the process that started it is killed.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// Waits for the end of its input, which comes with the end of whoever holds the other end of the pipe.
const SCRIPT: &str = r#"
trap '' HUP INT TERM
read -r _
[ -f "$1/pid" ] && kill -KILL "$(cat "$1/pid")"
cd / && rm -rf "$1"
"#;

/// A shell that waits beside this process. In a process group of its own: an interrupt from the keyboard, or a test runner that
/// kills the group of a test that hangs, ends the test and not this.
#[derive(Debug)]
pub(super) struct Watchdog {
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Watchdog {
    pub(super) fn start(folder: &Path) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", SCRIPT, "watchdog"]).arg(folder).process_group(0);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = shell.spawn().expect("a shell");
        let pipe = child.stdin.take();
        Self { child, pipe }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.pipe.take());
        if let Err(error) = self.child.wait() {
            eprintln!("a private Redis may be left running: {error}");
        }
    }
}
