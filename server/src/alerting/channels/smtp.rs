//! [`Session`]: a connection to a mail server, ready to take mails.

use std::error::Error as _;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use ops::alerts::notify::{Endpoint, Verdict, email};
use tokio::time::timeout;

use super::letter::Delivery;
use super::mailing::{Security, Server};
use super::trouble;

const CONNECT_LIMIT: Duration = Duration::from_secs(3);

/// Of each command with its answer; of a greeting as well, with which some servers wait on purpose.
const COMMAND_LIMIT: Duration = Duration::from_secs(10);

/// "Service not available, closing transmission channel" (RFC 5321, 4.2.3).
const CLOSING: u16 = 421;

pub(super) struct Session {
    connection: AsyncSmtpConnection,
}

/// What a server said of a mail.
pub(super) struct Answer {
    pub code: u16,
    pub text: String,
}

/// The session is over before all was said. None of that is for good: an operator may correct what is
/// wrong while the notice waits.
pub(super) enum Stopped {
    /// The server said why.
    Answered(Answer),
    WithoutAnswer(&'static str),
}

impl Stopped {
    pub(super) fn without_answer(reason: &'static str) -> Self {
        Self::WithoutAnswer(reason)
    }

    /// `endpoint` is what must not be told.
    pub(super) fn delivery(self, endpoint: &Endpoint) -> Delivery {
        let answer = match self {
            Self::WithoutAnswer(reason) => return Delivery::without_answer(reason),
            Self::Answered(answer) => answer,
        };
        let reason = match email::judge(answer.code, &answer.text, endpoint) {
            Verdict::Delivered => format!("SMTP {}", answer.code),
            Verdict::Retry { reason, .. } | Verdict::Refused { reason } => reason,
        };
        let again = Verdict::Retry {
            after: None,
            reason,
        };
        Delivery::new(again, Some(answer.code), String::new())
    }
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        match answer_of(&error) {
            Some(answer) => Self::Answered(answer),
            // What is no answer of SMTP is mostly half of one.
            None if error.is_response() => Self::WithoutAnswer("the connection broke off"),
            None => Self::WithoutAnswer(trouble::told(&error)),
        }
    }
}

impl Session {
    /// Connected, encrypted as the server's address says, and signed in.
    pub(super) async fn open(server: &Server) -> Result<Self, Stopped> {
        let hello = ClientId::default();
        let tls = match server.security {
            Security::None => None,
            Security::StartTls | Security::Tls => Some(tls_of(&server.host).await?),
        };
        let (at_once, later) = match server.security {
            Security::Tls => (tls, None),
            Security::StartTls | Security::None => (None, tls),
        };
        let address = (server.host.as_str(), server.port);
        let connecting = AsyncSmtpConnection::connect_tokio1(
            address,
            Some(CONNECT_LIMIT),
            &hello,
            at_once,
            None,
        );
        let mut session = Self {
            connection: in_time(connecting).await?,
        };
        if let Some(tls) = later {
            if !session.connection.can_starttls() {
                return Err(Stopped::without_answer("the server offers no STARTTLS"));
            }
            in_time(session.connection.starttls(tls, &hello)).await?;
        }
        if let Some(credentials) = &server.credentials {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            if session
                .connection
                .server_info()
                .get_auth_mechanism(&mechanisms)
                .is_none()
            {
                return Err(Stopped::without_answer("the server lets nobody sign in"));
            }
            in_time(session.connection.auth(&mechanisms, credentials)).await?;
        }
        Ok(session)
    }

    /// One mail to one recipient: what the server said of it in the end.
    ///
    /// # Errors
    /// If the connection can't be used any more. Then the server may have taken the mail.
    pub(super) async fn send(
        &mut self,
        from: &Address,
        to: &Address,
        mail: &[u8],
    ) -> Result<Answer, Stopped> {
        let answer = match self.transaction(from, to, mail).await {
            Ok(response) => return Ok(Answer::of(&response)),
            Err(Stopped::Answered(answer)) if answer.code != CLOSING => answer,
            Err(stopped) => return Err(stopped),
        };
        // What was begun must not become part of the next one.
        in_time(self.connection.command(Rset)).await?;
        Ok(answer)
    }

    async fn transaction(
        &mut self,
        from: &Address,
        to: &Address,
        mail: &[u8],
    ) -> Result<Response, Stopped> {
        let sender = Mail::new(Some(from.clone()), Vec::new());
        in_time(self.connection.command(sender)).await?;
        let recipient = Rcpt::new(to.clone(), Vec::new());
        in_time(self.connection.command(recipient)).await?;
        in_time(self.connection.command(Data)).await?;
        in_time(self.connection.message(mail)).await
    }

    pub(super) async fn close(mut self) {
        _ = in_time(self.connection.quit()).await;
    }
}

impl Answer {
    fn of(response: &Response) -> Self {
        Self {
            code: number(&response.code().to_string()),
            text: response.message().collect::<Vec<_>>().join(" "),
        }
    }
}

fn answer_of(error: &Error) -> Option<Answer> {
    let code = number(&error.status()?.to_string());
    let text = error.source().map(ToString::to_string);
    Some(Answer {
        code,
        text: text.unwrap_or_default(),
    })
}

/// Of the three digits of a code.
fn number(code: &str) -> u16 {
    code.parse().unwrap_or_default()
}

async fn in_time<T>(step: impl Future<Output = Result<T, Error>>) -> Result<T, Stopped> {
    match timeout(COMMAND_LIMIT, step).await {
        Ok(outcome) => Ok(outcome?),
        Err(_) => Err(Stopped::without_answer("no answer within 10 s")),
    }
}

/// Trusts what `SSL_CERT_FILE` or the system names, which has to be read from files.
async fn tls_of(host: &str) -> Result<TlsParameters, Stopped> {
    let host = host.to_owned();
    let read = tokio::task::spawn_blocking(move || TlsParameters::new(host)).await;
    match read {
        Ok(Ok(tls)) => Ok(tls),
        Ok(Err(_)) | Err(_) => Err(Stopped::without_answer("no trusted certificates are known")),
    }
}
