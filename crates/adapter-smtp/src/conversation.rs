//! The conversation with the relay, step by step.

use std::time::Duration;

use carillon_ports::SendError;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::DEFAULT_MECHANISMS;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use tokio::net::TcpStream;

use crate::error;
use crate::letter::Letter;
use crate::server::{Protection, Server};

/// How far a conversation got. The step is set before its command is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Name, TCP, TLS, greeting, `EHLO`.
    Connect,
    /// `AUTH`.
    Auth,
    /// `MAIL FROM`.
    Mail,
    /// `RCPT TO`.
    Rcpt,
    /// `DATA`.
    Data,
    /// The message and the lone dot after it: from here on the server may have it.
    Message,
}

pub(crate) async fn connect(server: &Server, step: &mut Step) -> Result<AsyncSmtpConnection, SendError> {
    *step = Step::Connect;
    let name = ClientId::default();
    let mut line = greet(server, &name).await?;
    if let Protection::StartTls(tls) = &server.protection {
        line.starttls(tls.clone(), &name).await.map_err(|error| error::sort(*step, &error))?;
    }
    if let Some(credentials) = &server.credentials {
        *step = Step::Auth;
        line.auth(DEFAULT_MECHANISMS, credentials).await.map_err(|error| error::sort(*step, &error))?;
    }
    Ok(line)
}

/// Opens the line and hears the greeting. The whole call has one deadline, so none is set here.
async fn greet(server: &Server, name: &ClientId) -> Result<AsyncSmtpConnection, SendError> {
    let address = (server.host.as_str(), server.port);
    let line = match &server.protection {
        Protection::Tls(tls) => {
            AsyncSmtpConnection::connect_tokio1(address, None, name, Some(tls.clone()), None).await
        }
        Protection::Nothing | Protection::StartTls(_) => {
            let stream = TcpStream::connect(address)
                .await
                .map_err(|error| error::lost(Step::Connect, &error.kind().to_string()))?;
            // lettre writes the message and its final dot apart; without this the dot waits 40 ms for the kernel to send it.
            drop(stream.set_nodelay(true));
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), name).await
        }
    };
    line.map_err(|error| error::sort(Step::Connect, &error))
}

/// Whether the server takes letters beyond ASCII in addresses, where the letter has some (RFC 6531 §3.2).
pub(crate) fn carries(line: &AsyncSmtpConnection, letter: &Letter) -> bool {
    !letter.is_international() || line.server_info().supports_feature(Extension::SmtpUtfEight)
}

/// One transaction: the server takes the message, or says at which step it does not.
pub(crate) async fn hand_over(
    line: &mut AsyncSmtpConnection,
    letter: &Letter,
    step: &mut Step,
) -> Result<(), Error> {
    *step = Step::Mail;
    line.command(Mail::new(Some(letter.from.clone()), parameters(letter))).await?;
    *step = Step::Rcpt;
    line.command(Rcpt::new(letter.to.clone(), Vec::new())).await?;
    *step = Step::Data;
    line.command(Data).await?;
    *step = Step::Message;
    line.message(&letter.text).await?;
    Ok(())
}

/// What `MAIL FROM` says of the message (RFC 6531 §3.4).
fn parameters(letter: &Letter) -> Vec<MailParameter> {
    if letter.is_international() {
        vec![MailParameter::SmtpUtfEight, MailParameter::Body(MailBodyParameter::EightBitMime)]
    } else {
        Vec::new()
    }
}

/// Takes leave of a server that refused something, without keeping the caller waiting.
pub(crate) fn say_goodbye(mut line: AsyncSmtpConnection) {
    tokio::spawn(async move {
        // A second is enough for a server that still listens; the others are hung up on.
        drop(tokio::time::timeout(Duration::from_secs(1), line.quit()).await);
    });
}
