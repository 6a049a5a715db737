//! Senders whose answers are queued and whose calls are recorded.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use carillon_ports::email::OutgoingEmail;
use carillon_ports::provider::{SendError, Taken};
use carillon_ports::sms::OutgoingSms;
use carillon_ports::{EmailSender, SmsSender};

type Verdict = Result<Taken, SendError>;

/// What comes back, in order; then always the same.
#[derive(Debug)]
struct Script {
    next: VecDeque<Verdict>,
    then: Option<SendError>,
    taken: u64,
}

#[derive(Debug)]
struct Scripted<M> {
    provider: &'static str,
    script: Mutex<Script>,
    calls: Mutex<Vec<M>>,
}

impl<M: Clone> Scripted<M> {
    fn new(provider: &'static str) -> Self {
        let script = Script { next: VecDeque::new(), then: None, taken: 0 };
        Self { provider, script: Mutex::new(script), calls: Mutex::default() }
    }

    fn queue(&self, verdicts: impl IntoIterator<Item = Verdict>) {
        self.script.lock().expect("no panic while held").next.extend(verdicts);
    }

    fn always(&self, error: Option<SendError>) {
        self.script.lock().expect("no panic while held").then = error;
    }

    fn call(&self, message: &M) -> Verdict {
        self.calls.lock().expect("no panic while held").push(message.clone());
        let mut script = self.script.lock().expect("no panic while held");
        if let Some(verdict) = script.next.pop_front() {
            return verdict;
        }
        if let Some(error) = &script.then {
            return Err(error.clone());
        }
        script.taken += 1;
        Ok(Taken { provider_id: Some(format!("{}-{}", self.provider, script.taken)) })
    }

    fn calls(&self) -> Vec<M> {
        self.calls.lock().expect("no panic while held").clone()
    }
}

macro_rules! scripted_sender {
    ($(#[$doc:meta])* $name:ident, $port:ident, $message:ident) => {
        $(#[$doc])*
        pub struct $name(Scripted<$message>);

        impl $name {
            /// Takes everything, until told otherwise, and gives ids `<provider>-1`, `<provider>-2` and so on.
            pub fn new(provider: &'static str) -> Self {
                Self(Scripted::new(provider))
            }

            /// The next calls are answered with these, in order, before anything else.
            pub fn next(&self, verdicts: impl IntoIterator<Item = Result<Taken, SendError>>) {
                self.0.queue(verdicts);
            }

            /// Every call from now on fails like this, once what is queued is used up.
            pub fn fail_with(&self, error: SendError) {
                self.0.always(Some(error));
            }

            /// Every call from now on is taken, once what is queued is used up.
            pub fn recover(&self) {
                self.0.always(None);
            }

            /// What was asked of it, in order, whatever the answer was.
            pub fn calls(&self) -> Vec<$message> {
                self.0.calls()
            }
        }

        #[async_trait]
        impl $port for $name {
            fn provider(&self) -> &'static str {
                self.0.provider
            }

            async fn send(&self, message: &$message) -> Result<Taken, SendError> {
                self.0.call(message)
            }
        }
    };
}

scripted_sender!(
    /// An e-mail provider that answers as it is told.
    ScriptedEmailSender,
    EmailSender,
    OutgoingEmail
);
scripted_sender!(
    /// An SMS provider that answers as it is told.
    ScriptedSmsSender,
    SmsSender,
    OutgoingSms
);

#[cfg(test)]
mod tests {
    use carillon_domain::PhoneNumber;
    use carillon_domain::ids::MessageId;
    use carillon_ports::provider::Try;
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn a_scripted_sender_answers_what_is_queued_then_what_is_set_and_records_every_call() {
        let sender = ScriptedSmsSender::new("fake");
        let sms = OutgoingSms {
            id: Try { message: MessageId(Uuid::nil()), attempt: 1 },
            to: PhoneNumber::from_stored("+33612345678".to_owned()),
            text: "Bonjour".to_owned(),
        };
        let down = SendError::Unavailable("503".to_owned());
        sender.next([Err(SendError::InDoubt("lost".to_owned())), Ok(Taken::default())]);
        sender.fail_with(down.clone());
        assert_eq!(sender.send(&sms).await, Err(SendError::InDoubt("lost".to_owned())));
        assert_eq!(sender.send(&sms).await, Ok(Taken::default()));
        assert_eq!(sender.send(&sms).await, Err(down));
        sender.recover();
        assert_eq!(sender.send(&sms).await.unwrap().provider_id.as_deref(), Some("fake-1"));
        assert_eq!((sender.provider(), sender.calls().len()), ("fake", 4));
    }
}
