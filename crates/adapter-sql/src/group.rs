//! Group commit: callers that come while a transaction runs share the next one, so that throughput grows with load while a
//! lone caller waits for nobody.

use std::future::Future;
use std::time::Duration;

use carillon_ports::StoreError;
use tokio::sync::{mpsc, oneshot};

/// The most that one transaction carries: keeps it short, and statements under the databases' limits of parameters.
const LARGEST_GROUP: usize = 128;

/// How long a transaction may take.
const LONGEST_COMMIT: Duration = Duration::from_secs(10);

type Waiting<T, R> = (T, oneshot::Sender<Result<R, StoreError>>);

/// Collects concurrent calls and hands them on together.
#[derive(Debug)]
pub(crate) struct Group<T, R> {
    sender: mpsc::Sender<Waiting<T, R>>,
}

impl<T: Send + Clone + 'static, R: Send + 'static> Group<T, R> {
    /// Starts the task that commits. `commit` gets what came together and answers for each, in order, or fails as a whole.
    pub(crate) fn start<C, F>(commit: C) -> Self
    where
        C: Fn(Vec<T>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Vec<R>, StoreError>> + Send,
    {
        let (sender, mut receiver) = mpsc::channel::<Waiting<T, R>>(4 * LARGEST_GROUP);
        tokio::spawn(async move {
            let mut group = Vec::with_capacity(LARGEST_GROUP);
            while receiver.recv_many(&mut group, LARGEST_GROUP).await > 0 {
                let (items, replies): (Vec<T>, Vec<_>) = group.drain(..).unzip();
                settle(&commit, items, replies).await;
            }
        });
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

/// A commit that hangs must not hold up all that come after it. It may still happen: whoever is told so repeats with its key.
async fn in_time<R>(commit: impl Future<Output = Result<R, StoreError>>) -> Result<R, StoreError> {
    let late = || StoreError::Unavailable("the database did not answer in time".to_owned());
    tokio::time::timeout(LONGEST_COMMIT, commit).await.unwrap_or_else(|_| Err(late()))
}

/// Commits a group; when it contradicts what is stored, each is tried alone, so that one bad item fails nobody else.
async fn settle<T, R, C, F>(commit: &C, items: Vec<T>, replies: Vec<oneshot::Sender<Result<R, StoreError>>>)
where
    T: Clone,
    C: Fn(Vec<T>) -> F,
    F: Future<Output = Result<Vec<R>, StoreError>>,
{
    let alone = items.len() == 1;
    match in_time(commit(items.clone())).await {
        Ok(results) => {
            for (reply, result) in replies.into_iter().zip(results) {
                // A caller that went away needs no answer; what it asked for is committed all the same.
                drop(reply.send(Ok(result)));
            }
        }
        Err(error) if alone || matches!(error, StoreError::Unavailable(_)) => {
            for reply in replies {
                drop(reply.send(Err(error.clone())));
            }
        }
        Err(_) => {
            for (item, reply) in items.into_iter().zip(replies) {
                let result = in_time(commit(vec![item])).await;
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
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn calls_that_wait_share_a_commit_and_a_bad_one_fails_alone() {
        let commits = Arc::new(AtomicUsize::new(0));
        let counted = commits.clone();
        let group: Arc<Group<u32, u32>> = Arc::new(Group::start(move |items: Vec<u32>| {
            let commits = counted.clone();
            async move {
                commits.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                if items.contains(&13) { Err(StoreError::Conflict("unlucky".to_owned())) } else { Ok(items) }
            }
        }));
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
