//! Following an inbox: items in order from the cursor on, counts, and what the client does.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::convert::Infallible;

use carillon_application::inbox::InboxCounts;
use chrono::{DateTime, Utc};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};

use crate::ending::Ending;
use crate::frames::{Incoming as Said, Outgoing};
use crate::hub::Taken;
use crate::incoming::{Frame, Incoming};
use crate::limits::{ASK_AGAIN, MOST_SEQS};
use crate::live::{Away, Shared};
use crate::seat::Waiting;
use crate::wire::Wire;

/// Beyond so many the echo of what this client read itself is no longer waited for.
const MOST_ECHOES: usize = 10 * MOST_SEQS;

/// A client that follows an inbox.
pub(crate) struct Follower<'a> {
    live: &'a Shared,
    wire: &'a mut Wire,
    incoming: &'a mut Incoming,
    seat: &'a Taken<'a>,
    holds_until: &'a Cell<DateTime<Utc>>,
    /// What was not told yet.
    owed: Waiting,
    /// When the store is asked again after it did not answer.
    again_at: Option<Instant>,
    /// What this client read itself: news of it are for the others.
    own: BTreeSet<i64>,
    told: Option<InboxCounts>,
}

/// Why what is owed could not be told.
enum Hitch {
    Ending(Ending),
    Away,
}

impl From<Ending> for Hitch {
    fn from(ending: Ending) -> Self {
        Self::Ending(ending)
    }
}

impl From<Away> for Hitch {
    fn from(_: Away) -> Self {
        Self::Away
    }
}

impl<'a> Follower<'a> {
    /// A client that was let in.
    pub(crate) fn new(
        live: &'a Shared,
        wire: &'a mut Wire,
        incoming: &'a mut Incoming,
        seat: &'a Taken<'a>,
        holds_until: &'a Cell<DateTime<Utc>>,
    ) -> Self {
        let owed = Waiting::default();
        Self {
            live,
            wire,
            incoming,
            seat,
            holds_until,
            owed,
            again_at: None,
            own: BTreeSet::new(),
            told: None,
        }
    }

    /// Welcomes, then follows to the end.
    pub(crate) async fn run(mut self, cursor: Option<i64>) -> Result<Infallible, Ending> {
        self.welcome(cursor).await?;
        self.catch_up().await?;
        let every = self.live.settings.limits.ping;
        let mut pings = interval_at(Instant::now() + every, every);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                frame = self.incoming.next() => self.hear(frame?).await?,
                () = self.seat.rung() => self.catch_up().await?,
                () = until(self.again_at) => self.catch_up().await?,
                _ = pings.tick() => self.wire.ping().await?,
            }
        }
    }

    /// A cursor beyond the newest item belongs to an inbox that is gone: its person was erased and came back. It begins anew.
    async fn welcome(&mut self, cursor: Option<i64>) -> Result<(), Ending> {
        let counts = self.counts().await.map_err(|Away| Ending::Away)?;
        let cursor = cursor.filter(|cursor| (0..=counts.newest).contains(cursor)).unwrap_or_default();
        self.seat.set_cursor(cursor);
        (self.owed.look, self.told) = (true, Some(counts));
        self.wire.send(&Outgoing::Welcome { cursor, counts: counts.into() }).await
    }

    /// Tells what changed. Where the store does not answer, it stays owed.
    async fn catch_up(&mut self) -> Result<(), Ending> {
        self.owed.join(self.seat.take());
        self.again_at = None;
        match self.tell_owed().await {
            Ok(()) => Ok(()),
            Err(Hitch::Ending(ending)) => Err(ending),
            Err(Hitch::Away) => {
                self.again_at = Some(Instant::now() + ASK_AGAIN);
                Ok(())
            }
        }
    }

    async fn tell_owed(&mut self) -> Result<(), Hitch> {
        if self.owed.look {
            self.tell_items().await?;
            self.owed.look = false;
        }
        let mut read = std::mem::take(&mut self.owed.read);
        read.retain(|seq| !self.own.remove(seq));
        if !read.is_empty() {
            self.wire.send(&Outgoing::Read { seqs: read }).await?;
            self.owed.recount = true;
        }
        let archived = std::mem::take(&mut self.owed.archived);
        if !archived.is_empty() {
            self.wire.send(&Outgoing::Archived { seqs: archived }).await?;
            self.owed.recount = true;
        }
        if self.owed.recount {
            let counts = self.counts().await?;
            self.owed.recount = false;
            if self.told != Some(counts) {
                self.tell_counts(counts).await?;
            }
        }
        Ok(())
    }

    /// Sends what lies after the cursor, page by page; each item moves the cursor, so that none is sent twice.
    async fn tell_items(&mut self) -> Result<(), Hitch> {
        loop {
            let page = self.live.ask(self.live.follow.after(self.seat.person(), self.seat.cursor())).await?;
            for item in page.items {
                let seq = item.seq;
                self.wire.send(&Outgoing::Notification { seq, item: item.into() }).await?;
                self.seat.set_cursor(seq);
                // What the client was told counts all that was there by then.
                self.owed.recount |= self.told.is_none_or(|told| told.newest < seq);
            }
            let Some(next) = page.next else { return Ok(()) };
            self.seat.set_cursor(next);
        }
    }

    async fn hear(&mut self, frame: Frame) -> Result<(), Ending> {
        let text = match frame {
            Frame::Ping(payload) => return self.wire.pong(&payload).await,
            Frame::Pong => return Ok(()),
            Frame::Text(text) => text,
        };
        match Said::parse(&text) {
            Ok(Said::Ping) => self.wire.send(&Outgoing::Pong).await,
            Ok(Said::Read { seqs }) if seqs.len() > MOST_SEQS => {
                self.complain("too_many_items", "One frame names at most 1000 items.").await
            }
            Ok(Said::Read { seqs }) => {
                let read = self.live.change(self.live.follow.read(self.seat.person(), &seqs)).await;
                self.own.extend(read.iter().flatten());
                if self.own.len() > MOST_ECHOES {
                    self.own.clear();
                }
                self.answer_with_counts(read.map(drop)).await
            }
            Ok(Said::Seen { seq }) => {
                let seen = self.live.change(self.live.follow.see(self.seat.person(), seq)).await;
                self.answer_with_counts(seen).await
            }
            Ok(Said::Renew { token }) => self.renew(&token).await,
            Ok(Said::Hello { .. }) => self.complain("invalid_frame", "The greeting was said already.").await,
            Err(detail) => self.complain("invalid_frame", detail).await,
        }
    }

    /// A new token of the same person makes the connection hold longer; anything else ends it.
    async fn renew(&mut self, token: &str) -> Result<(), Ending> {
        let Ok(admitted) = self.live.ask(self.live.follow.admit(token)).await else {
            return self.complain_of_outage().await;
        };
        let grant = admitted.filter(|grant| grant.person == *self.seat.person()).ok_or(Ending::Token)?;
        self.holds_until.set(grant.expires_at);
        self.wire.send(&Outgoing::Renewed { expires_at: grant.expires_at.into() }).await
    }

    /// What the client did is answered with the counts, whether they changed or not.
    async fn answer_with_counts(&mut self, done: Result<(), Away>) -> Result<(), Ending> {
        let counted = match done {
            Ok(()) => self.counts().await,
            Err(Away) => Err(Away),
        };
        match counted {
            Ok(counts) => self.tell_counts(counts).await,
            Err(Away) => self.complain_of_outage().await,
        }
    }

    async fn counts(&self) -> Result<InboxCounts, Away> {
        self.live.ask(self.live.follow.counts(self.seat.person())).await
    }

    async fn tell_counts(&mut self, counts: InboxCounts) -> Result<(), Ending> {
        self.told = Some(counts);
        self.wire.send(&Outgoing::Counts(counts.into())).await
    }

    async fn complain_of_outage(&mut self) -> Result<(), Ending> {
        self.complain("unavailable", "The service cannot do this at the moment. Repeat the frame later.")
            .await
    }

    async fn complain(&mut self, code: &'static str, detail: &'static str) -> Result<(), Ending> {
        self.wire.send(&Outgoing::Error { code, detail }).await
    }
}

/// Waits until then; for ever where there is no then.
async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
