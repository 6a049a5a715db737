//! How news are written: a JSON list of pairs, the person and what changed, with a letter for each kind of change.

use carillon_domain::ids::PersonId;
use carillon_ports::live::{Change, News};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
enum Letter {
    #[serde(rename = "a")]
    Arrived,
    #[serde(rename = "r")]
    Read(Vec<i64>),
    #[serde(rename = "v")]
    Archived(Vec<i64>),
    #[serde(rename = "s")]
    Seen(i64),
    #[serde(rename = "d")]
    Dismissed,
}

pub(crate) fn write(news: &[News]) -> Vec<u8> {
    let pairs: Vec<(&PersonId, Letter)> =
        news.iter().map(|news| (&news.person, letter(news.change.clone()))).collect();
    // Strings and numbers alone: nothing in here can fail to be written.
    serde_json::to_vec(&pairs).unwrap_or_default()
}

/// `None` where this is no message of ours, or one of a later version.
pub(crate) fn read(message: &[u8]) -> Option<Vec<News>> {
    let pairs: Vec<(PersonId, Letter)> = serde_json::from_slice(message).ok()?;
    Some(pairs.into_iter().map(|(person, letter)| News { person, change: change(letter) }).collect())
}

fn letter(change: Change) -> Letter {
    match change {
        Change::Arrived => Letter::Arrived,
        Change::Read { seqs } => Letter::Read(seqs),
        Change::Archived { seqs } => Letter::Archived(seqs),
        Change::Seen { seq } => Letter::Seen(seq),
        Change::Dismissed => Letter::Dismissed,
    }
}

fn change(letter: Letter) -> Change {
    match letter {
        Letter::Arrived => Change::Arrived,
        Letter::Read(seqs) => Change::Read { seqs },
        Letter::Archived(seqs) => Change::Archived { seqs },
        Letter::Seen(seq) => Change::Seen { seq },
        Letter::Dismissed => Change::Dismissed,
    }
}
