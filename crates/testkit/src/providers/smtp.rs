//! A mail server, as far as one relay hop goes: EHLO, AUTH, MAIL, RCPT, DATA, RSET, NOOP, QUIT.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// Where in the conversation a reply is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SmtpStep {
    /// The greeting.
    Connect,
    /// `EHLO`.
    Ehlo,
    /// `AUTH`.
    Auth,
    /// `MAIL FROM`.
    Mail,
    /// `RCPT TO`.
    Rcpt,
    /// `DATA`.
    Data,
    /// The lone dot after the message.
    Dot,
}

/// What the server does at a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmtpReply {
    /// Says this line, code included.
    Line(String),
    /// Closes the connection.
    Close,
    /// Says nothing.
    Hang,
}

/// A message that arrived whole, whatever was replied to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpMessage {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// Header and body, as after dot-unstuffing.
    pub text: String,
}

#[derive(Debug, Default)]
struct State {
    next: HashMap<SmtpStep, VecDeque<SmtpReply>>,
    always: HashMap<SmtpStep, SmtpReply>,
    messages: Vec<SmtpMessage>,
    commands: Vec<String>,
    connections: usize,
    offers_smtputf8: bool,
}

/// A mail server on a free loopback port; stops when it is dropped.
pub struct FakeSmtp {
    state: Arc<Mutex<State>>,
    port: u16,
    task: AbortHandle,
}

impl FakeSmtp {
    /// Starts one. Accepts everything until told otherwise.
    #[expect(clippy::missing_panics_doc, reason = "without a loopback port there is nothing to test")]
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port on the loopback");
        let port = listener.local_addr().expect("a bound listener").port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                lock(&shared).connections += 1;
                tokio::spawn(converse(BufStream::new(stream), Arc::clone(&shared)));
            }
        });
        Self { state, port, task: task.abort_handle() }
    }

    /// `smtp://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The same with a user's name and a password.
    pub fn url_with(&self, user: &str, password: &str) -> String {
        format!("smtp://{user}:{password}@127.0.0.1:{}", self.port)
    }

    /// Replies like this at this step from now on.
    pub fn behave(&self, step: SmtpStep, reply: SmtpReply) {
        lock(&self.state).always.insert(step, reply);
    }

    /// Replies like this the next time that step comes, before anything else.
    pub fn next(&self, step: SmtpStep, reply: SmtpReply) {
        lock(&self.state).next.entry(step).or_default().push_back(reply);
    }

    /// Offers SMTPUTF8 from now on; without it, letters beyond ASCII in an address are refused.
    pub fn offer_smtputf8(&self) {
        lock(&self.state).offers_smtputf8 = true;
    }

    /// Every message that arrived whole.
    pub fn messages(&self) -> Vec<SmtpMessage> {
        lock(&self.state).messages.clone()
    }

    /// Every command line that was heard, on all connections.
    pub fn commands(&self) -> Vec<String> {
        lock(&self.state).commands.clone()
    }

    /// How many connections were opened.
    pub fn connections(&self) -> usize {
        lock(&self.state).connections
    }
}

impl Drop for FakeSmtp {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl SmtpReply {
    /// A line.
    pub fn line(text: &str) -> Self {
        Self::Line(text.to_owned())
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Replies as told, or with `usual`; `None` when the connection is over, else whether the reply was a yes.
async fn reply(
    stream: &mut BufStream<TcpStream>,
    state: &Mutex<State>,
    step: SmtpStep,
    usual: &str,
) -> Option<bool> {
    let told = {
        let mut state = lock(state);
        let queued = state.next.get_mut(&step).and_then(VecDeque::pop_front);
        queued.or_else(|| state.always.get(&step).cloned())
    };
    match told.unwrap_or_else(|| SmtpReply::line(usual)) {
        SmtpReply::Line(line) => {
            say(stream, &line).await?;
            Some(line.starts_with(['2', '3']))
        }
        SmtpReply::Close => None,
        SmtpReply::Hang => {
            // Until the other side gives up.
            let _ = stream.read_to_end(&mut Vec::new()).await;
            None
        }
    }
}

async fn say(stream: &mut BufStream<TcpStream>, line: &str) -> Option<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await.ok()?;
    stream.flush().await.ok()
}

async fn converse(mut stream: BufStream<TcpStream>, state: Arc<Mutex<State>>) -> Option<()> {
    reply(&mut stream, &state, SmtpStep::Connect, "220 fake.example ESMTP").await?;
    let mut message = SmtpMessage { from: String::new(), to: Vec::new(), text: String::new() };
    let mut is_utf8 = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        lock(&state).commands.push(line.to_owned());
        let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
        match verb.as_str() {
            "EHLO" => {
                let extra = if lock(&state).offers_smtputf8 { "250-SMTPUTF8\r\n" } else { "" };
                let usual = format!("250-fake.example\r\n250-8BITMIME\r\n{extra}250 AUTH PLAIN LOGIN");
                reply(&mut stream, &state, SmtpStep::Ehlo, &usual).await?;
            }
            "AUTH" => drop(reply(&mut stream, &state, SmtpStep::Auth, "235 2.7.0 welcome").await?),
            "MAIL" => {
                message = SmtpMessage { from: address(line), to: Vec::new(), text: String::new() };
                is_utf8 = line.contains(" SMTPUTF8");
                reply(&mut stream, &state, SmtpStep::Mail, "250 2.1.0 ok").await?;
            }
            "RCPT" => {
                let is_takeable = line.is_ascii() || is_utf8;
                let usual = if is_takeable { "250 2.1.5 ok" } else { "553 5.6.7 SMTPUTF8 required" };
                if reply(&mut stream, &state, SmtpStep::Rcpt, usual).await? {
                    message.to.push(address(line));
                }
            }
            "DATA" => {
                if reply(&mut stream, &state, SmtpStep::Data, "354 go on").await? {
                    message.text = read_message(&mut stream).await?;
                    lock(&state).messages.push(message.clone());
                    reply(&mut stream, &state, SmtpStep::Dot, "250 2.0.0 ok: queued as FAKE1").await?;
                }
            }
            "RSET" | "NOOP" => say(&mut stream, "250 2.0.0 ok").await?,
            "QUIT" => {
                say(&mut stream, "221 2.0.0 bye").await?;
                return None;
            }
            _ => say(&mut stream, "502 5.5.2 unknown command").await?,
        }
    }
}

/// What stands between the angle brackets.
fn address(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map_or_else(String::new, |(address, _)| address.to_owned())
}

async fn read_message(stream: &mut BufStream<TcpStream>) -> Option<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line == ".\r\n" {
            return Some(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
