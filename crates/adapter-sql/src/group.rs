//! Group commit: callers that come while transactions run share the next one, so that throughput grows with load while a
//! lone caller waits for nobody.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use carillon_ports::StoreError;
use tokio::sync::{Mutex, mpsc, oneshot};

/// The most callers that share a transaction.
const LARGEST_GROUP: usize = 256;

/// The most rows that a transaction of several callers carries: keeps it short, so that a single request does not wait behind many
/// large ones. One caller may bring more.
const HEAVIEST_GROUP: usize = 2_000;

/// So many callers at once are a crowd: more of them are on their way, and worth a moment.
const CROWD: usize = 8;

/// That moment. A crowd that is gone costs it once, and a lone caller never.
const MOMENT: Duration = Duration::from_millis(3);

/// How long a transaction may take.
const LONGEST_COMMIT: Duration = Duration::from_secs(10);

/// While one transaction waits for the database, the next is collected and made ready.
const LANES: usize = 2;

type Waiting<T, R> = (T, oneshot::Sender<Result<R, StoreError>>);

/// Collects concurrent calls and hands them on together.
#[derive(Debug)]
pub(crate) struct Group<T, R> {
    sender: mpsc::Sender<Waiting<T, R>>,
}

impl<T: Send + Sync + Clone + 'static, R: Send + 'static> Group<T, R> {
    /// Starts the tasks that commit. `commit` gets what came together and answers for each, in order, or fails as a whole; `weigh`
    /// says how many rows an item is, roughly.
    pub(crate) fn start<C, F>(weigh: fn(&T) -> usize, commit: C) -> Self
    where
        C: Fn(Arc<[T]>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Vec<R>, StoreError>> + Send,
    {
        let (sender, receiver) = mpsc::channel::<Waiting<T, R>>(4 * LARGEST_GROUP);
        let (door, commit) = (Arc::new(Mutex::new(Door { receiver, last: 0 })), Arc::new(commit));
        for _ in 0..LANES {
            let (door, commit) = (door.clone(), commit.clone());
            tokio::spawn(async move {
                let mut waiting = Vec::with_capacity(LARGEST_GROUP);
                while door.lock().await.collect(&mut waiting).await {
                    while !waiting.is_empty() {
                        let group = waiting.drain(..fitting(&waiting, weigh));
                        let (items, replies): (Vec<T>, Vec<_>) = group.unzip();
                        settle(&*commit, items, replies).await;
                    }
                }
            });
        }
        Self { sender }
    }

    /// Joins the next group and waits until it is committed.
    pub(crate) async fn join(&self, item: T) -> Result<R, StoreError> {
        let (reply, answer) = oneshot::channel();
        let stopped = || StoreError::Unavailable("the store is shutting down".to_owned());
        self.sender.send((item, reply)).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

/// Where callers come in.
struct Door<C> {
    receiver: mpsc::Receiver<C>,
    /// How many shared the last transaction.
    last: usize,
}

impl<C> Door<C> {
    /// Takes all who wait, or waits for one; `false` when nobody will come any more.
    async fn collect(&mut self, waiting: &mut Vec<C>) -> bool {
        if self.receiver.recv_many(waiting, LARGEST_GROUP).await == 0 {
            return false;
        }
        if self.last >= CROWD {
            drop(tokio::time::timeout(MOMENT, self.gather(waiting)).await);
        }
        self.last = waiting.len();
        true
    }

    /// Waits for as many callers as shared the last transaction: a statement for a few costs nearly as much as one for many.
    async fn gather(&mut self, waiting: &mut Vec<C>) {
        while waiting.len() < self.last {
            let room = LARGEST_GROUP - waiting.len();
            if self.receiver.recv_many(waiting, room).await == 0 {
                return;
            }
        }
    }
}

/// How many of the first items are light enough together; at least one.
fn fitting<T, R>(waiting: &[Waiting<T, R>], weigh: fn(&T) -> usize) -> usize {
    let mut weight = 0;
    let light = waiting.iter().take_while(|(item, _)| {
        weight += weigh(item);
        weight <= HEAVIEST_GROUP
    });
    light.count().max(1)
}

/// A commit that hangs must not hold up all that come after it. It may still happen: whoever is told so repeats with its key.
async fn in_time<R>(commit: impl Future<Output = Result<R, StoreError>>) -> Result<R, StoreError> {
    let late = || StoreError::Unavailable("the database did not answer in time".to_owned());
    tokio::time::timeout(LONGEST_COMMIT, commit).await.unwrap_or_else(|_| Err(late()))
}

/// Commits a group; when it contradicts what is stored, each is tried alone, so that one bad item fails nobody else.
async fn settle<T, R, C, F>(commit: &C, items: Vec<T>, replies: Vec<oneshot::Sender<Result<R, StoreError>>>)
where
    T: Clone,
    C: Fn(Arc<[T]>) -> F,
    F: Future<Output = Result<Vec<R>, StoreError>>,
{
    let items: Arc<[T]> = items.into();
    match in_time(commit(items.clone())).await {
        Ok(results) => {
            for (reply, result) in replies.into_iter().zip(results) {
                // A caller that went away needs no answer; what it asked for is committed all the same.
                drop(reply.send(Ok(result)));
            }
        }
        Err(error) if items.len() == 1 || matches!(error, StoreError::Unavailable(_)) => {
            for reply in replies {
                drop(reply.send(Err(error.clone())));
            }
        }
        Err(_) => {
            for (item, reply) in items.iter().zip(replies) {
                let result = in_time(commit(Arc::new([item.clone()]))).await;
                drop(reply.send(result.and_then(|mut one| {
                    one.pop().ok_or_else(|| StoreError::Corrupt("no answer".to_owned()))
                })));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn calls_that_wait_share_a_commit_and_a_bad_one_fails_alone() {
        let commits = Arc::new(AtomicUsize::new(0));
        let counted = commits.clone();
        let group: Arc<Group<u32, u32>> = Arc::new(Group::start(
            |_| 1,
            move |items: Arc<[u32]>| {
                let commits = counted.clone();
                async move {
                    commits.fetch_add(1, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                    if items.contains(&13) {
                        Err(StoreError::Conflict("unlucky".to_owned()))
                    } else {
                        Ok(items.to_vec())
                    }
                }
            },
        ));
        let calls = (0..100).map(|n| {
            let group = group.clone();
            tokio::spawn(async move { (n, group.join(n).await) })
        });
        for call in futures_util::future::join_all(calls).await {
            let (n, result) = call.expect("no panic");
            if n == 13 {
                assert!(matches!(result, Err(StoreError::Conflict(_))));
            } else {
                assert_eq!(result, Ok(n));
            }
        }
        assert!(commits.load(Ordering::SeqCst) < 150);
    }
}
