//! Callers that come while a call to Redis runs share the next one: the more ask at once, the less each costs, while a lone caller
//! waits for nobody.

use std::future::Future;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};

use crate::failure::Away;

/// The most callers that share a call.
const LARGEST_GROUP: usize = 256;

type Waiting<T, R> = (T, oneshot::Sender<Result<R, Away>>);

/// Collects concurrent calls and hands them on together.
#[derive(Debug)]
pub(crate) struct Group<T, R> {
    sender: mpsc::Sender<Waiting<T, R>>,
}

impl<T: Send + 'static, R: Send + 'static> Group<T, R> {
    /// Starts the task that calls, which ends with this value. `call` answers for each item, in order, or fails as a whole.
    pub(crate) fn start<C, F>(runtime: &Handle, call: C) -> Self
    where
        C: Fn(Vec<T>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Vec<R>, Away>> + Send,
    {
        let (sender, mut receiver) = mpsc::channel::<Waiting<T, R>>(LARGEST_GROUP);
        runtime.spawn(async move {
            let mut group = Vec::with_capacity(LARGEST_GROUP);
            while receiver.recv_many(&mut group, LARGEST_GROUP).await > 0 {
                let (items, replies): (Vec<T>, Vec<_>) = group.drain(..).unzip();
                reply(replies, call(items).await);
            }
        });
        Self { sender }
    }

    /// Joins the next group and waits for its answer.
    pub(crate) async fn join(&self, item: T) -> Result<R, Away> {
        let (reply, answer) = oneshot::channel();
        self.sender.send((item, reply)).await.map_err(|_| Away::stopped())?;
        answer.await.map_err(|_| Away::stopped())?
    }
}

/// A caller that went away needs no answer.
fn reply<R>(replies: Vec<oneshot::Sender<Result<R, Away>>>, answer: Result<Vec<R>, Away>) {
    match answer {
        Ok(answers) => {
            for (reply, answer) in replies.into_iter().zip(answers) {
                drop(reply.send(Ok(answer)));
            }
        }
        Err(away) => {
            for reply in replies {
                drop(reply.send(Err(away.clone())));
            }
        }
    }
}
