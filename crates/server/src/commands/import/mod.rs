//! `carillon import`: back-fills events from a file, each as `POST /v1/events` would take it, without announcing them.
//!
//! A window of lines is read, published, and forgotten. Each line has a key that is committed with its event, so an import that was
//! killed at any moment is resumed by running it again.

mod lines;
mod outcome;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use carillon_application::{BackFill, Filled, Publish, Refusal};
use carillon_delivery_http::read_event_line;

use crate::cli::ImportArgs;
use crate::clock::SystemClock;
use crate::commands::send::operator;
use crate::config::Config;
use crate::secrets::Secrets;
use crate::shared::Delivery;
use crate::wiring;
use lines::{Line, Lines};
use outcome::Outcome;

/// The most lines that are published together: enough for two full groups of the store.
const WINDOW: usize = 512;
/// The most bytes of lines that are published together; one line may be longer.
const WINDOW_BYTES: usize = 4_194_304;
/// How often, and after which times, something is tried again that cannot be done at the moment.
const WAITS: [Duration; 6] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(20),
];

/// A line that could be read, with its number.
type Event = (u64, Publish);

pub(crate) async fn run(args: ImportArgs) -> anyhow::Result<ExitCode> {
    let (reader, size) = open(&args.file)?;
    let config = Config::load()?;
    let secrets = Secrets::load(&config)?;
    let ports = wiring::ports(&config, &secrets, Arc::new(SystemClock), Delivery::ByOthers).await?;
    let name = if is_standard_input(&args.file) {
        "standard input".to_owned()
    } else {
        args.file.display().to_string()
    };
    let mut outcome = Outcome::new(name, size);
    let import = Import { back_fill: BackFill::new(&ports), announce: args.announce };
    let ended = import.all(&mut Lines::new(reader), &mut outcome).await;
    let is_whole = outcome.finish();
    ended.context("the import stopped; run it again to go on, what is in is passed over")?;
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_standard_input(file: &Path) -> bool {
    file == Path::new("-")
}

/// The file with its size, where it has one.
fn open(file: &Path) -> anyhow::Result<(Box<dyn BufRead>, Option<u64>)> {
    if is_standard_input(file) {
        return Ok((Box::new(BufReader::new(std::io::stdin())), None));
    }
    let opened = File::open(file).with_context(|| file.display().to_string())?;
    let metadata = opened.metadata().with_context(|| file.display().to_string())?;
    anyhow::ensure!(!metadata.is_dir(), "{} is a folder: name a file of JSON lines", file.display());
    let size = metadata.is_file().then_some(metadata.len());
    Ok((Box::new(BufReader::new(opened)), size))
}

struct Import {
    back_fill: BackFill,
    announce: bool,
}

impl Import {
    async fn all(&self, lines: &mut Lines<impl BufRead>, outcome: &mut Outcome) -> anyhow::Result<()> {
        loop {
            let goes_on = match self.window(lines, outcome) {
                Ok(Some(window)) => self.publish(window, outcome).await.map(|()| true),
                Ok(None) => Ok(false),
                Err(error) => Err(error),
            };
            outcome.reached(lines.consumed);
            if !goes_on? {
                return Ok(());
            }
        }
    }

    /// The next lines that can be read; `None` at the end.
    fn window(
        &self,
        lines: &mut Lines<impl BufRead>,
        outcome: &mut Outcome,
    ) -> anyhow::Result<Option<Vec<Event>>> {
        let (mut window, mut bytes) = (Vec::new(), 0);
        let mut is_at_end = true;
        while let Some(line) = lines.read_next()? {
            is_at_end = false;
            bytes += line.text.as_ref().map_or(0, Vec::len);
            match self.read(&line)? {
                Ok(publish) => window.push((line.number, publish)),
                Err(refusal) => outcome.refused(line.number, &refusal),
            }
            if window.len() == WINDOW || bytes >= WINDOW_BYTES {
                break;
            }
        }
        Ok((!is_at_end).then_some(window))
    }

    fn read(&self, line: &Line) -> anyhow::Result<Result<Publish, Refusal>> {
        let Some(text) = &line.text else {
            return Ok(Err(Refusal::input("invalid_body", "", "must have at most 1 MiB")));
        };
        anyhow::ensure!(
            line.number > 1 || text.first() != Some(&b'['),
            "this is a JSON list, not one event a line; `jq -c '.[]' FILE` makes lines of it"
        );
        Ok(read_event_line(text, self.announce))
    }

    /// Publishes a window, with patience where the database or the queue cannot take it at the moment.
    async fn publish(&self, window: Vec<Event>, outcome: &mut Outcome) -> anyhow::Result<()> {
        let mut left = window;
        for wait in WAITS.iter().map(Some).chain([None]) {
            let events: Vec<Publish> = left.iter().map(|(_, publish)| publish.clone()).collect();
            let filled = self.back_fill.run(&operator(), &events).await;
            let (mut again, mut obstacle) = (Vec::new(), None);
            for (event, filled) in left.into_iter().zip(filled) {
                match filled {
                    Filled::New { warnings } => outcome.imported(event.0, &warnings),
                    Filled::Known => outcome.known(),
                    Filled::Refused(refusal) => outcome.refused(event.0, &refusal),
                    Filled::NotNow(refusal) => {
                        obstacle = Some(refusal);
                        again.push(event);
                    }
                }
            }
            let Some(obstacle) = obstacle else { return Ok(()) };
            let Some(wait) = wait else { return Err(anyhow::Error::new(obstacle)) };
            tokio::time::sleep(*wait).await;
            left = again;
        }
        Ok(())
    }
}
