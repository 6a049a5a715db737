//! What both sides say: a greeting in time, then news for as long as the token holds.

use std::cell::Cell;
use std::convert::Infallible;

use chrono::{DateTime, Utc};
use tokio::time::timeout;

use crate::ending::Ending;
use crate::follow::Follower;
use crate::frames;
use crate::hub::Taken;
use crate::incoming::{Frame, Incoming};
use crate::limits::LATEST_NOTICE;
use crate::live::{Away, Shared};
use crate::wire::Wire;

/// A conversation. It ends by an [`Ending`], and by nothing else.
pub(crate) struct Conversation<'a> {
    pub(crate) live: &'a Shared,
    pub(crate) wire: &'a mut Wire,
    pub(crate) incoming: &'a mut Incoming,
}

/// The first frame.
struct Hello {
    token: String,
    cursor: Option<i64>,
}

impl Conversation<'_> {
    /// Talks to the end. A stop of the process ends it at any moment.
    pub(crate) async fn run(mut self) -> Ending {
        let live = self.live;
        tokio::select! {
            Err(ending) = self.talk() => ending,
            () = live.stopping.cancelled() => Ending::Restart,
        }
    }

    async fn talk(&mut self) -> Result<Infallible, Ending> {
        let longest = self.live.settings.limits.greeting;
        let hello = timeout(longest, self.hello()).await.map_err(|_| Ending::LateHello)??;
        let admitted = self.live.ask(self.live.follow.admit(&hello.token)).await;
        let grant = admitted.map_err(|Away| Ending::Away)?.ok_or(Ending::Token)?;
        let most = self.live.settings.limits.per_person;
        // Seated before anything is read, so that whatever changes from here on is heard.
        let seat = self.live.hub.take_seat(&grant.person, most).ok_or(Ending::TooManySockets)?;
        let holds_until = Cell::new(grant.expires_at);
        let client = Follower::new(self.live, &mut *self.wire, &mut *self.incoming, &seat, &holds_until);
        // Side by side, so that a socket which waits for its reader ends in time too.
        tokio::select! {
            followed = client.run(hello.cursor) => followed,
            ending = ended(self.live, &seat, &holds_until) => Err(ending),
        }
    }

    /// Waits for the greeting; pings before it are answered.
    async fn hello(&mut self) -> Result<Hello, Ending> {
        loop {
            match self.incoming.next().await? {
                Frame::Ping(payload) => self.wire.pong(&payload).await?,
                Frame::Pong => {}
                Frame::Text(text) => {
                    return match frames::Incoming::parse(&text) {
                        Ok(frames::Incoming::Hello { token, cursor }) => Ok(Hello { token, cursor }),
                        Ok(
                            frames::Incoming::Read { .. }
                            | frames::Incoming::Seen { .. }
                            | frames::Incoming::Renew { .. }
                            | frames::Incoming::Ping,
                        )
                        | Err(_) => Err(Ending::NoHello),
                    };
                }
            }
        }
    }
}

/// Waits until the connection is ended from outside, or its token is over. The clock is looked at again and again, for a machine that
/// slept does not count that time as waited, and a renewed token holds longer.
async fn ended(live: &Shared, seat: &Taken<'_>, holds_until: &Cell<DateTime<Utc>>) -> Ending {
    let token_over = async {
        loop {
            let left = holds_until.get() - live.follow.now();
            if left <= chrono::TimeDelta::zero() {
                return;
            }
            live.follow.sleep(left.min(LATEST_NOTICE)).await;
        }
    };
    tokio::select! {
        ending = seat.ended() => ending,
        () = token_over => Ending::Token,
    }
}
