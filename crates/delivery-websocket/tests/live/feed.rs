//! A live feed that a test can interrupt.

use std::sync::Mutex;

use async_trait::async_trait;
use carillon_ports::LiveFeed;
use carillon_ports::live::{FeedError, Heard, Listener, News};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Passes on what it is told, unless it was silenced; a test can also say things itself.
#[derive(Default)]
pub(crate) struct ScriptedFeed {
    listeners: Mutex<Vec<UnboundedSender<Heard>>>,
    silenced: Mutex<bool>,
}

impl ScriptedFeed {
    /// From now on whatever is told is lost, as by a broken connection that nobody has noticed yet.
    pub(crate) fn silence(&self) {
        *self.silenced.lock().expect("no panic while held") = true;
    }

    /// Says something to everybody who listens.
    pub(crate) fn say(&self, heard: &Heard) {
        let mut listeners = self.listeners.lock().expect("no panic while held");
        listeners.retain(|listener| listener.send(heard.clone()).is_ok());
    }

    /// Breaks off: whoever listens hears the end.
    pub(crate) fn break_off(&self) {
        self.listeners.lock().expect("no panic while held").clear();
    }
}

#[async_trait]
impl LiveFeed for ScriptedFeed {
    async fn tell(&self, news: &[News]) -> Result<(), FeedError> {
        if *self.silenced.lock().expect("no panic while held") {
            return Err(FeedError("silenced".to_owned()));
        }
        for news in news {
            self.say(&Heard::News(news.clone()));
        }
        Ok(())
    }

    async fn listen(&self) -> Result<Box<dyn Listener>, FeedError> {
        let (sender, receiver) = unbounded_channel();
        self.listeners.lock().expect("no panic while held").push(sender);
        Ok(Box::new(ScriptedListener(receiver)))
    }
}

struct ScriptedListener(UnboundedReceiver<Heard>);

#[async_trait]
impl Listener for ScriptedListener {
    async fn hear(&mut self) -> Option<Heard> {
        self.0.recv().await
    }
}
