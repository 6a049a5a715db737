//! E-mail by SMTP, to one relay. lettre builds the message and speaks the protocol's lines; the conversation is led here, step by
//! step, because only the step tells what a failure means: before the message's end it was certainly not sent, after it, nobody
//! knows. (lettre's own transport hides the step, and its asynchronous form limits the time to connect but not to answer.)
//!
//! Architecture invariant: one call is one transaction with one recipient, asked for once. The e-mail's `Message-ID` is made of the
//! message and the attempt. What the server answers becomes a `SendError` in `error.rs`, a pure function with a table test, and no
//! text of the server's is passed on: it quotes the address.
//!
//! To add a header field: `letter.rs` and its test. To add a part: `body.rs`. To add a row of the error table: `error.rs`.

mod body;
mod conversation;
mod error;
mod letter;
mod pool;
mod server;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use carillon_ports::email::OutgoingEmail;
use carillon_ports::provider::{SendError, Taken};
use carillon_ports::{Clock, EmailSender};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use secrecy::SecretString;

use crate::conversation::{Step, carries, connect, hand_over, say_goodbye};
use crate::letter::Letter;
use crate::pool::Pool;
use crate::server::Server;
pub use crate::server::SmtpSetupError;

/// How long an e-mail waits for a free connection.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How to reach a relay.
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    /// `smtps://user:password@host` (TLS, port 465), `smtp://user:password@host?tls=required` (STARTTLS, port 587), or
    /// `smtp://host:port` without TLS, which takes no password unless the host is this machine.
    pub url: SecretString,
    /// How long a call may take, once a connection is free.
    pub total: Duration,
    /// How many connections at most: relays refuse more than a few from one client.
    pub connections: usize,
}

impl SmtpConfig {
    /// With 10 s and at most 10 connections.
    pub fn new(url: SecretString) -> Self {
        Self { url, total: Duration::from_secs(10), connections: 10 }
    }
}

/// Sends e-mail by SMTP.
pub struct Smtp {
    server: Server,
    pool: Pool,
    total: Duration,
    clock: Arc<dyn Clock>,
}

impl Smtp {
    /// Fails if the address cannot work; connects to nobody yet.
    pub fn new(config: &SmtpConfig, clock: Arc<dyn Clock>) -> Result<Self, SmtpSetupError> {
        let server = Server::parse(&config.url)?;
        Ok(Self { server, pool: Pool::new(config.connections), total: config.total, clock })
    }

    async fn deliver(&self, letter: &Letter, step: &mut Step) -> Result<(), SendError> {
        if let Some(mut line) = self.pool.take() {
            if !carries(&line, letter) {
                return Err(self.put_back(line));
            }
            let outcome = hand_over(&mut line, letter, step).await;
            let was_stale = outcome.as_ref().is_err_and(|error| error::is_stale(*step, error));
            if !was_stale {
                return self.conclude(line, outcome, *step);
            }
        }
        let mut line = connect(&self.server, step).await?;
        if !carries(&line, letter) {
            return Err(self.put_back(line));
        }
        let outcome = hand_over(&mut line, letter, step).await;
        self.conclude(line, outcome, *step)
    }

    /// Keeps the connection of a server that cannot carry an e-mail for the next one.
    fn put_back(&self, line: AsyncSmtpConnection) -> SendError {
        self.pool.park(line);
        SendError::Unsupported(
            "letters beyond ASCII before the @, and the server does not offer SMTPUTF8".to_owned(),
        )
    }

    /// Keeps the connection for the next e-mail, unless something went wrong on it.
    fn conclude(
        &self,
        line: AsyncSmtpConnection,
        outcome: Result<(), Error>,
        step: Step,
    ) -> Result<(), SendError> {
        match outcome {
            Ok(()) => {
                self.pool.park(line);
                Ok(())
            }
            Err(error) => {
                say_goodbye(line);
                Err(error::sort(step, &error))
            }
        }
    }
}

#[async_trait]
impl EmailSender for Smtp {
    fn provider(&self) -> &'static str {
        "smtp"
    }

    async fn check(&self) -> Result<(), SendError> {
        let mut step = Step::Connect;
        let line = tokio::time::timeout(self.total, connect(&self.server, &mut step)).await;
        match line {
            Ok(line) => {
                say_goodbye(line?);
                Ok(())
            }
            Err(_) => Err(error::lost(step, "no answer within the time-out")),
        }
    }

    async fn send(&self, email: &OutgoingEmail) -> Result<Taken, SendError> {
        let letter = Letter::compose(email, self.clock.now())?;
        // Waiting for one of our own connections says nothing of the relay: it has a time of its own, and uses up no try.
        let Ok(_place) = tokio::time::timeout(LONGEST_WAIT, self.pool.place()).await else {
            return Err(SendError::Throttled {
                retry_at: None,
                detail: "every connection is busy".to_owned(),
            });
        };
        let mut step = Step::Connect;
        match tokio::time::timeout(self.total, self.deliver(&letter, &mut step)).await {
            Ok(outcome) => outcome.map(|()| Taken { provider_id: Some(letter.id) }),
            Err(_) => Err(error::lost(step, "no answer within the time-out")),
        }
    }
}
