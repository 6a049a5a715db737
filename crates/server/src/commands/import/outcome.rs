//! What an import says: each refused line while it goes on, and the sum at its end.

use std::time::Duration;

use carillon_application::{Problem, Refusal};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};

/// The most lines of output about lines of the file: what follows is only counted.
const MOST_SHOWN: u64 = 1_000;

/// What has become of the lines so far.
pub(crate) struct Outcome {
    /// What the file is called in messages.
    file: String,
    progress: ProgressBar,
    /// Messages that are not printed yet, with their lines: they are found out of order.
    waiting: Vec<(u64, String)>,
    shown: u64,
    imported: u64,
    known: u64,
    warned: u64,
    refused: u64,
}

impl Outcome {
    /// Begins, with a progress bar where standard error is a terminal. `size` is that of the file, where it is known.
    pub(crate) fn new(file: String, size: Option<u64>) -> Self {
        Self {
            file,
            progress: progress(size),
            waiting: Vec::new(),
            shown: 0,
            imported: 0,
            known: 0,
            warned: 0,
            refused: 0,
        }
    }

    /// So many bytes of the file are done: prints what there is to say of their lines.
    pub(crate) fn reached(&mut self, bytes: u64) {
        self.waiting.sort_by_key(|(line, _)| *line);
        for (line, text) in self.waiting.drain(..) {
            self.progress.suspend(|| eprintln!("{}:{line}: {text}", self.file));
        }
        self.progress.set_position(bytes);
        self.progress.set_message(self.summary());
    }

    pub(crate) fn imported(&mut self, line: u64, warnings: &[Problem]) {
        self.imported += 1;
        if !warnings.is_empty() {
            self.warned += 1;
            for warning in warnings {
                self.tell(line, &format!("warning: {}", at(warning)));
            }
        }
    }

    pub(crate) fn known(&mut self) {
        self.known += 1;
    }

    pub(crate) fn refused(&mut self, line: u64, refusal: &Refusal) {
        self.refused += 1;
        match refusal {
            Refusal::Input { problems, .. } => {
                for problem in problems {
                    self.tell(line, &at(problem));
                }
            }
            Refusal::KeyReused => {
                self.tell(line, "its key stands for another event already: give the line a key of its own");
            }
            Refusal::NotFound { .. }
            | Refusal::Forbidden(_)
            | Refusal::PeopleOnly
            | Refusal::TooLate(_)
            | Refusal::NothingLeft { .. }
            | Refusal::Busy { .. }
            | Refusal::NotReady { .. }
            | Refusal::Changed { .. }
            | Refusal::Store(_) => self.tell(line, &refusal.to_string()),
        }
    }

    /// Ends, and answers whether every line is in.
    pub(crate) fn finish(self) -> bool {
        self.progress.finish_and_clear();
        if self.shown > MOST_SHOWN {
            eprintln!("{}: {} more messages about lines are not shown", self.file, self.shown - MOST_SHOWN);
        }
        println!("{}", self.summary());
        if self.refused > 0 {
            eprintln!("Correct the refused lines and import the file again: what is in is passed over.");
        }
        self.refused == 0
    }

    fn summary(&self) -> String {
        let all = HumanCount(self.imported + self.known + self.refused);
        let (imported, known, refused) =
            (HumanCount(self.imported), HumanCount(self.known), HumanCount(self.refused));
        let warned = match self.warned {
            0 => String::new(),
            warned => format!(" ({} with warnings)", HumanCount(warned)),
        };
        format!("{all} events: {imported} imported{warned}, {known} already in, {refused} refused")
    }

    fn tell(&mut self, line: u64, text: &str) {
        self.shown += 1;
        if self.shown <= MOST_SHOWN {
            self.waiting.push((line, text.to_owned()));
        }
    }
}

fn at(problem: &Problem) -> String {
    if problem.pointer.is_empty() {
        return problem.detail.clone();
    }
    format!("{}: {}", problem.pointer, problem.detail)
}

fn progress(size: Option<u64>) -> ProgressBar {
    let (bar, style) = match size {
        Some(size) => (ProgressBar::new(size), "{bar:30} {percent:>3} %  {msg}  {eta} left"),
        None => (ProgressBar::new_spinner(), "{spinner} {msg}"),
    };
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}
