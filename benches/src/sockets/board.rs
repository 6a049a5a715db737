//! What every page saw, written by the pages and read by who measures.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::clock;

/// How long pages may take to be as they should.
const PATIENCE: Duration = Duration::from_mins(5);

/// All pages.
#[derive(Debug)]
pub(super) struct Board {
    pages: Vec<Mutex<Page>>,
    ends: Mutex<BTreeMap<u16, usize>>,
}

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Whether it was welcomed, and its connection stands.
    pub(super) is_in: bool,
    /// Every item in the order in which it came, and when (microseconds since 1970).
    seen: Vec<(i64, u64)>,
    /// What it did not expect.
    complaint: Option<String>,
}

impl Page {
    /// Whether it has seen this item.
    pub(super) fn has_seen(&self, seq: i64) -> bool {
        self.seen.iter().any(|(seen, _)| *seen == seq)
    }

    /// Where it goes on.
    pub(super) fn cursor(&self) -> Option<i64> {
        self.seen.last().map(|(seq, _)| *seq)
    }

    /// Notes an item.
    pub(super) fn see(&mut self, seq: i64) {
        self.seen.push((seq, clock::now()));
    }

    /// Notes what it did not expect; the first is kept.
    pub(super) fn complain(&mut self, complaint: String) {
        self.complaint.get_or_insert(complaint);
    }

    /// Whether it saw every item up to this one, once and in order, and nothing else.
    fn is_right(&self, newest: i64) -> bool {
        self.complaint.is_none() && self.seen.iter().map(|(seq, _)| *seq).eq(1..=newest)
    }
}

impl Board {
    pub(super) fn new(pages: usize) -> Self {
        Self { pages: (0..pages).map(|_| Mutex::default()).collect(), ends: Mutex::default() }
    }

    /// How many pages there are.
    pub(super) fn len(&self) -> usize {
        self.pages.len()
    }

    /// A page.
    pub(super) fn page(&self, index: usize) -> MutexGuard<'_, Page> {
        lock(&self.pages[index])
    }

    /// Notes how a connection ended: the code of WebSocket, or 0 without a word.
    pub(super) fn end(&self, index: usize, code: u16) {
        self.page(index).is_in = false;
        *lock(&self.ends).entry(code).or_default() += 1;
    }

    /// How connections ended, by code.
    pub(super) fn ends(&self) -> BTreeMap<u16, usize> {
        lock(&self.ends).clone()
    }

    /// Waits until all of these are so.
    pub(super) async fn until_all(
        &self,
        range: Range<usize>,
        is_so: impl Fn(&Page) -> bool,
    ) -> anyhow::Result<()> {
        let began = Instant::now();
        let mut next = range.start;
        loop {
            // What was so once is not looked at again: a look costs time that the measured processes need.
            while next < range.end && is_so(&self.page(next)) {
                next += 1;
            }
            if next >= range.end {
                return Ok(());
            }
            let page = format!("{:?}", *self.page(next));
            ensure!(
                began.elapsed() < PATIENCE,
                "page {next} is not as it should be after {PATIENCE:?}: {page}"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// When a page first saw an item (microseconds since 1970).
    pub(super) fn heard(&self, index: usize, seq: i64) -> u64 {
        let page = self.page(index);
        page.seen.iter().find(|(seen, _)| *seen == seq).map_or(u64::MAX, |(_, at)| *at)
    }

    /// When the last page saw an item.
    pub(super) fn last(&self, seq: i64) -> u64 {
        (0..self.len()).map(|index| self.heard(index, seq)).max().unwrap_or_default()
    }

    /// The pages that did not see every item up to this one, once and in order.
    pub(super) fn wrong(&self, newest: i64) -> Vec<String> {
        let told = |index: usize| {
            let page = self.page(index);
            (!page.is_right(newest)).then(|| format!("page {index}: {page:?}"))
        };
        (0..self.len()).filter_map(told).collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_wrong_that_missed_repeated_or_mixed_up_an_item() {
        for (seen, is_right) in
            [(vec![1, 2, 3], true), (vec![1, 3], false), (vec![1, 2, 2, 3], false), (vec![2, 1, 3], false)]
        {
            let board = Board::new(1);
            for seq in &seen {
                board.page(0).see(*seq);
            }
            assert_eq!(board.wrong(3).is_empty(), is_right, "{seen:?}");
        }
    }
}
