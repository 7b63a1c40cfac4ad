//! Connecting to PostgreSQL: which of several hosts, TLS or not, through a pooler or not.
//!
//! The settings that end what hangs go along with the start of a session. Poolers refuse that, and
//! what is `SET` through them may stay behind in a session that somebody else gets next; so there each
//! transaction begins with its settings instead: [`BEGIN_WITH_SETTINGS`].

use std::error::Error as _;
use std::time::Duration;

use diesel::connection::CacheSize;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use ops::health::Code;
use tokio::time::timeout;
use tokio_postgres::config::{Config, Host, SslMode as DriverSslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::TlsStream;
use tokio_postgres::{Client, Connection, Error, SimpleQueryMessage, Socket};

use super::address::Address;
use super::connection::{CONNECT_LIMIT, ConnectFailure, PgConn};
use super::error::{chain, is_lost_statement};
use super::postgres_url::{PostgresUrl, TargetSession};
use super::tls::settings::SslMode;
use super::url::DatabaseUrl;

/// The server gives up a little before the client does, so that it keeps no orphans.
const OPTIONS: &str = "-c statement_timeout=4500 -c lock_timeout=4000 \
                       -c idle_in_transaction_session_timeout=10000";

/// The same as [`OPTIONS`], for one transaction. Statements that others prepared in the session, or an
/// earlier run of ours, must not be taken for those to come.
pub(super) const BEGIN_WITH_SETTINGS: &str = "BEGIN; SET LOCAL statement_timeout = 4500; \
     SET LOCAL lock_timeout = 4000; SET LOCAL idle_in_transaction_session_timeout = 10000; \
     SET LOCAL TIME ZONE 'UTC'; DEALLOCATE ALL";

/// How long a host is waited for before the next one is asked as well.
const HEAD_START: Duration = Duration::from_millis(250);

/// How long a standby is looked for where any server will do.
const PREFERENCE: Duration = Duration::from_secs(1);

pub(super) async fn open(address: &Address) -> Result<PgConn, ConnectFailure> {
    let DatabaseUrl::Postgres(url) = address.url() else {
        return Err(ConnectFailure::wrong_url());
    };
    let opened = match url.target() {
        TargetSession::PreferStandby => {
            let standby = first_of(address, url, TargetSession::Standby);
            match timeout(PREFERENCE, standby).await {
                Ok(Ok(connection)) => Ok(connection),
                Ok(Err(_)) | Err(_) => first_of(address, url, TargetSession::Any).await,
            }
        }
        target => first_of(address, url, target).await,
    };
    opened.map(PgConn::new)
}

/// The first host that will do. One that answers nothing must not cost the others their time, so each
/// has only a head start.
async fn first_of(
    address: &Address,
    url: &PostgresUrl,
    target: TargetSession,
) -> Result<AsyncPgConnection, ConnectFailure> {
    let mut hosts: Vec<&Config> = url.hosts().iter().collect();
    if url.balances_load() {
        let start = usize::try_from(uuid::Uuid::new_v4().as_u128() % hosts.len().max(1) as u128);
        hosts.rotate_left(start.unwrap_or(0));
    }
    let mut waiting = hosts.into_iter();
    let mut asked = FuturesUnordered::new();
    let mut failure: Option<ConnectFailure> = None;
    loop {
        match waiting.next() {
            Some(host) => asked.push(at_host(address, url, host, target)),
            None if asked.is_empty() => {
                let none = || ConnectFailure::new(Code::Unreachable, "no host".to_owned());
                return Err(failure.unwrap_or_else(none));
            }
            None => {}
        }
        let patience = if waiting.len() == 0 {
            CONNECT_LIMIT
        } else {
            HEAD_START
        };
        match timeout(patience, asked.next()).await {
            Ok(Some(Ok(connection))) => return Ok(connection),
            Ok(Some(Err(failed))) => failure = Some(failed.after(failure)),
            Ok(None) | Err(_) => {}
        }
    }
}

/// TLS, plain text, or one after the other, as `sslmode` says.
async fn at_host(
    address: &Address,
    url: &PostgresUrl,
    host: &Config,
    target: TargetSession,
) -> Result<AsyncPgConnection, ConnectFailure> {
    #[cfg(unix)]
    let is_local = matches!(host.get_hosts(), [Host::Unix(_)]);
    #[cfg(not(unix))]
    let is_local = false;
    use DriverSslMode::{Disable, Prefer, Require};
    let ways: &[DriverSslMode] = match url.tls().mode {
        _ if is_local => &[Disable],
        SslMode::Disable => &[Disable],
        SslMode::Allow => &[Disable, Prefer],
        SslMode::Prefer => &[Prefer, Disable],
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => &[Require],
    };
    let mut last = None;
    for &way in ways {
        let mut host = host.clone();
        host.ssl_mode(way);
        match with_settings(address, host, target).await {
            Ok(connection) => return Ok(connection),
            Err(Failed::Driver(error)) if is_about_encryption(&error) => {
                last = Some(Failed::Driver(error));
            }
            Err(failed) => return Err(failed.into()),
        }
    }
    let none = || ConnectFailure::new(Code::Unreachable, "no way to connect".to_owned());
    Err(last.map_or_else(none, ConnectFailure::from))
}

/// With the settings in the start of the session, unless a pooler refuses that.
async fn with_settings(
    address: &Address,
    mut host: Config,
    target: TargetSession,
) -> Result<AsyncPgConnection, Failed> {
    let own = host.get_options().unwrap_or_default().to_owned();
    if host.get_application_name().is_none() {
        host.application_name("agent-source-db");
    }
    host.connect_timeout(CONNECT_LIMIT)
        .tcp_user_timeout(Duration::from_secs(5))
        .keepalives_idle(Duration::from_secs(5))
        .keepalives_interval(Duration::from_secs(2))
        .keepalives_retries(3);
    if !address.keeps_no_sessions() {
        let mut with_options = host.clone();
        with_options.options(format!("{OPTIONS} {own}").trim_end());
        match session(address, &with_options, target).await {
            Err(Failed::Driver(error)) if is_about_options(&error) => address.found_pooler(),
            other => return other,
        }
    }
    session(address, &host, target).await
}

async fn session(
    address: &Address,
    config: &Config,
    target: TargetSession,
) -> Result<AsyncPgConnection, Failed> {
    let (client, mut connection) = config.connect(address.tls()?).await?;
    // A pooler may know it only after it has been to the server itself.
    if let Some(encoding) = connection.parameter("server_encoding") {
        check_encoding(encoding)?;
    }
    check_target(&client, &mut connection, target).await?;
    let keeps_no_sessions = address.keeps_no_sessions();
    if keeps_no_sessions {
        // What the driver asks for first is to hold, and to be found, in one session, too.
        drive(client.batch_execute(BEGIN_WITH_SETTINGS), &mut connection).await?;
    }
    let made = AsyncPgConnection::try_from_client_and_connection(client, connection).await;
    let failed = |error: &dyn std::error::Error| {
        let cause = chain(error);
        if is_lost_statement(&cause) {
            address.lost_prepared_statement();
        }
        ConnectFailure::new(Code::Unreachable, cause)
    };
    let mut made = made.map_err(|error| failed(&error))?;
    if keeps_no_sessions {
        made.set_prepared_statement_cache_size(CacheSize::Disabled);
        let committed = made.batch_execute("COMMIT").await;
        committed.map_err(|error| failed(&error))?;
    }
    Ok(made)
}

/// Text is UTF-8 here. Where a database keeps it otherwise, some of it could not be stored, and some
/// of what is stored could not be read.
fn check_encoding(encoding: &str) -> Result<(), ConnectFailure> {
    if encoding.eq_ignore_ascii_case("UTF8") {
        return Ok(());
    }
    let cause = format!(
        "the database's encoding is {encoding}, and has to be UTF8: make it with CREATE DATABASE … \
         ENCODING 'UTF8' TEMPLATE template0"
    );
    Err(ConnectFailure::new(Code::Encoding, cause))
}

async fn check_target<S>(
    client: &Client,
    connection: &mut Connection<Socket, S>,
    target: TargetSession,
) -> Result<(), Failed>
where
    S: TlsStream + Unpin,
{
    let (question, wanted, refusal) = match target {
        TargetSession::Any | TargetSession::PreferStandby => return Ok(()),
        TargetSession::ReadWrite => ("SHOW transaction_read_only", "off", "takes no writes"),
        TargetSession::ReadOnly => ("SHOW transaction_read_only", "on", "is not read-only"),
        TargetSession::Primary => ("SELECT pg_is_in_recovery()", "f", "is a standby"),
        TargetSession::Standby => ("SELECT pg_is_in_recovery()", "t", "is no standby"),
    };
    let answer = drive(client.simple_query(question), connection).await?;
    let is_wanted = answer.iter().any(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0) == Some(wanted),
        _ => false,
    });
    if is_wanted {
        return Ok(());
    }
    let code = match target {
        TargetSession::ReadWrite | TargetSession::Primary => Code::ReadOnly,
        _ => Code::Unreachable,
    };
    let cause = format!("the server {refusal}, against target_session_attrs");
    Err(ConnectFailure::new(code, cause).into())
}

/// Nobody moves a connection's bytes but who waits for an answer, before Diesel has it.
async fn drive<S, T>(
    work: impl Future<Output = Result<T, Error>>,
    connection: &mut Connection<Socket, S>,
) -> Result<T, Failed>
where
    S: TlsStream + Unpin,
{
    tokio::select! {
        biased;
        done = work => Ok(done?),
        ended = connection => {
            ended?;
            let cause = "the server closed the connection".to_owned();
            Err(ConnectFailure::new(Code::Unreachable, cause).into())
        }
    }
}

enum Failed {
    Driver(Error),
    /// The server was reached and will not do.
    Refused(ConnectFailure),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Driver(error)
    }
}

impl From<ConnectFailure> for Failed {
    fn from(failure: ConnectFailure) -> Self {
        Self::Refused(failure)
    }
}

impl From<Failed> for ConnectFailure {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Driver(error) => error.into(),
            Failed::Refused(failure) => failure,
        }
    }
}

/// Where libpq tries the other way: TLS could not be agreed on, or the server's `pg_hba.conf` has no
/// line for this one.
fn is_about_encryption(error: &Error) -> bool {
    match error.code() {
        Some(state) => *state == SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
        None => error.to_string().contains("TLS handshake"),
    }
}

/// What pgbouncer says of `options`, or of what it does not know in there, and others after it.
fn is_about_options(error: &Error) -> bool {
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    error.code().is_some() && said.contains("startup parameter")
}
